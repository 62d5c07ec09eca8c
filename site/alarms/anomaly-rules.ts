/** Detectors over new readings, one for each series. What they know is learnt again from the lake after a start. */
import type { AnomalyRule } from "../../functions/core/alarm-rule.ts";
import { Detector } from "../../functions/insights/anomaly/detector.ts";
import type { LakeReader } from "../ports.ts";
import type { AlarmBook } from "./alarm-book.ts";
import { alarmId } from "../../functions/alarms/alarm-id.ts";
import { valuesBefore, type NewReading } from "./new-readings.ts";
import type { RuleEvents } from "./rule-events.ts";

interface Watched {
  readonly detector: Detector;
  last: number;
  alarm: string | null;
  /** Values in a row without anything unusual. */
  usual: number;
}

/** A detector keeps the last 6,000 values: some 100 kB each. */
const mostSeries = 300;
const learntFrom = 6_000;
/** Unusual values that are no further apart are one alarm. */
const join = 12;

export class AnomalyRules {
  readonly #lake: Pick<LakeReader, "query">;
  readonly #book: AlarmBook;
  readonly #events: RuleEvents;
  readonly #series = new Map<string, Watched>();
  readonly #left = new Set<string>();

  constructor(lake: Pick<LakeReader, "query">, book: AlarmBook, events: RuleEvents) {
    this.#lake = lake;
    this.#book = book;
    this.#events = events;
  }

  /** Series that are not watched, because too many are. */
  get unwatched(): number {
    return this.#left.size;
  }

  async judge(rule: AnomalyRule, reading: NewReading): Promise<void> {
    const { device, sub, metric, time, value } = reading;
    const key = JSON.stringify([rule.name, device, sub, metric]);
    const watched = this.#series.get(key) ?? (await this.#begin(key, rule, reading));
    if (watched === null || time <= watched.last) return;
    watched.last = time;
    const { kind, expected } = watched.detector.push(value);
    watched.usual = kind === undefined ? watched.usual + 1 : 0;
    if (kind !== undefined && watched.alarm === null) {
      watched.alarm = alarmId(rule, reading, time);
      const detail =
        kind === "stuck"
          ? `${metric} does not change any more: ${value}`
          : `${metric} is ${value}; expected was ${Number(expected.toPrecision(4))} (${kind})`;
      this.#events.raise({ rule, subject: reading, raisedAt: time, value, detail, evidence: reading });
    } else if (watched.alarm !== null && watched.usual >= join) {
      this.#events.clear(watched.alarm, time);
      watched.alarm = null;
    }
  }

  async #begin(key: string, rule: AnomalyRule, reading: NewReading): Promise<Watched | null> {
    if (this.#series.size >= mostSeries) {
      this.#left.add(key);
      return null;
    }
    const detector = new Detector({ risk: rule.risk });
    for (const value of await valuesBefore(this.#lake, reading, reading.time, learntFrom))
      detector.push(value);
    const open = this.#book.list({
      state: "open",
      concerns: (device) => device === reading.device,
      limit: Infinity,
    }).alarms;
    const own = open.find(
      (alarm) => alarm.rule === rule.name && alarm.metric === reading.metric && alarm.sub === reading.sub,
    );
    const watched = { detector, last: -1, alarm: own?.id ?? null, usual: 0 };
    this.#series.set(key, watched);
    return watched;
  }
}
