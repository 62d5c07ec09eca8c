/** The plot's arithmetic: ranges, gaps, ticks, choices, words. */
import { spawnSync } from "node:child_process";
import { resolve as resolvePath } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Metric, Series } from "../../../site/console/api.ts";
import { hasBand, nearest, withGaps, withoutGaps } from "../../../site/page/plot/plot-data.ts";
import { minimumLength, moved, resolve, within, zoomed } from "../../../site/page/plot/plot-range.ts";
import {
  chosenMetrics,
  ColorSlots,
  extentOf,
  rangeOf,
  readState,
  seriesColors,
  writeState,
} from "../../../site/page/plot/plot-state.ts";
import { describePlot, rangeText } from "../../../site/page/plot/plot-words.ts";
import { timeSplits, timeSteps, timeTicks } from "../../../site/page/plot/time-ticks.ts";

const hour = 3_600_000;
const metric = (name: string, more: Partial<Metric> = {}): Metric => ({
  table: "readings",
  sub: null,
  metric: name,
  unit: null,
  from: 0,
  to: 100,
  values: 1,
  kind: "number",
  ...more,
});
const series = (time: number[], mean = time.map(Number), more: Partial<Series> = {}): Series => ({
  from: 0,
  to: 1000,
  bucket: 1,
  values: time.length,
  time,
  mean,
  min: mean,
  max: mean,
  ...more,
});

describe("ranges", () => {
  const limits = { from: 0, to: 24 * hour };

  test("the last hour of what there is, all of it, or where somebody looked", () => {
    expect(resolve({ kind: "last", length: hour }, limits)).toEqual({ from: 23 * hour, to: 24 * hour });
    expect(resolve({ kind: "last", length: 48 * hour }, limits)).toEqual(limits);
    expect(resolve({ kind: "last", length: null }, limits)).toEqual(limits);
    expect(resolve({ kind: "fixed", from: 5, to: 6 }, limits)).toEqual({ from: 5, to: 6 });
  });

  test("one value alone gets a minute around it", () => {
    const span = resolve({ kind: "last", length: hour }, { from: 1e6, to: 1e6 });
    expect(span).toEqual({ from: 1e6 - 30_000, to: 1e6 + 30_000 });
  });

  test("zooming keeps what lies under the pointer, and never leaves the limits", () => {
    const span = { from: 6 * hour, to: 10 * hour };
    expect(zoomed(span, 0.5, 0.25, limits)).toEqual({ from: 6.5 * hour, to: 8.5 * hour });
    const ends = fc.tuple(fc.integer({ min: 0, max: 24 * hour }), fc.integer({ min: 0, max: 24 * hour }));
    fc.assert(
      fc.property(
        ends,
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ([a, b], factor, anchor) => {
          const { from, to } = zoomed({ from: Math.min(a, b), to: Math.max(a, b) }, factor, anchor, limits);
          expect(from).toBeGreaterThanOrEqual(-1e-3);
          expect(to).toBeLessThanOrEqual(24 * hour + 1e-3);
          expect(to - from).toBeGreaterThanOrEqual(minimumLength - 1e-3);
        },
      ),
    );
  });

  test("moving keeps the length and stops at the ends", () => {
    expect(moved({ from: hour, to: 2 * hour }, -0.5, limits)).toEqual({ from: 0.5 * hour, to: 1.5 * hour });
    expect(moved({ from: hour, to: 2 * hour }, -5, limits)).toEqual({ from: 0, to: hour });
    expect(moved({ from: hour, to: 2 * hour }, 99, limits)).toEqual({ from: 23 * hour, to: 24 * hour });
    expect(within({ from: -hour, to: 99 * hour }, limits)).toEqual(limits);
  });
});

