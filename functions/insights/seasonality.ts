const mostSamples = 6000;
const leastCorrelation = 0.3;

/**
 * Season lengths in samples, shortest first, at most two (a day and a week, say): peaks of the autocorrelation of what
 * is left of the series without its slow trend. Empty: no season that the series itself shows at least twice.
 *
 * @param values regular in time, finite.
 */
export function findPeriods(values: Float64Array): readonly number[] {
  const recent = withoutTrend(values.subarray(-mostSamples));
  const peaks = peaksOf(recent, 2);
  const first = strongest(peaks);
  if (first === undefined) return [];
  const within = peaks.find(({ lag, height }) => height >= 0.4 && isMultiple(first, lag));
  if (within) return [within.lag, nearestMultiple(first, within.lag)];
  const second = strongest(peaksOf(withoutSeason(recent, first), 2 * first));
  return second === undefined ? [first] : [first, nearestMultiple(second, first)];
}

interface Peak {
  readonly lag: number;
  readonly height: number;
}

/** The shortest of those that are about as high as the highest. */
function strongest(peaks: readonly Peak[]): number | undefined {
  const highest = Math.max(...peaks.map(({ height }) => height));
  return peaks.find(({ height }) => height >= 0.9 * highest)?.lag;
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
    if (peak && lag >= shortest && height > least) peaks.push({ lag, height });
  }
  return peaks;
}

function autocorrelation(values: Float64Array, most: number): Float64Array {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  const centred = values.map((value) => value - mean);
  const variance = product(centred, 0) / centred.length;
  return Float64Array.from({ length: most + 1 }, (_, lag) =>
    variance > 0 ? product(centred, lag) / (centred.length - lag) / variance : 0,
  );
}

function product(values: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < values.length; i++) sum += values[i]! * values[i - lag]!;
  return sum;
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
