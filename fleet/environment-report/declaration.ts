/** What an environment wants to be reported by itself: data, checked once. */
import { z } from "zod";

/** As `Date.prototype.getUTCDay` counts them. */
export const weekdays = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
] as const;

const hour = z.number().int().min(0, "allowed: 0 to 23").max(23, "allowed: 0 to 23");

export const reportSchedule = z.discriminatedUnion(
  "every",
  [
    z.strictObject({ every: z.literal("day"), hourUtc: hour }),
    z.strictObject({
      every: z.literal("week"),
      weekday: z.enum(weekdays, { error: `allowed: ${weekdays.join(", ")}` }),
      hourUtc: hour,
    }),
  ],
  {
    error: 'allowed: {"every": "day", "hourUtc": 6} or {"every": "week", "weekday": "monday", "hourUtc": 6}',
  },
);

export const reportDeclaration = z.strictObject({
  /** When a report is made by itself: each day or week at a full hour, UTC. Default null: only when it is asked for. */
  schedule: reportSchedule.nullable().default(null),
  /** Days of volume and quarantine that it looks back on. Default 7. */
  days: z.number().int().min(1).max(366).default(7),
  /** The newest so many are kept: of those on schedule, and of those that were asked for. Default 30. */
  keep: z.number().int().min(1).max(100).default(30),
});

export type ReportSchedule = z.output<typeof reportSchedule>;
export type ReportDeclaration = z.output<typeof reportDeclaration>;
