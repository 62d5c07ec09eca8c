/** Which days of a lake a question looks at: those that it says, or the newest that there are. */
import type { Micros } from "../core/model.ts";
import { QueryError } from "../../site/store/reader.ts";

/** From that time on, and before the other; null: whatever came since. */
export interface Window {
  readonly from: Micros;
  readonly to: Micros | null;
}

export interface AskedTimes {
  readonly from?: Micros;
  readonly to?: Micros;
}

export const dayMicros = 86_400_000_000;
/** Days with rows that a question without a time looks at. */
export const defaultDays = 7;
/** Days that one question may look at: each is a listing, and its files. */
export const mostDays = 366;
/** Forecasts are of times to come. */
const daysToCome = 31;

export const dayStart = (day: string): Micros => Date.parse(`${day}T00:00:00Z`) * 1000;

/** @param days that a table has files of, `2026-11-21` @param now milliseconds; both may hold days to come */
export function daysOf(days: readonly string[], { from, to }: AskedTimes, now: number): string[] {
  const sorted = [...new Set(days)].toSorted();
  const before = (end: Micros): string[] => sorted.filter((day) => dayStart(day) < end);
  if (from !== undefined) {
    const asked = before(to ?? Infinity).filter((day) => dayStart(day) + dayMicros > from);
    if (asked.length <= mostDays) return asked;
    throw new QueryError(
      `from, to: the lake has rows of ${asked.length} days in between; allowed: ${mostDays} days`,
      "scan-too-large",
    );
  }
  // A clock that runs ahead takes nobody's days away.
  const newest = before(to ?? now * 1000).slice(-defaultDays);
  if (to !== undefined) return newest;
  return [...newest, ...sorted.filter((day) => dayStart(day) >= now * 1000).slice(0, daysToCome)];
}

/** What a question sees where `days` are looked at. @param now milliseconds */
export function windowOf(days: readonly string[], { from, to }: AskedTimes, now: number): Window {
  const [first] = days;
  const start = first === undefined ? (to ?? now * 1000) - defaultDays * dayMicros : dayStart(first);
  return { from: from ?? start, to: to ?? null };
}
