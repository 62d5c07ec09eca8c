import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseIsoTime, zoneMinutes } from "../../functions/core/normalise/iso-time.ts";
import { timeText } from "../../functions/core/tree.ts";

const micros = (text: string): number => Date.parse(text) * 1_000;

describe("times as text", () => {
  test.each<[string, number, number | null]>([
    ["2023-03-18T12:55:21.3423234Z", micros("2023-03-18T12:55:21Z") + 342_323, 400],
    ["2023-03-18 12:55Z", micros("2023-03-18T12:55Z"), null],
    ["2023-03-18t12:55:21+01:30", micros("2023-03-18T11:25:21Z"), null],
    ["2023-03-18T12:55:21-0800", micros("2023-03-18T20:55:21Z"), null],
    ["2023-03-18T12:55:21,5+02", micros("2023-03-18T10:55:21.5Z"), null],
    ["2024-02-29T00:00:00Z", micros("2024-02-29T00:00:00Z"), null],
    ["0001-01-01T00:00:00Z", -62_135_596_800_000_000, null],
    ["1969-12-31T23:59:59.999999999Z", -1, 999],
    ["2023-03-18T12:55:21.123456789987Z", micros("2023-03-18T12:55:21Z") + 123_456, 789],
  ])("%s", (text, expected, nanoseconds) =>
    expect(parseIsoTime(text, null)).toEqual({ micros: expected, nanoseconds }),
  );

  test.each([
    "2023-02-29T00:00:00Z",
    "2023-13-01T00:00:00Z",
    "2023-04-31T00:00:00Z",
    "2023-01-01T24:00:00Z",
    "2023-01-01T00:60:00Z",
    "2023-01-01T00:00:60Z",
    "2023-01-01",
    "2023-01-01T00:00:00",
    "2023-01-01T00:00:00+24:00",
    "yesterday",
    "",
  ])("%p is none", (text) => expect(parseIsoTime(text, null)).toBeNull());

  test("a text without a zone is in the one that is given", () => {
    expect(parseIsoTime("2023-01-01T00:00:00", 60)?.micros).toBe(micros("2022-12-31T23:00:00Z"));
    expect([zoneMinutes("Z"), zoneMinutes("+05:45"), zoneMinutes("-0330"), zoneMinutes("CET")]).toEqual([
      0,
      345,
      -210,
      null,
    ]);
  });

  test("every time that a double can count is read as Date reads it, and written as it was", () => {
    const days = fc.date({
      min: new Date("1700-01-01T00:00:00Z"),
      max: new Date("2255-01-01T00:00:00Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(days, (date) => {
        const text = date.toISOString();
        const instant = parseIsoTime(text, null)!;
        expect(instant.micros).toBe(date.getTime() * 1_000);
        expect(Date.parse(timeText(instant)!)).toBe(date.getTime());
      }),
    );
  });

  test("a time beyond the calendar has no text", () => {
    expect(timeText({ micros: NaN, nanoseconds: null })).toBeNull();
    expect(timeText({ micros: 9e18, nanoseconds: null })).toBeNull();
  });
});
