/** Detectors over new readings, one for each series. What they know is learnt again from the lake after a start. */
import type { AnomalyRule } from "../../functions/core/alarm-rule.ts";
import { Detector } from "../../functions/insights/anomaly/detector.ts";
import type { LakeReader } from "../ports.ts";
import type { AlarmBook } from "./alarm-book.ts";
import {
  judgeAnomaly,
  notYetWatched,
  type WatchedAnomaly,
} from "../../functions/alarms/anomaly-judgement.ts";
import { valuesBefore, type NewReading } from "./new-readings.ts";
import type { RuleEvents } from "./rule-events.ts";

interface Watched {
  readonly detector: Detector;
  known: WatchedAnomaly;
}

/** A detector keeps the last 6,000 values: some 100 kB each. */
const mostSeries = 300;
const learntFrom = 6_000;

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
    const { device, sub, metric } = reading;
    const key = JSON.stringify([rule.name, device, sub, metric]);
    const watched = this.#series.get(key) ?? (await this.#begin(key, rule, reading));
    if (watched === null) return;
    const [known, finding] = judgeAnomaly(rule, watched.detector, watched.known, reading);
    watched.known = known;
    if (finding?.kind === "raised") this.#events.raise(finding.raised);
    if (finding?.kind === "cleared") this.#events.clear(finding.alarm, finding.at);
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
    const watched: Watched = { detector, known: { ...notYetWatched, alarm: own?.id ?? null } };
    this.#series.set(key, watched);
    return watched;
  }
}
