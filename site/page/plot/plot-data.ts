/** Several series on one time axis, with gaps where nothing was measured. Pure: no document. */
import type { Series } from "../../console/api.ts";

/** Time, then mean, largest and smallest of the bucket. */
export type SeriesColumns = [number[], (number | null)[], (number | null)[], (number | null)[]];

/** Times the usual distance of two values from which on the line is broken. */
const gapFactor = 6;

/** What was on stays on until something else is said: no gaps. */
export const withoutGaps = ({ time, mean, min, max }: Series): SeriesColumns => [
  [...time],
  [...mean],
  [...max],
  [...min],
];

export function withGaps({ time, mean, min, max, bucket }: Series): SeriesColumns {
  const limit = gapFactor * Math.max(median(distances(time)), bucket);
  const columns: SeriesColumns = [[], [], [], []];
  time.forEach((at, index) => {
    const before = time[index - 1];
    if (before !== undefined && at - before > limit) push(columns, (at + before) / 2, null, null, null);
    push(columns, at, mean[index] ?? null, max[index] ?? null, min[index] ?? null);
  });
  return columns;
}

function push(
  [times, means, highs, lows]: SeriesColumns,
  time: number,
  mean: number | null,
  high: number | null,
  low: number | null,
): void {
  times.push(time);
  means.push(mean);
  highs.push(high);
  lows.push(low);
}

const distances = (time: readonly number[]): number[] =>
  time.slice(1).map((at, index) => at - (time[index] ?? at));

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Whether a bucket holds several values, so that the band between the smallest and the largest says something. */
export const hasBand = ({ min, max }: Series): boolean => min.some((low, index) => low !== max[index]);

/** Index of the value nearest to a time; -1 where there are none. */
export function nearest(time: readonly number[], at: number): number {
  if (time.length === 0) return -1;
  let [low, high] = [0, time.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((time[middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const before = time[low - 1];
  return before !== undefined && at - before < Math.abs((time[low] ?? Infinity) - at) ? low - 1 : low;
}
