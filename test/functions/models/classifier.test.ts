import { describe, expect, test } from "@jest/globals";
import { evaluate, Scorer, trainClassifier, type LabelledRun } from "../../../functions/models/classifier.ts";
import { featureNames, featuresOf } from "../../../functions/models/features.ts";
import { classShares, trainForest } from "../../../functions/models/forest.ts";
import { WindowCutter } from "../../../functions/models/windows.ts";
import { randomNumbers } from "../../support/random.ts";

const period = 100_000;
const shape = { axes: ["accel_x", "accel_y", "accel_z", "t"], period, size: 20, step: 10 };
const random = randomNumbers(4);

/** Samples that swing so many times a second. */
function run(label: string, hertz: number, count = 60): LabelledRun {
  const phase = random();
  const values = (at: number): number[] => {
    const swing = Math.sin(2 * Math.PI * (hertz * at * 0.1 + phase));
    return [swing + random() / 5, random(), 1 + random(), 20];
  };
  return {
    label,
    samples: Array.from({ length: count }, (_, at) => ({ time: at * period, values: values(at) })),
  };
}
const runs = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? run("slow", 1) : run("fast", 3)));

describe("windows", () => {
  test("follow each other by the step; a gap or a missing value begins anew", () => {
    const ends = (times: readonly number[], missing = -1): number[] => {
      const cutter = new WindowCutter({ axes: ["a"], period, size: 3, step: 2 });
      return times.filter((at) => cutter.push(at * period, [at === missing ? null : at]) !== null);
    };
    expect(ends([0, 1, 2, 3, 4, 5, 6])).toEqual([2, 4, 6]);
    expect(ends([0, 1, 3, 4, 5])).toEqual([5]);
    expect(ends([0, 1, 1, 2, 3])).toEqual([3]);
    expect(ends([0, 1, 2, 3, 4, 5, 6], 2)).toEqual([5]);
    const cutter = new WindowCutter({ axes: ["a", "b"], period, size: 1, step: 1 });
    expect([cutter.push(0, [1]), cutter.push(1, [1, NaN])]).toEqual([null, null]);
    expect(cutter.push(2, [1, 2])).toMatchObject({
      from: 2,
      to: 2,
      columns: [Float64Array.of(1), Float64Array.of(2)],
    });
  });
});

describe("features", () => {
  test("of a known swing: level, spread, frequency, and the length of three axes", () => {
    const names = featureNames(shape);
    const wave = Float64Array.from({ length: 20 }, (_, at) => 3 + 2 * Math.sin(2 * Math.PI * 2 * at * 0.1));
    const flat = new Float64Array(20).fill(4);
    const found = featuresOf(shape, { from: 0, to: 0, columns: [wave, flat, new Float64Array(20), flat] });
    const value = (name: string): number => found[names.indexOf(name)]!;
    expect(names).toHaveLength(found.length);
    expect(value("accel_x_mean")).toBeCloseTo(3, 6);
    expect(value("accel_x_deviation")).toBeCloseTo(Math.SQRT2, 6);
    expect(value("accel_x_rhythm")).toBeCloseTo(2, 6);
    expect(value("accel_x_centroid")).toBeCloseTo(2, 6);
    expect(value("accel_x_middle")).toBeCloseTo(1, 6);
    expect(value("accel_length_most")).toBeCloseTo(
      Math.hypot(
        wave.reduce((a, b) => Math.max(a, b)),
        4,
      ),
      5,
    );
    expect([value("t_deviation"), value("t_rhythm"), value("t_skewness")]).toEqual([0, 0, 0]);
  });
});

describe("a forest", () => {
  test("learns what no single threshold tells, the same each time", () => {
    const rows = Array.from({ length: 300 }, () => Float32Array.of(random() - 0.5, random() - 0.5, random()));
    const labels = rows.map(([x, y]) => Number(x! * y! > 0));
    const forest = trainForest(rows, labels, 2, { trees: 60, seed: 7 });
    const fresh = Array.from({ length: 200 }, () =>
      Float32Array.of(random() - 0.5, random() - 0.5, random()),
    );
    const right = fresh.filter((row) => classShares(forest, row)[Number(row[0]! * row[1]! > 0)]! > 0.5);
    expect(right.length).toBeGreaterThan(170);
    expect(trainForest(rows, labels, 2, { trees: 60, seed: 7 })).toEqual(forest);
    expect(trainForest(rows, labels, 2, { trees: 60, seed: 8 })).not.toEqual(forest);
    expect(() => trainForest([], [], 2, { trees: 1, seed: 1 })).toThrow("no samples");
  });

  test("rows that are all the same end in a leaf", () => {
    const rows = [Float32Array.of(1, 2), Float32Array.of(1, 2)];
    const forest = trainForest(rows, [0, 1], 2, { trees: 2, seed: 1 });
    expect(Array.from(classShares(forest, rows[0]!))).toEqual([0.5, 0.5]);
  });
});

describe("a classifier", () => {
  test("tells apart what differs, judged on runs it has not seen; and can't where labels mean nothing", () => {
    const good = evaluate(runs, shape, { trees: 30, seed: 1 }, 8);
    expect(good).toMatchObject({ runs: 8, rightRuns: 8, windows: 40 });
    expect(good.rightWindows).toBeGreaterThan(36);
    expect(good.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(40);
    const shuffled = Array.from({ length: 20 }, (_, index) => run(index % 2 === 0 ? "a" : "b", 1));
    const { rightWindows, windows } = evaluate(shuffled, shape, { trees: 30, seed: 1 }, 20);
    expect(rightWindows / windows).toBeLessThan(0.75);
  });

  test("scores sample by sample, in bounded memory", () => {
    const classifier = trainClassifier(runs, shape, { trees: 30, seed: 1 });
    const scorer = new Scorer(classifier);
    const { samples } = run("fast", 3);
    const predictions = samples
      .map(({ time, values }) => scorer.push(time, values))
      .filter((one) => one !== null);
    expect(predictions.map(({ from, to }) => [from / period, to / period])).toEqual([
      [0, 19],
      [10, 29],
      [20, 39],
      [30, 49],
      [40, 59],
    ]);
    expect(new Set(predictions.map(({ label }) => label))).toEqual(new Set(["fast"]));
    expect(() => new Scorer({ ...classifier, features: 99 })).toThrow(
      "version 99; this program makes version 1",
    );
  });

  test("what it can't be trained from is said", () => {
    const options = { trees: 2, seed: 1 };
    expect(() => trainClassifier([run("slow", 1)], shape, options)).toThrow("needs two at least");
    expect(() => trainClassifier([run("slow", 1), run("fast", 3, 9)], shape, options)).toThrow(
      "no run of fast is as long as a window of 20 samples",
    );
  });
});