describe("the choice", () => {
  test("without one is the number with the most values and its sisters; a state only where there is no number", () => {
    const names = (metrics: readonly Metric[]) => metrics.map(({ metric: name }) => name);
    const online = metric("online", { kind: "boolean", values: 9999 });
    const text = metric("state", { kind: "other", values: 99_999 });
    const axes = ["x", "y", "z"].map((axis) => metric(`accel_${axis}`, { values: 400 }));
    expect(names(chosenMetrics([online, text, metric("steps", { values: 40 }), ...axes], []))).toEqual([
      "accel_x",
      "accel_y",
      "accel_z",
    ]);
    expect(names(chosenMetrics([online, metric("steps", { values: 40 }), text], []))).toEqual(["steps"]);
    expect(names(chosenMetrics([text, online], []))).toEqual(["online"]);
    expect(chosenMetrics([text], [])).toEqual([]);
    expect(names(chosenMetrics([online, ...axes], ["accel_y", "gone", "online"]))).toEqual([
      "accel_y",
      "online",
    ]);
    expect(names(chosenMetrics([online, text, ...axes], ["gone", "state"]))).toEqual([
      "accel_x",
      "accel_y",
      "accel_z",
    ]);
  });

  test("of one sub-device doesn't bring the sisters of another", () => {
    const metrics = [
      metric("acceleration_x", { sub: "6", values: 9 }),
      metric("acceleration_y", { sub: "6" }),
      metric("acceleration_z", { sub: "7" }),
    ];
    expect(chosenMetrics(metrics, []).map(({ sub }) => sub)).toEqual(["6", "6"]);
  });

  test("comes out of the address and goes back into it", () => {
    const parameters = new URLSearchParams(
      "device=a&metric=t&metric=u~1&range=24h&from=5.5&to=9.5&forecast=1",
    );
    const state = readState(parameters);
    const shown = { forecast: true, anomalies: false };
    const fixed = { from: 5.5, to: 9.5 };
    expect(state).toEqual({ device: "a", keys: ["t", "u~1"], preset: "24h", fixed, ...shown });
    expect(writeState(state).toString()).toBe(
      "device=a&metric=t&metric=u%7E1&range=24h&from=5&to=10&forecast=1",
    );
    expect(rangeOf(state)).toEqual({ kind: "fixed", from: 5.5, to: 9.5 });
    for (const bad of ["from=9&to=5", "from=x&to=5", "from=1", "range=century"]) {
      expect(readState(new URLSearchParams(bad))).toMatchObject({ fixed: null, preset: "1h" });
    }
    const many = new URLSearchParams(Array.from({ length: 9 }, (_, index) => ["metric", String(index)]));
    expect(readState(many).keys).toHaveLength(seriesColors);
  });

  test("reaches from the oldest to the newest value of any", () => {
    expect(extentOf([metric("a", { from: 5, to: 9 }), metric("b", { from: 7, to: 12 })])).toEqual({
      from: 5,
      to: 12,
    });
    expect(extentOf([])).toBeNull();
  });

  test("keeps a colour with its metric while that is on the plot", () => {
    const slots = new ColorSlots();
    slots.assign(["a", "b", "c"]);
    slots.assign(["c", "d", "b"]);
    expect(["a", "b", "c", "d"].map((key) => slots.of(key))).toEqual([null, 1, 2, 0]);
  });
});

describe("lines", () => {
  test("are broken where nothing was measured for six times as long as usual", () => {
    const [time, mean] = withGaps(series([0, 10, 20, 90, 100], [1, 2, 3, 4, 5]));
    expect(time).toEqual([0, 10, 20, 55, 90, 100]);
    expect(mean).toEqual([1, 2, 3, null, 4, 5]);
    expect(withGaps(series([0, 10, 20, 80], [1, 2, 3, 4]))[1]).not.toContain(null);
    expect(withGaps(series([], []))).toEqual([[], [], [], []]);
    expect(withGaps(series([5], [1]))[0]).toEqual([5]);
  });

  test("of a state hold until the next one", () => {
    expect(withoutGaps(series([0, 10, 20, 90_000], [1, 0, 1, 0]))[1]).toEqual([1, 0, 1, 0]);
  });

  test("have a band where a point holds several values", () => {
    expect(hasBand(series([1, 2], [5, 6]))).toBe(false);
    expect(hasBand(series([1, 2], [5, 6], { min: [5, 5], max: [5, 7] }))).toBe(true);
  });

  test("the nearest value to a time is the nearest", () => {
    expect(nearest([], 5)).toBe(-1);
    const times = fc
      .uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 1 })
      .map((all) => all.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(times, fc.integer({ min: -10, max: 1010 }), (time, at) => {
        const least = Math.min(...time.map((one) => Math.abs(one - at)));
        expect(Math.abs((time[nearest(time, at)] ?? NaN) - at)).toBe(least);
      }),
    );
  });
});

