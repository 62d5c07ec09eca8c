import { laggedProducts } from "./lagged-products.ts";

const mostSamples = 6000;
const leastCorrelation = 0.3;

/** Samples in a day, a week, an hour, a year at usual steps: the seasons of people, machines and the sun. */
const familiar = [7, 12, 24, 48, 52, 60, 96, 144, 168, 288, 336, 365, 672, 720, 1008, 1440, 2016];

/**
 * Season lengths in samples, shortest first, at most two (a day and a week, say): peaks of the autocorrelation of what
 * is left of the series without its slow trend, and without the reach of rare outliers where it shows more then. Empty:
 * no season that the series itself shows at least twice.
 *
 * @param values regular in time, finite.
 */
export function findPeriods(values: Float64Array): readonly number[] {
  const recent = withoutTrend(values.subarray(-mostSamples));
  const raw = peaksOf(recent, 2);
  const clipped = withoutReach(recent);
  const tame = clipped ? peaksOf(clipped, 2) : raw;
  const [peaks, left] = highest(tame) > highest(raw) ? [tame, clipped!] : [raw, recent];
  const first = strongest(peaks);
  if (first === undefined) return [];
  const within = peaks.find(({ lag, height }) => height >= 0.4 && isMultiple(first, lag));
  if (within) return [within.period, nearestMultiple(first, within.period)];
  const second = strongest(peaksOf(withoutSeason(left, first), 2 * first));
  return second === undefined ? [first] : [first, nearestMultiple(second, first)];
}

interface Peak {
  readonly lag: number;
  readonly height: number;
  /** The lag, told more exactly by the peaks at its multiples. */
  readonly period: number;
}

function highest(peaks: readonly Peak[]): number {
  return Math.max(0, ...peaks.map(({ height }) => height));
}

/** The shortest of those that are about as high as the highest. */
function strongest(peaks: readonly Peak[]): number | undefined {
  const most = highest(peaks);
  return peaks.find(({ height }) => height >= 0.9 * most)?.period;
}

function peaksOf(values: Float64Array, shortest: number): readonly Peak[] {
  const longest = Math.floor(values.length / 2.5);
  const correlation = autocorrelation(values, longest + 1);
  const least = Math.max(leastCorrelation, 3 / Math.sqrt(values.length));
  const peaks: Peak[] = [];
  let valley = 1;
  for (let lag = 1; lag <= longest; lag++) {
    const height = correlation[lag]!;
    valley = Math.min(valley, height);
    const peak =
      height >= correlation[lag - 1]! && height > (correlation[lag + 1] ?? -1) && height - valley > 0.15;
    if (peak && lag >= shortest && height > least)
      peaks.push({ lag, height, period: sharpened(correlation, lag, longest) });
  }
  return peaks;
}

/** The top of a peak is flat and noisy; that at ten times the lag says it ten times as exactly. */
function sharpened(correlation: Float64Array, lag: number, longest: number): number {
  let exact = lag;
  let times = 1;
  for (let k = 2; Math.round(k * exact) + k <= longest; k++) {
    const centre = Math.round(k * exact);
    const reach = Math.max(1, Math.round(lag * 0.03));
    let best = centre;
    for (let at = Math.max(1, centre - reach); at <= Math.min(longest, centre + reach); at++)
      if (correlation[at]! > correlation[best]!) best = at;
    if (correlation[best]! < 0.7 * correlation[lag]!) break;
    exact = best / k;
    times = k;
  }
  const period = Math.round(exact);
  const known = familiar.find((length) => Math.abs(length - period) <= Math.max(1, 0.04 * period));
  const at = (length: number): number => correlation[Math.min(longest, Math.round(times * length))]!;
  return known !== undefined && at(known) >= 0.95 * at(exact) ? known : period;
}

/** Values beyond the range of 95 % of all by more than half of it, drawn in; undefined where there are none. */
export function withoutReach(values: Float64Array): Float64Array | undefined {
  const sorted = Float64Array.from(values).sort();
  const low = sorted[Math.floor(0.025 * (sorted.length - 1))]!;
  const high = sorted[Math.ceil(0.975 * (sorted.length - 1))]!;
  const reach = (high - low) / 2;
  if (!(reach > 0) || (sorted[0]! >= low - reach && sorted.at(-1)! <= high + reach)) return undefined;
  return values.map((value) => Math.max(low - reach, Math.min(high + reach, value)));
}

function autocorrelation(values: Float64Array, most: number): Float64Array {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  const sums = laggedProducts(
    values.map((value) => value - mean),
    most,
  );
  const variance = sums[0]! / values.length;
  return sums.map((sum, lag) => (variance > 0 ? sum / (values.length - lag) / variance : 0));
}

function withoutTrend(values: Float64Array): Float64Array {
  const middle = (values.length - 1) / 2;
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let up = 0;
  let down = 0;
  for (let i = 0; i < values.length; i++) {
    up += (i - middle) * (values[i]! - mean);
    down += (i - middle) ** 2;
  }
  const slope = down > 0 ? up / down : 0;
  return values.map((value, i) => value - mean - slope * (i - middle));
}

function withoutSeason(values: Float64Array, period: number): Float64Array {
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  for (let i = 0; i < values.length; i++) {
    sums[i % period]! += values[i]!;
    counts[i % period]! += 1;
  }
  return values.map((value, i) => value - sums[i % period]! / counts[i % period]!);
}

/** Days make weeks: a long season that is nearly a whole number of short ones is one. */
function nearestMultiple(long: number, short: number): number {
  return isMultiple(long, short) ? Math.round(long / short) * short : long;
}

function isMultiple(long: number, short: number): boolean {
  const times = Math.round(long / short);
  return times > 1 && Math.abs(long - times * short) <= 0.05 * long;
}
