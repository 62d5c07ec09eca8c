/** Times written as text: RFC 3339, and ISO 8601 as far as devices write it. */

import type { Micros } from "../model.ts";

/** A device's time: microseconds since 1970, and 0-999 nanoseconds beyond where the text has that many digits. */
export interface Instant {
  readonly micros: Micros;
  readonly nanoseconds: number | null;
}

const form =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,18}))?)?\s?([Zz]|[+-]\d\d(?::?\d\d)?)?$/;

/**
 * Read a date and time. Digits behind the nanosecond are cut off.
 * @param zone what a text without a zone is in: minutes east of UTC, or null where that makes it no time at all
 * @returns null where the text is no time
 */
export function parseIsoTime(text: string, zone: number | null): Instant | null {
  const match = form.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second = "0", fraction = "", stated] = match;
  const offset = stated === undefined ? zone : zoneMinutes(stated);
  if (offset === null) return null;
  return instantOf(
    [Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second)],
    fraction,
    offset,
  );
}

/** Minutes east of UTC that `Z`, `+02`, `+0200` or `+02:00` stands for; null where it is none of these. */
export function zoneMinutes(text: string): number | null {
  if (text === "Z" || text === "z") return 0;
  const match = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(text);
  if (match === null) return null;
  const [, sign, hours, minutes = "0"] = match;
  const total = Number(hours) * 60 + Number(minutes);
  return Number(hours) > 23 || Number(minutes) > 59 ? null : sign === "-" ? -total : total;
}

/** A calendar time as an instant; null where the calendar has no such time. */
export function instantOf(
  [year, month, day, hour, minute, second]: readonly [number, number, number, number, number, number],
  fraction: string,
  offset: number,
): Instant | null {
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const seconds = daysSince1970(year, month, day) * 86_400 + hour * 3_600 + (minute - offset) * 60 + second;
  const digits = fraction.slice(0, 9).padEnd(9, "0");
  return {
    micros: seconds * 1_000_000 + Number(digits.slice(0, 6)),
    nanoseconds: Number(digits.slice(6)) || null,
  };
}

function daysOfMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** Days of the proleptic Gregorian calendar, counted in years that begin in March, so that a leap day is the last. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const yearDay = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leapDays + yearDay - 719_468;
}
