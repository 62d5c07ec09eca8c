/** Values at equal distances in time. */
export interface Series {
  /** Microseconds since 1970 of the first value. */
  readonly start: number;
  /** Microseconds between values. */
  readonly step: number;
  /** NaN where nothing came. */
  readonly values: Float64Array;
}

export interface Sample {
  /** Microseconds since 1970. */
  readonly time: number;
  readonly value: number;
}

const mostValues = 2_000_000;

/**
 * A regular series from samples as they came: the step is the usual distance between neighbours unless given, samples of
 * one step are averaged, steps without any are gaps. Order doesn't matter; values that aren't finite are left out.
 *
 * @throws RangeError with fewer than two samples at different times, or when the series would have over two million values.
 */
export function regularise(samples: readonly Sample[], step?: number): Series {
  const usable = samples
    .filter(({ time, value }) => Number.isFinite(time) && Number.isFinite(value))
    .toSorted((a, b) => a.time - b.time);
  const [first] = usable;
  const last = usable.at(-1);
  if (!first || !last || first.time === last.time)
    throw new RangeError(`${usable.length} usable samples at one time; a series needs two times`);
  const width = step ?? usualDistance(usable);
  const count = Math.round((last.time - first.time) / width) + 1;
  if (count > mostValues)
    throw new RangeError(
      `the series would have ${count} values; allowed: ${mostValues}, so take a longer step than ${width} µs`,
    );
  const sums = new Float64Array(count);
  const counts = new Float64Array(count);
  for (const { time, value } of usable) {
    const place = Math.round((time - first.time) / width);
    sums[place]! += value;
    counts[place]! += 1;
  }
  return { start: first.time, step: width, values: sums.map((sum, i) => sum / counts[i]!) };
}

function usualDistance(sorted: readonly Sample[]): number {
  const distances = sorted
    .slice(1)
    .map(({ time }, i) => time - sorted[i]!.time)
    .filter((distance) => distance > 0)
    .toSorted((a, b) => a - b);
  return distances[distances.length >> 1]!;
}
