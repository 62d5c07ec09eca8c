/** A repeating part of a series, by the place in the season. */
export interface Season {
  readonly period: number;
  /** Of the first value of the series, then on. */
  readonly pattern: Float64Array;
}

/** The season's value at a place of the series; places after its end are asked for as well. */
export function seasonAt(seasons: readonly Season[], index: number): number {
  let sum = 0;
  for (const { pattern, period } of seasons) sum += pattern[index % period]!;
  return sum;
}

/**
 * Additive seasons by repeated classical decomposition: a centred moving average over the season is the trend, the
 * median of what is left at each place is the season, lately more than long ago. Shortest season first.
 */
export function decompose(
  values: Float64Array,
  periods: readonly number[],
): { readonly seasons: readonly Season[]; readonly adjusted: Float64Array } {
  const adjusted = Float64Array.from(values);
  const seasons: Season[] = [];
  for (const period of periods) {
    if (period < 2 || values.length < 2 * period) continue;
    const pattern = seasonalPattern(adjusted, period);
    for (let i = 0; i < adjusted.length; i++) adjusted[i]! -= pattern[i % period]!;
    seasons.push({ period, pattern });
  }
  return { seasons, adjusted };
}

function seasonalPattern(values: Float64Array, period: number): Float64Array {
  const trend = centredAverage(values, period);
  const pattern = new Float64Array(period);
  for (let place = 0; place < period; place++) {
    let sum = 0;
    let weights = 0;
    let weight = 1;
    let last = place;
    while (last + period < values.length) last += period;
    for (let i = last; i >= 0; i -= period) {
      const left = values[i]! - trend[i]!;
      if (Number.isFinite(left)) {
        sum += weight * left;
        weights += weight;
      }
      weight *= 0.9;
    }
    pattern[place] = weights === 0 ? 0 : sum / weights;
  }
  let mean = 0;
  for (const value of pattern) mean += value / period;
  for (let place = 0; place < period; place++) pattern[place]! -= mean;
  return pattern;
}

/** NaN in the first and last half season. */
export function centredAverage(values: Float64Array, period: number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i]! + values[i]!;
  const average = new Float64Array(values.length).fill(Number.NaN);
  const half = period >> 1;
  for (let i = half; i + half < values.length; i++) {
    if (period % 2 === 1) average[i] = (sums[i + half + 1]! - sums[i - half]!) / period;
    else {
      const inner = sums[i + half]! - sums[i - half + 1]!;
      average[i] = (inner + (values[i - half]! + values[i + half]!) / 2) / period;
    }
  }
  return average;
}
