/** Limit rules over the files that land. */
import type { LimitRule } from "../core/alarm-rule.ts";
import type { Finding } from "./finding.ts";
import { moveOn, placeOf, type SeriesStore } from "./kept-series.ts";
import { judgeLimit, unwatched } from "./limit-judgement.ts";
import { watching, type Judged, type Watching } from "./watching.ts";

export interface CloudLimitsOptions extends SeriesStore {
  readonly rules: readonly LimitRule[];
  /** Milliseconds since 1970. */
  now(): number;
}

export function cloudLimits({ rules, now, ...store }: CloudLimitsOptions): Watching {
  const judge = async ({ rule, readings }: Judged<LimitRule>): Promise<void> => {
    await moveOn(store, placeOf(rule, readings[0]), unwatched, (former) => {
      let series = former;
      const found: Finding[] = [];
      for (const reading of readings) {
        const [next, finding] = judgeLimit(rule, series, reading);
        series = next;
        if (finding !== null) found.push(finding);
      }
      return Promise.resolve([series, found]);
    });
  };
  return watching(rules, judge, now);
}
