/** A limit with hysteresis: it is passed at `limit` and left at `release`, so that noise around it makes one event. */
export interface Threshold {
  readonly above: boolean;
  readonly limit: number;
  /** On the safe side of the limit. */
  readonly release: number;
  /** Samples in a row beyond the limit before it counts; default 1. */
  readonly atLeast?: number;
}

export interface Crossing {
  /** Index of the first value beyond. */
  readonly first: number;
  /** Index of the value that was back on the safe side; absent while it lasts. */
  readonly until?: number;
  /** The value furthest beyond. */
  readonly extreme: number;
}

/** All crossings in a series, in order; gaps change nothing. */
export function crossings(values: Float64Array, threshold: Threshold): readonly Crossing[] {
  const { above, limit, release, atLeast = 1 } = threshold;
  if (above ? release > limit : release < limit)
    throw new RangeError(
      `release ${release} is beyond limit ${limit}; allowed: ${above ? "at most" : "at least"} the limit`,
    );
  const beyond = (value: number, line: number): boolean => (above ? value > line : value < line);
  const found: Crossing[] = [];
  let open: { first: number; count: number; extreme: number } | undefined;
  values.forEach((value, index) => {
    if (!Number.isFinite(value)) return;
    if (!open) {
      if (beyond(value, limit)) open = { first: index, count: 1, extreme: value };
      return;
    }
    if (open.count < atLeast && !beyond(value, limit)) open = undefined;
    else if (open.count >= atLeast && !beyond(value, release)) {
      found.push({ first: open.first, until: index, extreme: open.extreme });
      open = undefined;
    } else {
      open.count++;
      if (beyond(value, open.extreme)) open.extreme = value;
    }
  });
  if (open && open.count >= atLeast) found.push({ first: open.first, extreme: open.extreme });
  return found;
}
