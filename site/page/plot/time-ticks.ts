/** Ticks of a time axis on round local times. Milliseconds; pure: no document. */
import { formatClock, formatDay } from "../lib/format.ts";

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000] as const;

/** Distances that a person reads easily. */
export const timeSteps: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 4, 7, 14, 28, 56, 91, 182, 365, 730, 3650].map((count) => count * day),
];

/** Multiples of `step` by the local clock, from midnight on; of whole days from midnight to midnight. */
export function timeSplits(from: number, to: number, step: number): number[] {
  const ticks: number[] = [];
  if (step >= day) {
    const date = new Date(from);
    date.setHours(0, 0, 0, 0);
    const days = Math.round(step / day);
    for (; date.getTime() <= to; date.setDate(date.getDate() + 1)) {
      const dayNumber = Math.round((date.getTime() - offsetAt(date.getTime())) / day);
      if (dayNumber % days === 0 && date.getTime() >= from) ticks.push(date.getTime());
    }
    return ticks;
  }
  const offset = offsetAt(from);
  for (let tick = Math.ceil((from - offset) / step) * step + offset; tick <= to; tick += step)
    ticks.push(tick);
  return ticks;
}

/** What to add to local time, read as UTC, to get UTC. */
const offsetAt = (time: number): number => new Date(time).getTimezoneOffset() * minute;

/** Clock times as exact as the ticks are apart, with the day under the first one and under each first one of a day. */
export function timeTicks(splits: readonly number[], step: number): string[] {
  let today = "";
  return splits.map((time) => {
    const date = formatDay(time);
    if (step >= day) return date;
    const clock = step >= minute ? formatClock(time).slice(0, 5) : formatClock(time, step < second ? 3 : 0);
    const isNewDay = date !== today;
    today = date;
    return isNewDay ? `${clock}\n${date}` : clock;
  });
}
