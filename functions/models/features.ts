/**
 * What a window of samples is like, as numbers: level, spread, shape, jerk and rhythm of each axis, and of the length of each
 * group of three axes (`accel_x`, `accel_y`, `accel_z`), which does not depend on how the sensor is turned.
 */

import type { Window, WindowShape } from "./windows.ts";

/** To be raised with every change that gives another number for the same window: models name it. */
export const featuresVersion = 1;

const statistics = [
  "mean",
  "deviation",
  "least",
  "most",
  "median",
  "jerk",
  "skewness",
  "kurtosis",
  "centroid",
  "rhythm",
  "low",
  "middle",
  "high",
  "highest",
  "crossings",
] as const;
/** Shares of the power, each a quarter of the frequencies. */
const bands = 4;

/** Groups of three axes that differ in their last letter alone. */
function vectorsOf(
  axes: readonly string[],
): readonly { readonly name: string; readonly axes: readonly number[] }[] {
  return axes.flatMap((axis, index) => {
    if (!/_x$/.test(axis)) return [];
    const name = axis.slice(0, -2);
    const others = ["y", "z"].map((letter) => axes.indexOf(`${name}_${letter}`));
    return others.includes(-1) ? [] : [{ name: `${name}_length`, axes: [index, ...others] }];
  });
}

/** In the order of {@link featuresOf}. */
export function featureNames({ axes }: Pick<WindowShape, "axes">): readonly string[] {
  const columns = [...axes, ...vectorsOf(axes).map(({ name }) => name)];
  return columns.flatMap((column) => statistics.map((statistic) => `${column}_${statistic}`));
}

/** As 32-bit floats, which is what models are exchanged with: the same number everywhere. */
export function featuresOf(shape: WindowShape, { columns }: Window): Float32Array {
  const lengths = vectorsOf(shape.axes).map(({ axes }) =>
    Float64Array.from(columns[0]!, (_, at) => Math.hypot(...axes.map((axis) => columns[axis]![at]!))),
  );
  const rate = 1_000_000 / shape.period;
  return Float32Array.from([...columns, ...lengths].flatMap((column) => describe(column, rate)));
}

function describe(values: Float64Array, rate: number): number[] {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const centred = values.map((value) => value - mean);
  const moment = (power: number): number => centred.reduce((sum, value) => sum + value ** power, 0) / count;
  const deviation = Math.sqrt(moment(2));
  const sorted = values.toSorted();
  let [jerk, crossings] = [0, 0];
  for (let at = 1; at < count; at++) {
    jerk += Math.abs(values[at]! - values[at - 1]!);
    if (centred[at]! * centred[at - 1]! < 0) crossings++;
  }
  const steps = Math.max(1, count - 1);
  return [
    mean,
    deviation,
    sorted[0]!,
    sorted[count - 1]!,
    sorted[count >> 1]!,
    jerk / steps,
    deviation > 0 ? moment(3) / deviation ** 3 : 0,
    deviation > 0 ? moment(4) / deviation ** 4 : 0,
    ...spectrum(centred, rate),
    crossings / steps,
  ];
}

/** Of one frequency, at each sample of a window. */
interface Turns {
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

/** Longer windows are computed anew each time: what is kept takes 8 bytes times the square of a window's samples. */
const mostKept = 1_024;
/** By frequency, of the windows that were described last: all of a model are equally long. */
const kept = { count: 0, turns: new Map<number, Turns>() };

function turnsOf(count: number, k: number): Turns {
  if (kept.count !== count) {
    kept.count = count;
    kept.turns.clear();
  }
  const known = kept.turns.get(k);
  if (known !== undefined) return known;
  const angles = Float64Array.from({ length: count }, (_, at) => (2 * Math.PI * k * at) / count);
  const turns = { cosines: angles.map(Math.cos), sines: angles.map(Math.sin) };
  if (count <= mostKept) kept.turns.set(k, turns);
  return turns;
}

/** Centre of the power in Hz, frequency of the most power in Hz, share of the power of each band. */
function spectrum(centred: Float64Array, rate: number): number[] {
  const count = centred.length;
  const half = count >> 1;
  const power = new Float64Array(half);
  for (let k = 1; k <= half; k++) {
    const { cosines, sines } = turnsOf(count, k);
    let [real, imaginary] = [0, 0];
    for (let at = 0; at < count; at++) {
      real += centred[at]! * cosines[at]!;
      imaginary += centred[at]! * sines[at]!;
    }
    power[k - 1] = real * real + imaginary * imaginary;
  }
  const total = power.reduce((sum, value) => sum + value, 0);
  if (total === 0) return Array<number>(2 + bands).fill(0);
  const hertz = (index: number): number => ((index + 1) * rate) / count;
  const share = (band: number): number => {
    const part = power.subarray(Math.floor((band * half) / bands), Math.floor(((band + 1) * half) / bands));
    return part.reduce((sum, value) => sum + value, 0) / total;
  };
  return [
    power.reduce((sum, value, index) => sum + value * hertz(index), 0) / total,
    hertz(power.indexOf(power.reduce((most, value) => Math.max(most, value), 0))),
    ...Array.from({ length: bands }, (_, band) => share(band)),
  ];
}
