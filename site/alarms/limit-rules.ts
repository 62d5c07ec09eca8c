/** Limits with hysteresis over new readings, a state for each series that is beyond one. */
import type { LimitRule } from "../../functions/core/alarm-rule.ts";
import {
  watchLimit,
  withinLimit,
  type LimitState,
  type Threshold,
} from "../../functions/insights/limit-watch.ts";
import type { StateStore } from "../broker/state-store.ts";
import { alarmId } from "./alarm-id.ts";
import type { NewReading } from "./new-readings.ts";
import type { RuleEvents } from "./rule-events.ts";
import { parsed, written } from "./stored-value.ts";

interface Watched {
  readonly last: number;
  readonly limit: LimitState;
  /** Of the alarm that lasts; null where there is none. */
  readonly alarm: string | null;
}

const prefix = "limit/";

export class LimitRules {
  readonly #store: StateStore;
  readonly #events: RuleEvents;
  readonly #series = new Map<string, Watched>();

  constructor(store: StateStore, events: RuleEvents) {
    this.#store = store;
    this.#events = events;
    for (const [key, value] of store.below(prefix)) this.#series.set(key, parsed(value));
  }

  judge(rule: LimitRule, reading: NewReading): void {
    const { device, sub, metric, time, value } = reading;
    const key = JSON.stringify([rule.name, rule.version, device, sub, metric]);
    const former = this.#series.get(key) ?? { last: -1, limit: withinLimit, alarm: null };
    // Late ones are history: an alarm goes forward in time only.
    if (time <= former.last) return;
    const threshold = thresholdOf(rule);
    const [limit, event] = watchLimit(former.limit, threshold, time, value);
    let { alarm } = former;
    if (event === "passed") {
      alarm = alarmId(rule, reading, limit.first);
      const side = threshold.above ? "above" : "below";
      const detail = `${metric} is ${value}, ${side} ${threshold.limit}`;
      this.#events.raise({ rule, subject: reading, raisedAt: limit.first, value, detail, evidence: reading });
    } else if (event === "released" && alarm !== null) {
      this.#events.clear(alarm, time);
      alarm = null;
    }
    const next = { last: time, limit, alarm };
    this.#series.set(key, next);
    // Series on the safe side would be most of what is written, and are known again by their next value.
    if (limit.count > 0) this.#store.set(prefix + key, written(next));
    else if (former.limit.count > 0) this.#store.set(prefix + key, null);
  }

  /** Of rules that are no longer there. */
  forget(isKnown: (rule: string, version: number) => boolean): void {
    for (const key of this.#series.keys()) {
      const [rule, version] = JSON.parse(key) as [string, number];
      if (isKnown(rule, version)) continue;
      this.#series.delete(key);
      this.#store.set(prefix + key, null);
    }
  }
}

function thresholdOf({ above, below, release, atLeast }: LimitRule): Threshold {
  const limit = above ?? Number(below);
  return { above: above !== undefined, limit, release: release ?? limit, atLeast };
}
