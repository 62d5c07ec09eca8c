/** Numbers, sizes and times as people read them. */
import { describe, expect, test } from "@jest/globals";
import {
  counted,
  formatAgo,
  formatBytes,
  formatClock,
  formatCount,
  formatDay,
  formatDuration,
  formatShortCount,
  formatSpan,
  formatTime,
  formatUtc,
  formatValue,
} from "../../../site/page/lib/format.ts";
import { unitText } from "../../../site/page/lib/units.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [0, "0"],
  [999, "999"],
  [12_345, "12,345"],
  [9_007_199_254_740_991, "9,007,199,254,740,991"],
])("count %d", (count, text) => expect(formatCount(count)).toBe(text));

test.each([
  [999_999, "999,999"],
  [1_234_567, "1.235M"],
  [1_000_000, "1M"],
  [12_345_678_901, "12.35B"],
])("short count %d", (count, text) => expect(formatShortCount(count)).toBe(text));

test("one and many", () => {
  expect([
    counted(0, "file"),
    counted(1, "file"),
    counted(2000, "file"),
    counted(2, "entry", "entries"),
  ]).toEqual(["0 files", "1 file", "2,000 files", "2 entries"]);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [999.6, "1.00 kB"],
  [1000, "1.00 kB"],
  [9_994, "9.99 kB"],
  [9_996, "10.0 kB"],
  [99_949, "99.9 kB"],
  [99_951, "100 kB"],
  [999_499, "999 kB"],
  [999_500, "1.00 MB"],
  [4_812_004, "4.81 MB"],
  [2.5e15, "2.50 PB"],
  [2.5e18, "2500 PB"],
])("%d bytes", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [0, "0"],
  [-0, "0"],
  [21.5, "21.5"],
  [-1.59765, "-1.59765"],
  [0.1 + 0.2, "0.3"],
  [1234.5678, "1,234.57"],
  [123_456_789, "123,456,789"],
  [1e9, "1e+9"],
  [-1.23456789e12, "-1.2346e+12"],
  [0.0001, "0.0001"],
  [0.000_099, "9.9e-5"],
  [1.5e-10, "1.5e-10"],
  [Number.NaN, "NaN"],
  [Number.NEGATIVE_INFINITY, "-Infinity"],
])("value %d", (value, text) => expect(formatValue(value)).toBe(text));

test("a value in four digits", () => expect(formatValue(-11.498765, 4)).toBe("-11.5"));

describe("lengths of time", () => {
  test.each([
    [-5, "0 s"],
    [999, "0 s"],
    [4 * second, "4 s"],
    [59_999, "59 s"],
    [minute, "1 min"],
    [hour - 1, "59 min"],
    [hour, "1 h"],
    [day, "1 d"],
    [1500 * day, "1,500 d"],
  ])("%d ms", (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));

  test.each([
    [0.25, "250 µs"],
    [120, "120 ms"],
    [4680, "4.68 s"],
    [minute, "1 min"],
    [128 * second, "2 min 8 s"],
    [59.9995 * minute, "60 min"],
    [2.5 * hour, "2 h 30 min"],
    [26 * hour, "1 d 2 h"],
    [7 * day, "7 d"],
  ])("span of %d ms", (milliseconds, text) => expect(formatSpan(milliseconds)).toBe(text));

  test("ago; a clock that runs ahead counts as now", () => {
    expect([formatAgo(0, 999), formatAgo(0, 4000), formatAgo(10_000, 0)]).toEqual(["now", "4 s ago", "now"]);
  });
});

describe("moments", () => {
  const at = (...parts: [number, number, number, number, number, number, number?]) =>
    new Date(...parts).getTime();
  const noon = at(2026, 10, 24, 12, 0, 0);

  test("in UTC, milliseconds where there are any", () => {
    expect(formatUtc(Date.UTC(2026, 10, 24, 3, 4, 5))).toBe("2026-11-24 03:04:05 UTC");
    expect(formatUtc(Date.UTC(2026, 10, 24, 3, 4, 5, 60))).toBe("2026-11-24 03:04:05.060 UTC");
  });

  test("by the local clock", () => {
    expect(formatClock(at(2026, 10, 24, 3, 4, 5))).toBe("03:04:05");
    expect(formatClock(at(2026, 10, 24, 3, 4, 5, 60), 3)).toBe("03:04:05.060");
    expect(formatDay(noon, noon)).toBe("24 Nov");
    expect(formatDay(at(2025, 0, 1, 0, 0, 0), noon)).toBe("1 Jan 2025");
    expect(formatTime(at(2026, 10, 24, 3, 4, 5), noon)).toBe("03:04:05");
    expect(formatTime(at(2026, 10, 23, 23, 59, 59), noon)).toBe("23 Nov 23:59:59");
  });
});

test("units are written as people write them; unknown ones as they came", () => {
  expect(["Cel", "m/s2", "%RH", "/", "furlong", null].map(unitText)).toEqual([
    "°C",
    "m/s²",
    "% RH",
    "",
    "furlong",
    "",
  ]);
});
