import { describe, expect, test } from "@jest/globals";
import { gaps } from "../../../functions/insights/gaps.ts";
import { regularise } from "../../../functions/insights/series.ts";
import { crossings } from "../../../functions/insights/threshold.ts";

const second = 1_000_000;
const at = (...pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([time, value]) => ({ time: time * second, value }));

describe("a regular series", () => {
  test("out of order, doubled, jittering and missing samples", () => {
    const series = regularise(
      at([30, 4], [0, 1], [10.4, 2], [9.8, 4], [60, 7], [50, 6], [20, Number.NaN], [20, 5]),
    );
    expect(series).toEqual({
      start: 0,
      step: expect.closeTo(10 * second, -6),
      values: Float64Array.of(1, 3, 5, 4, Number.NaN, 6, 7),
    });
    expect(gaps(series, 1)).toEqual([{ from: 4 * series.step, length: series.step }]);
    expect(gaps(series)).toEqual([]);
  });

  test("no series: one time only, or a step that makes millions of values", () => {
    expect(() => regularise(at([1, 1], [1, 2]))).toThrow("2 usable samples at one time");
    expect(() => regularise(at([0, 1], [1e9, 2]), second)).toThrow("take a longer step");
  });

  test("a gap at the end is one", () => {
    const series = { start: 0, step: 1, values: Float64Array.of(1, Number.NaN, Number.NaN, Number.NaN) };
    expect(gaps(series)).toEqual([{ from: 1, length: 3 }]);
  });
});

describe("a limit with hysteresis", () => {
  const values = Float64Array.of(1, 5, 4, 5.5, 2, 6, Number.NaN, 7);

  test("noise between limit and release is one crossing", () => {
    expect(crossings(values, { above: true, limit: 4.5, release: 3 })).toEqual([
      { first: 1, until: 4, extreme: 5.5 },
      { first: 5, extreme: 7 },
    ]);
    expect(crossings(values, { above: true, limit: 4.5, release: 4.5 })).toHaveLength(3);
  });

  test("downwards; only what lasts", () => {
    expect(crossings(values, { above: false, limit: 1.5, release: 4.5 })).toEqual([
      { first: 0, until: 1, extreme: 1 },
    ]);
    expect(crossings(values, { above: true, limit: 4.5, release: 3, atLeast: 2 })).toEqual([
      { first: 5, extreme: 7 },
    ]);
  });

  test("a release beyond the limit is refused", () => {
    expect(() => crossings(values, { above: true, limit: 4, release: 5 })).toThrow("at most the limit");
  });
});
