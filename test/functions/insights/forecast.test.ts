import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { forecast } from "../../../functions/insights/forecast/forecast.ts";
import { newLevel } from "../../../functions/insights/forecast/new-level.ts";
import { studentReach } from "../../../functions/insights/forecast/student.ts";
import { remainingTime } from "../../../functions/insights/remaining-time.ts";
import { laggedProducts } from "../../../functions/insights/lagged-products.ts";
import { findPeriods } from "../../../functions/insights/seasonality.ts";
import { noise, seasonal } from "./support.ts";

const meanError = (said: Float64Array, came: Float64Array): number =>
  came.reduce((sum, value, i) => sum + Math.abs(value - said[i]!), 0) / came.length;

describe("seasons", () => {
  test.each([12, 24, 48, 96])("a season of %i is found", (period) => {
    expect(findPeriods(seasonal(period * 12, period))).toEqual([period]);
  });

  test("a week over days is found as seven of them", () => {
    const days = seasonal(24 * 7 * 6, 24).map((value, i) => value + (i % 168 < 120 ? 6 : 0));
    expect(findPeriods(days)).toEqual([24, 168]);
  });

  test.each([
    [1440, 1440 * 3],
    [144, 1440],
    [365, 365 * 4],
  ])("a flat, noisy top of a season of %i is told to the sample", (period, length) => {
    expect(findPeriods(seasonal(length, period, 2))).toEqual([period]);
  });

  test("a few outliers hide no season", () => {
    const series = seasonal(276, 24, 3);
    for (const at of [20, 61, 97, 130, 171, 215, 240]) series[at]! += at % 2 ? 200 : -200;
    expect(findPeriods(series)[0]).toBe(24);
  });

  test("lagged products by transform are those by definition", () => {
    const next = noise(2);
    const values = Float64Array.from({ length: 300 }, next);
    const sums = laggedProducts(values, 320);
    [0, 1, 17, 299, 300, 320].forEach((lag) => {
      let sum = 0;
      for (let i = lag; i < values.length; i++) sum += values[i]! * values[i - lag]!;
      expect(sums[lag]).toBeCloseTo(sum, 9);
    });
  });

  test("noise, a line and a constant have none", () => {
    const next = noise(3);
    expect(findPeriods(Float64Array.from({ length: 500 }, next))).toEqual([]);
    expect(findPeriods(Float64Array.from({ length: 500 }, (_, i) => 3 * i))).toEqual([]);
    expect(findPeriods(new Float64Array(500).fill(4))).toEqual([]);
  });
});

