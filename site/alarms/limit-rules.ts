/** Limits with hysteresis over new readings, a state for each series that is beyond one. */
import type { LimitRule } from "../../functions/core/alarm-rule.ts";
import type { AlarmReading } from "../../functions/alarms/alarm-reading.ts";
import { judgeLimit, unwatched, type WatchedLimit } from "../../functions/alarms/limit-judgement.ts";
import type { StateStore } from "../broker/state-store.ts";
import type { RuleEvents } from "./rule-events.ts";
import { parsed, written } from "./stored-value.ts";

const prefix = "limit/";

export class LimitRules {
  readonly #store: StateStore;
  readonly #events: RuleEvents;
  readonly #series = new Map<string, WatchedLimit>();

  constructor(store: StateStore, events: RuleEvents) {
    this.#store = store;
    this.#events = events;
    for (const [key, value] of store.below(prefix)) this.#series.set(key, parsed(value));
  }

  judge(rule: LimitRule, reading: AlarmReading): void {
    const { device, sub, metric } = reading;
    const key = JSON.stringify([rule.name, rule.version, device, sub, metric]);
    const former = this.#series.get(key) ?? unwatched;
    const [next, finding] = judgeLimit(rule, former, reading);
    if (next === former) return;
    if (finding?.kind === "raised") this.#events.raise(finding.raised);
    if (finding?.kind === "cleared") this.#events.clear(finding.alarm, finding.at);
    this.#series.set(key, next);
    // Series on the safe side would be most of what is written, and are known again by their next value.
    if (next.limit.count > 0) this.#store.set(prefix + key, written(next));
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
