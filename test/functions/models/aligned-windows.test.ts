import { describe, expect, test } from "@jest/globals";
import { AlignedWindowCutter } from "../../../functions/models/aligned-windows.ts";
import { randomNumbers } from "../../support/random.ts";

const shape = { axes: ["a"], period: 1_000, size: 8, step: 3 };
type Sample = readonly [time: number, value: number | null];

function windowsOf(samples: readonly Sample[]): string[] {
  const cutter = new AlignedWindowCutter(shape);
  return samples
    .map(([time, value]) => cutter.push(time, [value]))
    .filter((window) => window !== null)
    .map(({ from, to, columns }) => `${from} ${to} ${columns[0]!.join()}`);
}

/** A device whose clock and sampling are not exact, with gaps and missing values. */
function stream(seed: number, count: number): Sample[] {
  const random = randomNumbers(seed);
  let time = 1_000_000 + Math.floor(random() * 10_000);
  return Array.from({ length: count }, (_, index) => {
    time += Math.round(1_000 * (0.85 + 0.3 * random())) + (random() < 0.02 ? 5_000 : 0);
    return [time, random() < 0.01 ? null : index] as const;
  });
}

describe("aligned windows", () => {
  test("begin at multiples of the step, and overlap by the rest", () => {
    const samples = Array.from({ length: 16 }, (_, index) => [index * 1_000, index] as const);
    expect(windowsOf(samples)).toEqual([
      "0 7000 0,1,2,3,4,5,6,7",
      "3000 10000 3,4,5,6,7,8,9,10",
      "6000 13000 6,7,8,9,10,11,12,13",
    ]);
  });

  test("are the same wherever reading begins, but for those that begin before", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const samples = stream(seed, 400);
      const whole = windowsOf(samples);
      expect(whole.length).toBeGreaterThan(20);
      for (const skipped of [7, 60, 133, 280]) {
        // The first sample may be taken for the first of its cell, because the one before is not known.
        const begins = samples[skipped + 1]![0];
        const after = (windows: string[]) => windows.filter((text) => Number(text.split(" ")[0]) >= begins);
        expect(after(windowsOf(samples.slice(skipped)))).toEqual(after(whole));
      }
    }
  });

  test("a repeat is left out; a gap, a missing value and too few values begin anew", () => {
    const ten = Array.from({ length: 10 }, (_, index) => [index * 1_000, index] as Sample);
    expect(windowsOf(ten.flatMap((sample) => [sample, sample]))).toEqual(windowsOf(ten));
    expect(windowsOf(ten.filter((_, index) => index !== 4))).toEqual([]);
    expect(windowsOf(ten.map(([time, value]) => [time, value === 4 ? null : value]))).toEqual([]);
    expect(new AlignedWindowCutter(shape).push(0, [])).toBeNull();
  });
});
