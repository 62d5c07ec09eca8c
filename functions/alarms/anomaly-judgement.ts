/** An anomaly rule over one series, value by value: the same in the site and in the functions of a cloud. */
import type { AnomalyRule } from "../core/alarm-rule.ts";
import type { Micros } from "../core/model.ts";
import type { Detector } from "../insights/anomaly/detector.ts";
import { alarmId } from "./alarm-id.ts";
import type { AlarmReading } from "./alarm-reading.ts";
import type { Finding } from "./finding.ts";

/** What has to be known of a series beside its detector; plain data, so that it can be kept. */
export interface WatchedAnomaly {
  /** Event time of the last value that was judged; -1 before the first. */
  readonly last: Micros;
  /** Id of the alarm that lasts; null where there is none. */
  readonly alarm: string | null;
  /** Values in a row without anything unusual. */
  readonly usual: number;
}

export const notYetWatched: WatchedAnomaly = { last: -1, alarm: null, usual: 0 };

/** Unusual values that are no further apart are one alarm. */
const join = 12;

/**
 * The series after a value, and what it means. One that is not newer than the last changes nothing, the detector neither:
 * it is history. Any other one is pushed into the detector.
 */
export function judgeAnomaly(
  rule: AnomalyRule,
  detector: Detector,
  former: WatchedAnomaly,
  reading: AlarmReading,
): readonly [WatchedAnomaly, Finding | null] {
  const { time, value, metric } = reading;
  if (time <= former.last) return [former, null];
  const { kind, expected } = detector.push(value);
  const usual = kind === undefined ? former.usual + 1 : 0;
  if (kind !== undefined && former.alarm === null) {
    const detail =
      kind === "stuck"
        ? `${metric} does not change any more: ${value}`
        : `${metric} is ${value}; expected was ${Number(expected.toPrecision(4))} (${kind})`;
    const raised = { rule, subject: reading, raisedAt: time, value, detail, evidence: reading };
    return [
      { last: time, alarm: alarmId(rule, reading, time), usual },
      { kind: "raised", raised },
    ];
  }
  if (former.alarm !== null && usual >= join)
    return [
      { last: time, alarm: null, usual },
      { kind: "cleared", alarm: former.alarm, at: time },
    ];
  return [{ last: time, alarm: former.alarm, usual }, null];
}
