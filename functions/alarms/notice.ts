import type { Micros } from "../core/model.ts";
import type { Alarm } from "./alarm.ts";

/** What a receiver is told; times as ISO 8601. */
export function noticeOf({ acknowledged: _, raisedAt, clearedAt, ...alarm }: Alarm) {
  const iso = (micros: Micros): string => new Date(micros / 1000).toISOString();
  return {
    type: clearedAt === null ? "alarm.raised" : "alarm.cleared",
    timestamp: iso(clearedAt ?? raisedAt),
    data: { ...alarm, raisedAt: iso(raisedAt), clearedAt: clearedAt === null ? null : iso(clearedAt) },
  };
}

/** The same for the same end of the same alarm, however often it is told. */
export const noticeId = ({ id, clearedAt }: Alarm): string =>
  `${id}-${clearedAt === null ? "raised" : "cleared"}`;
