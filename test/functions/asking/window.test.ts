/** Which days a question looks at. */
import { expect, test } from "@jest/globals";
import { dayMicros, dayStart, daysOf, windowOf } from "../../../functions/asking/window.ts";

const now = Date.parse("2026-11-26T13:00:00Z");
const day = (back: number): string => new Date(now - back * 86_400_000).toISOString().slice(0, 10);
const ten = Array.from({ length: 10 }, (_, index) => day(index * 3));

test("without a time: the newest seven that have rows, and what is to come", () => {
  expect(daysOf([...ten, day(-1), day(-40), ...ten], {}, now)).toEqual([
    ...ten.slice(0, 7).toReversed(),
    ...[day(-1), day(-40)],
  ]);
  expect(daysOf(["2099-01-01", day(0)], {}, now)).toEqual([day(0), "2099-01-01"]);
  expect(daysOf([], {}, now)).toEqual([]);
});

test("with a time: those that it touches, and no more than a year", () => {
  const [from, to] = [dayStart(day(6)) + 5, dayStart(day(3))];
  expect(daysOf(ten, { from, to }, now)).toEqual([day(6)]);
  expect(daysOf(ten, { from, to: to + 1 }, now)).toEqual([day(6), day(3)]);
  expect(daysOf(ten, { to }, now)).toEqual(ten.slice(2, 9).toReversed());
  const years = Array.from({ length: 400 }, (_, index) => day(index));
  expect(() => daysOf(years, { from: 0 }, now)).toThrow("allowed: 366 days");
});

test("is told as it was asked, or from its first day on", () => {
  expect(windowOf([day(3), day(0)], {}, now)).toEqual({ from: dayStart(day(3)), to: null });
  expect(windowOf([day(3)], { from: 5, to: 9 }, now)).toEqual({ from: 5, to: 9 });
  expect(windowOf([], {}, now)).toEqual({ from: now * 1000 - 7 * dayMicros, to: null });
});