describe("forecasts", () => {
  test("a noisy season: better than the seasonal naive, and the interval holds about what it says", () => {
    let inside = 0;
    let better = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const all = seasonal(24 * 15, 24, seed);
      const came = all.subarray(-24);
      const said = forecast(all.subarray(0, -24), { horizon: 24 });
      if (meanError(said.point, came) < meanError(all.subarray(-48, -24), came)) better++;
      came.forEach((value, i) => {
        if (value >= said.lower[i]! && value <= said.upper[i]!) inside++;
      });
    }
    expect(better).toBeGreaterThanOrEqual(8);
    expect(inside / 240).toBeGreaterThan(0.8);
    expect(inside / 240).toBeLessThan(0.99);
  });

  test.each([6, 9, 14, 20, 28])("%i values are enough for intervals that hold what they say", (length) => {
    const next = noise(length);
    const inside = { 0.8: 0, 0.9: 0, 0.95: 0 };
    for (let series = 0; series < 40; series++) {
      let at = 0;
      const all = Float64Array.from({ length: length + 4 }, () => (at = 0.6 * at + next()));
      for (const level of [0.8, 0.9, 0.95] as const) {
        const said = forecast(all.subarray(0, length), { horizon: 4, level });
        all.subarray(length).forEach((value, i) => {
          if (value >= said.lower[i]! && value <= said.upper[i]!) inside[level]++;
        });
      }
    }
    expect(inside[0.8] / 160).toBeGreaterThan(0.74);
    expect(inside[0.9] / 160).toBeGreaterThan(0.85);
    expect(inside[0.95] / 160).toBeGreaterThan(0.9);
    expect(inside[0.95]).toBeGreaterThan(inside[0.8]);
  });

  test("a level that five origins can't tell is wider than one they can", () => {
    const width = (level: number): number => {
      const { lower, upper } = forecast(seasonal(240, 24), { horizon: 4, level });
      return upper[0]! - lower[0]!;
    };
    expect(width(0.99) / width(0.95)).toBeGreaterThan(1.3);
    expect(width(0.95) / width(0.9)).toBeGreaterThan(1.1);
  });

  test("Student's distribution is that of the tables", () => {
    expect(studentReach(0.9, 2)).toBeCloseTo(2.92, 3);
    expect(studentReach(0.95, 2)).toBeCloseTo(4.3027, 3);
    expect(studentReach(0.9, 4)).toBeCloseTo(2.1318, 3);
    expect(studentReach(0.99, 4)).toBeCloseTo(4.6041, 3);
  });

  test("a trend goes on, a growing season grows", () => {
    const line = Float64Array.from({ length: 80 }, (_, i) => 100 + 2 * i);
    expect(Math.abs(forecast(line, { horizon: 5 }).point[4]! - 268)).toBeLessThan(3);
    const growing = Float64Array.from(
      { length: 132 },
      (_, i) => 1.01 ** i * (100 + 40 * Math.sin((2 * Math.PI * i) / 12)),
    );
    const came = Float64Array.from(
      { length: 12 },
      (_, i) => 1.01 ** (132 + i) * (100 + 40 * Math.sin((2 * Math.PI * i) / 12)),
    );
    const said = forecast(growing, { horizon: 12 });
    expect(meanError(said.point, came)).toBeLessThan(0.05 * 400);
  });

  test("gaps are bridged; a constant stays; one value is enough", () => {
    const withGaps = seasonal(240, 24).map((value, i) => (i % 17 < 3 ? Number.NaN : value));
    expect(forecast(withGaps, { horizon: 24 }).point.every(Number.isFinite)).toBe(true);
    const constant = forecast(new Float64Array(50).fill(7), { horizon: 3 });
    expect([...constant.point, ...constant.lower, ...constant.upper]).toEqual(Array(9).fill(7));
    expect([...forecast(Float64Array.of(5), { horizon: 2 }).point]).toEqual([5, 5]);
    expect(() => forecast(Float64Array.of(Number.NaN), { horizon: 2 })).toThrow("at least one value");
  });

  test("one outlier is not believed, not even as the last value; neither are a few", () => {
    const all = seasonal(288, 24, 6);
    const before = all.slice(0, 264);
    const clean = meanError(forecast(before, { horizon: 24 }).point, all.subarray(264));
    for (const places of [[263], [30, 77, 140, 201, 250]]) {
      const spoilt = before.map((value, i) => (places.includes(i) ? value + 150 : value));
      expect(meanError(forecast(spoilt, { horizon: 24 }).point, all.subarray(264))).toBeLessThan(1.5 * clean);
    }
  });

  test.each([3, 6, 12])(
    "a level %i values before the end is gone on from, with a wider interval",
    (stayed) => {
      const all = seasonal(24 * 15, 24);
      const [before, after] = [all.subarray(0, -24), all.subarray(-24)];
      const usual = forecast(before, { horizon: 24 });
      const start = before.length - stayed;
      const moved = before.map((value, i) => (i < start ? value : value + 40));
      const said = forecast(moved, { horizon: 24 });
      expect(said.periods).toEqual([24]);
      const off = said.point.map((point) => point - 40);
      expect(meanError(off, after)).toBeLessThan(1.5);
      usual.point.forEach((_, i) =>
        expect(said.upper[i]! - said.lower[i]!).toBeGreaterThan(usual.upper[i]! - usual.lower[i]!),
      );
      expect(said.lower[23]).toBeLessThan(after[23]! + 10);
    },
  );

  test("a level like others before, one on its way, or an odd day that is over, is left to the models", () => {
    const usual = seasonal(24 * 14, 24);
    const added = (more: (toEnd: number, i: number) => number): Float64Array =>
      usual.map((value, i) => value + more(usual.length - i, i));
    const found = (series: Float64Array): boolean => newLevel(series, [24], 24) !== undefined;
    expect(found(added((toEnd) => (toEnd <= 12 ? 40 : 0)))).toBe(true);
    expect(found(added((_, i) => (Math.floor(i / 55) % 2) * 40))).toBe(false);
    expect(found(added((toEnd) => Math.max(0, 12 - toEnd) * 9))).toBe(false);
    expect(found(added((toEnd) => (toEnd <= 12 && toEnd > 1 ? 40 : 0)))).toBe(false);
  });

  test("a fifth of the values and more than a day missing: forecast in the season that the rest shows", () => {
    const all = seasonal(360, 24, 6);
    const next = noise(9);
    const seen = all.slice(0, 336).map((value) => (next() > 0.84 ? Number.NaN : value));
    seen.fill(Number.NaN, 150, 180);
    expect(meanError(forecast(seen, { horizon: 24 }).point, all.subarray(336))).toBeLessThan(0.4);
  });

  test("a slope that grows is followed in full, as a battery's", () => {
    const next = noise(3);
    const battery = Float64Array.from({ length: 298 }, (_, i) => 4200 - 2 * i - (i * i) / 400 + 5 * next());
    const said = forecast(battery.subarray(0, 250), { horizon: 48 });
    expect(meanError(said.point, battery.subarray(250))).toBeLessThan(10);
  });

  test("whatever the series: finite, lower <= point <= upper, the same again, never below zero where nothing was", () => {
    const value = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (values, horizon) => {
          const series = Float64Array.from(values);
          const said = forecast(series, { horizon });
          expect(said.point).toHaveLength(horizon);
          said.point.forEach((point, i) => {
            expect(Number.isFinite(point)).toBe(true);
            expect(said.lower[i]!).toBeLessThanOrEqual(point);
            expect(said.upper[i]!).toBeGreaterThanOrEqual(point);
            if (values.every((one) => one >= 0)) expect(said.lower[i]!).toBeGreaterThanOrEqual(0);
          });
          expect(forecast(series, { horizon })).toEqual(said);
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });

  test("the remaining time to a limit: likely, at the earliest, or not within the forecast", () => {
    const next = noise(5);
    const rising = Float64Array.from({ length: 100 }, (_, i) => i + 2 * next());
    const said = forecast(rising, { horizon: 30 });
    const { likely, earliest } = remainingTime(said, 110, true);
    expect(likely).toBeGreaterThan(7);
    expect(likely).toBeLessThan(16);
    expect(earliest).toBeLessThan(likely!);
    expect(remainingTime(said, 1e6, true)).toEqual({});
    expect(remainingTime(said, -1e6, false)).toEqual({});
  });
});
