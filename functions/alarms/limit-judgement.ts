/** A limit rule over one series, value by value: the same in the site and in the functions of a cloud. */
import type { LimitRule } from "../core/alarm-rule.ts";
import type { Micros } from "../core/model.ts";
import { watchLimit, withinLimit, type LimitState, type Threshold } from "../insights/limit-watch.ts";
import { alarmId } from "./alarm-id.ts";
import type { AlarmReading } from "./alarm-reading.ts";
import type { Finding } from "./finding.ts";

/** What has to be known of a series to judge its next value; plain data, so that it can be kept. */
export interface WatchedLimit {
  /** Event time of the last value that was judged; -1 before the first. */
  readonly last: Micros;
  readonly limit: LimitState;
  /** Id of the alarm that lasts; null where there is none. */
  readonly alarm: string | null;
}

export const unwatched: WatchedLimit = { last: -1, limit: withinLimit, alarm: null };

/** The series after a value, and what it means. One that is not newer than the last changes nothing: it is history. */
export function judgeLimit(
  rule: LimitRule,
  former: WatchedLimit,
  reading: AlarmReading,
): readonly [WatchedLimit, Finding | null] {
  const { time, value, metric } = reading;
  if (time <= former.last) return [former, null];
  const threshold = thresholdOf(rule);
  const [limit, event] = watchLimit(former.limit, threshold, time, value);
  if (event === "passed") {
    const side = threshold.above ? "above" : "below";
    const detail = `${metric} is ${value}, ${side} ${threshold.limit}`;
    const raised = { rule, subject: reading, raisedAt: limit.first, value, detail, evidence: reading };
    return [
      { last: time, limit, alarm: alarmId(rule, reading, limit.first) },
      { kind: "raised", raised },
    ];
  }
  if (event === "released" && former.alarm !== null)
    return [
      { last: time, limit, alarm: null },
      { kind: "cleared", alarm: former.alarm, at: time },
    ];
  return [{ last: time, limit, alarm: former.alarm }, null];
}

function thresholdOf({ above, below, release, atLeast }: LimitRule): Threshold {
  const limit = above ?? Number(below);
  return { above: above !== undefined, limit, release: release ?? limit, atLeast };
}
