/** Anomaly rules over the files that land. */
import type { AnomalyRule } from "../core/alarm-rule.ts";
import { judgeAnomaly, type WatchedAnomaly } from "./anomaly-judgement.ts";
import type { AlarmReading } from "./alarm-reading.ts";
import type { Finding } from "./finding.ts";
import { begun, isWholeDue, keepWhole, keptWith, revive, type LivingDetector } from "./kept-detector.ts";
import { moveOn, placeOf, type SeriesStore } from "./kept-series.ts";
import { watching, type Judged, type Watching } from "./watching.ts";

export interface CloudAnomaliesOptions extends SeriesStore {
  readonly rules: readonly AnomalyRule[];
  /** Milliseconds since 1970. */
  now(): number;
  /** Told of what harms no other series. */
  warn(message: string): void;
}

/** Values of a series that are kept at once: a document of either cloud takes many times as many. */
const atOnce = 2_000;

export function cloudAnomalies({ rules, now, warn, ...store }: CloudAnomaliesOptions): Watching {
  const { documents } = store;

  const judgePart = async (rule: AnomalyRule, readings: readonly AlarmReading[], first: AlarmReading) => {
    const place = placeOf(rule, first);
    const held: { living: LivingDetector | null } = { living: null };
    const series = await moveOn(store, place, begun, async (former) => {
      held.living = null;
      const fresh = readings.filter(({ time }) => time > former.last);
      if (fresh.length === 0) return [former, []];
      const living = await revive(documents, place, rule, former);
      let watched: WatchedAnomaly = { last: former.last, alarm: former.alarm, usual: former.usual };
      const found: Finding[] = [];
      const values: number[] = [];
      for (const reading of fresh) {
        const [next, finding] = judgeAnomaly(rule, living.detector, watched, reading);
        // Of two values of one moment the first one counts.
        if (next !== watched) values.push(reading.value);
        watched = next;
        if (finding !== null) found.push(finding);
      }
      held.living = living;
      return [keptWith(former, living, watched, values, fresh[0]?.time ?? first.time), found];
    });
    const isLost = held.living?.isLost ?? false;
    if (isLost)
      warn(`what the rule ${rule.name} knew of ${first.metric} of ${first.device} is lost: it learns anew`);
    if (!isLost && !isWholeDue(place, series)) return;
    const { detector } = held.living ?? (await revive(documents, place, rule, series));
    await keepWhole(documents, place, series, detector);
  };

  const judge = async ({ rule, readings }: Judged<AnomalyRule>): Promise<void> => {
    for (let from = 0; from < readings.length; from += atOnce)
      await judgePart(rule, readings.slice(from, from + atOnce), readings[0]);
  };
  return watching(rules, judge, now);
}
