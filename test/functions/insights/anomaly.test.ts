import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Detector } from "../../../functions/insights/anomaly/detector.ts";
import { findAnomalies } from "../../../functions/insights/anomaly/events.ts";
import { noise, seasonal } from "./support.ts";

const day = 96;
const clean = (seed = 1) => seasonal(day * 20, day, seed);

describe("anomalies", () => {
  test("a usual series has next to none", () => {
    const found = [1, 2, 3, 4, 5].flatMap((seed) => findAnomalies(clean(seed)));
    expect(found.length).toBeLessThanOrEqual(1);
  });

  test("a spike within the range of the season is found where it is, with what was expected", () => {
    const series = clean();
    const at = day * 15 + 72;
    series[at] = 20;
    const [event, ...others] = findAnomalies(series);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ kind: "spike", peak: at, value: 20 });
    expect(event!.expected).toBeGreaterThan(14);
    expect(event!.expected).toBeLessThan(16);
  });

  test("a level that shifts is found, once, and becomes usual", () => {
    const series = clean().map((value, i) => (i >= day * 12 ? value + 1.2 : value));
    const found = findAnomalies(series, { join: day });
    expect(found).toHaveLength(1);
    expect(found[0]!.first - day * 12).toBeLessThan(24);
    expect(found[0]!.first).toBeGreaterThanOrEqual(day * 12);
    expect(found[0]!.last).toBeLessThan(day * 14);
  });

  test("a level a thousand spreads away is told for 61 values, then it is the usual one, where a spike is seen", () => {
    const next = noise(4);
    const series = Float64Array.from({ length: 3000 }, (_, i) => (i < 1200 ? 20 : 60) + 0.04 * next());
    series[2500] = 64;
    const detector = new Detector();
    const told = Array.from(series).flatMap((value, i) => (detector.push(value).kind ? [i] : []));
    expect(told[0]).toBe(1200);
    expect(told.filter((i) => i !== 2500).length).toBeLessThan(90);
    expect(told.filter((i) => i > 1300)).toEqual([2500]);
  });

  test("what stood still and then moves is told for a hundred values at most, then it is usual, where a spike is seen", () => {
    const next = noise(4);
    const moving = { "a level": () => 7 + next(), "a slope": (i: number) => 5 + next() + i / 500 };
    for (const [name, value] of Object.entries(moving)) {
      const series = Float64Array.from({ length: 8000 }, (_, i) => (i < 2500 ? 5 : value(i)));
      series[6000] = value(6000) + 40;
      const detector = new Detector();
      const told = Array.from(series).flatMap((one, i) => (detector.push(one).kind ? [i] : []));
      expect([name, told[0], told.filter((i) => i > 3100)]).toEqual([name, 2500, [6000]]);
      expect(told.length).toBeLessThan(100);
    }
  });

  test("a machine that goes on and off keeps its alarms to when it does", () => {
    const next = noise(3);
    const series = Array.from({ length: 12_000 }, (_, i) => (Math.floor(i / 1500) % 2 ? 20 + next() : 0));
    const detector = new Detector();
    const told = series.flatMap((one, i) => (detector.push(one).kind ? [i] : []));
    expect(told.length).toBeLessThan(500);
  });

  test("a sensor that hangs is found", () => {
    const series = clean();
    series.fill(series[day * 14]!, day * 14, day * 14 + 60);
    expect(findAnomalies(series).map(({ kind }) => kind)).toContain("stuck");
  });

  test("a day that doesn't come is found although every value is a usual one", () => {
    const series = Float64Array.from({ length: day * 14 }, (_, i) =>
      i % day > 40 && i % day < 80 ? 80 : 20,
    ).map((value, i) => value + seasonal(1, 1, i + 1)[0]! - 20);
    for (let i = day * 10 + 41; i < day * 10 + 80; i++) series[i]! -= 60;
    const found = findAnomalies(series, { join: 40 });
    expect(found.some(({ first }) => first >= day * 10 + 38 && first <= day * 10 + 60)).toBe(true);
    expect(found.length).toBeLessThanOrEqual(2);
  });

  test("what keeps coming back becomes usual", () => {
    const series = clean();
    for (let i = day * 4; i < series.length; i += 37) series[i]! += 8;
    const late = findAnomalies(series).filter(({ first }) => first > day * 10);
    expect(late).toEqual([]);
  });

  test("a gap is no anomaly and moves the season on", () => {
    const series = clean();
    series.fill(Number.NaN, day * 10, day * 10 + 50);
    expect(findAnomalies(series)).toEqual([]);
  });

  test.each([
    ["a trillionth", 1e-12, 0],
    ["a billion, far from zero", 1e9, 1e12],
  ])("the unit does not matter: %s", (_, unit, offset) => {
    const series = clean().map((value) => offset + unit * value);
    series[day * 15 + 72]! += 9 * unit;
    expect(findAnomalies(series)).toMatchObject([{ kind: "spike", peak: day * 15 + 72 }]);
  });

  test("on a slope a spike, a dip and a shift are seen as on the level", () => {
    const next = noise(4);
    const slope = Float64Array.from({ length: 3000 }, (_, i) => 10 + i / 50 + 3 * next());
    slope[2200]! += 18;
    slope[2400]! -= 24;
    const found = findAnomalies(slope.map((value, i) => (i >= 2600 ? value + 12 : value)));
    expect(found.map(({ kind, first }) => [kind, Math.floor(first / 20)])).toEqual([
      ["spike", 110],
      ["spike", 120],
      ["shift", 130],
    ]);
  });

  test("a series with a tenth of its values missing, from its first value on, has the season that it has", () => {
    const next = noise(8);
    const series = clean().map((value) => (next() > 0.4 ? Number.NaN : value));
    const at = series.findIndex((value, i) => i > day * 15 && i % day > 60 && !Number.isNaN(value));
    series[at]! += 8;
    expect(findAnomalies(series)).toMatchObject([{ kind: "spike", peak: at }]);
  });

  test("one that is zero nearly always has few alarms", () => {
    const next = noise(6);
    const series = Float64Array.from({ length: 3000 }, () => (next() > 0.4 ? 3 + Math.round(6 * next()) : 0));
    expect(findAnomalies(series).length).toBeLessThanOrEqual(2);
  });

  test("a value at a time and all at once say the same; any input is judged", () => {
    const series = clean(9);
    series[day * 12]! += 9;
    const detector = new Detector();
    const one = series.findIndex((value) => detector.push(value).kind !== undefined);
    expect(findAnomalies(series)[0]!.first).toBe(one);
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 300, maxLength: 400 }), (values) => {
        for (const { score } of findAnomalies(Float64Array.from(values)))
          expect(score).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 20, seed: 11 },
    );
  });
});
