/** When reports are due. UTC knows no hour that a day skips or has twice. */
import { weekdays, type ReportSchedule } from "./declaration.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The newest time at or before `now` at which one was due; both in milliseconds since 1970. */
export function lastDue(schedule: ReportSchedule, now: number): number {
  const today = Math.floor(now / dayMs) * dayMs + schedule.hourUtc * hourMs;
  const latest = today <= now ? today : today - dayMs;
  if (schedule.every === "day") return latest;
  const daysSince = (new Date(latest).getUTCDay() - weekdays.indexOf(schedule.weekday) + 7) % 7;
  return latest - daysSince * dayMs;
}

/** The first time after `now` at which one is due. */
export const nextDue = (schedule: ReportSchedule, now: number): number =>
  lastDue(schedule, now) + (schedule.every === "day" ? dayMs : 7 * dayMs);

/** `every monday at 06:00 UTC`. */
export const scheduleInWords = (schedule: ReportSchedule): string =>
  `every ${schedule.every === "day" ? "day" : schedule.weekday} at ${String(schedule.hourUtc).padStart(2, "0")}:00 UTC`;
