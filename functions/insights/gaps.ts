import type { Series } from "./series.ts";

export interface Gap {
  /** Microseconds since 1970 of the first value that is missing. */
  readonly from: number;
  /** Microseconds without a value. */
  readonly length: number;
}

/** Stretches of at least `least` missing values in a series. */
export function gaps(series: Series, least = 3): readonly Gap[] {
  const found: Gap[] = [];
  let missing = 0;
  const close = (end: number): void => {
    if (missing >= least)
      found.push({
        from: series.start + (end - missing) * series.step,
        length: missing * series.step,
      });
    missing = 0;
  };
  series.values.forEach((value, index) => {
    if (Number.isNaN(value)) missing++;
    else close(index);
  });
  close(series.values.length);
  return found;
}