describe("ticks", () => {
  const local = (...parts: [number, number, number, number, number]) => new Date(...parts).getTime();

  test("lie on round local times", () => {
    const from = local(2026, 5, 1, 9, 7);
    expect(timeSplits(from, from + hour, 15 * 60_000).map((time) => new Date(time).getMinutes())).toEqual([
      15, 30, 45, 0,
    ]);
    const days = timeSplits(local(2026, 5, 1, 12, 0), local(2026, 5, 9, 12, 0), 2 * 24 * hour);
    expect(days).toHaveLength(4);
    for (const day of days) expect([new Date(day).getHours(), new Date(day).getMinutes()]).toEqual([0, 0]);
    expect([...timeSteps]).toEqual(timeSteps.toSorted((a, b) => a - b));
  });

  test("say the day under the first one and where a day begins", () => {
    const splits = [
      local(2026, 5, 1, 18, 0),
      local(2026, 5, 1, 21, 0),
      local(2026, 5, 2, 0, 0),
      local(2026, 5, 2, 3, 0),
    ];
    const day = (text: string) => expect.stringMatching(new RegExp(`^${text}( 2026)?$`));
    expect(timeTicks(splits, 3 * hour)).toEqual([day("18:00\n1 Jun"), "21:00", day("00:00\n2 Jun"), "03:00"]);
    expect(timeTicks(splits.slice(2), 24 * hour)).toEqual([day("2 Jun"), day("2 Jun")]);
    expect(timeTicks([local(2026, 5, 1, 0, 0) + 5], 5)[0]).toMatch(/^00:00:00\.005\n/);
  });

  test("lie on midnights through the night in which the clock changes", () => {
    const file = resolvePath("site/page/plot/time-ticks.ts");
    const code = `const { timeSplits } = await import(${JSON.stringify(`file://${file}`)});
      const day = 86400000, from = Date.UTC(2026, 9, 23), all = timeSplits(from, from + 5 * day, day);
      console.log(all.map((time) => new Date(time).toTimeString().slice(0, 5)).join());`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      env: { ...process.env, TZ: "Europe/Berlin", NODE_NO_WARNINGS: "1" },
      encoding: "utf8",
    });
    expect([stdout.trim(), stderr]).toEqual(["00:00,00:00,00:00,00:00,00:00", ""]);
  });
});

describe("words", () => {
  test("tell what the plot shows to those who don't see it", () => {
    const chosen = [metric("temperature", { unit: "Cel" }), metric("humidity")];
    const found = new Map([
      ["temperature", series([1, 2], [20.5, 21])],
      ["humidity", series([])],
    ]);
    const plotted = {
      device: "room-1",
      metrics: chosen,
      chosen,
      extent: null,
      span: { from: 0, to: 1000 },
      series: found,
    };
    expect(describePlot(plotted)).toBe(
      "Time series of room-1 from 1970-01-01 00:00:00 UTC to 1970-01-01 00:00:01 UTC. temperature: 20.5 to 21 Cel; humidity: no values",
    );
    expect(describePlot({ ...plotted, span: null })).toBe("Time series of room-1: nothing to show");
  });

  test("tell how many values there are and how long a point is where it holds several", () => {
    const from = new Date(2020, 0, 5, 14, 0).getTime();
    expect(rangeText({ from, to: from + hour }, series([1, 2, 3]))).toBe(
      "5 Jan 2020 14:00:00 – 15:00:00 · 3 values",
    );
    expect(
      rangeText({ from, to: from + hour }, series([1, 2], [1, 2], { values: 36_000, bucket: 4680 })),
    ).toBe("5 Jan 2020 14:00:00 – 15:00:00 · 36,000 values, 4.68 s a point");
    expect(rangeText({ from, to: from + 12 * hour }, series([1]))).toBe(
      "5 Jan 2020 14:00 – 6 Jan 2020 02:00 · 1 value",
    );
    expect(rangeText({ from: 0, to: 1 }, undefined)).toBe("");
  });
});
