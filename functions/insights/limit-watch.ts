/** A limit with hysteresis: it is passed at `limit` and left at `release`, so that noise around it makes one event. */
export interface Threshold {
  readonly above: boolean;
  readonly limit: number;
  /** On the safe side of the limit. */
  readonly release: number;
  /** Samples in a row beyond the limit before it counts; default 1. */
  readonly atLeast?: number;
}

/** What has to be known of a series to judge its next value; plain data, so that it can be kept. */
export interface LimitState {
  /** Values in a row beyond; 0 while the series is on the safe side. */
  readonly count: number;
  /** Microseconds since 1970 of the first of them. */
  readonly first: number;
  /** The value furthest beyond. */
  readonly extreme: number;
}

export type LimitEvent = "passed" | "released" | null;

export const withinLimit: LimitState = { count: 0, first: 0, extreme: Number.NaN };

/** @throws RangeError where the release is beyond the limit: it would never end. */
export function checkThreshold({ above, limit, release }: Threshold): void {
  if (above ? release > limit : release < limit)
    throw new RangeError(
      `release ${release} is beyond limit ${limit}; allowed: ${above ? "at most" : "at least"} the limit`,
    );
}

/** The next value of a series. One that is no finite number changes nothing. */
export function watchLimit(
  state: LimitState,
  threshold: Threshold,
  time: number,
  value: number,
): readonly [LimitState, LimitEvent] {
  const { above, limit, release, atLeast = 1 } = threshold;
  const beyond = (line: number): boolean => (above ? value > line : value < line);
  if (!Number.isFinite(value)) return [state, null];
  const isPassed = state.count >= atLeast;
  if (!beyond(isPassed ? release : limit)) return [withinLimit, isPassed ? "released" : null];
  const isFurther = state.count === 0 || beyond(state.extreme);
  const next: LimitState = {
    count: state.count + 1,
    first: state.count === 0 ? time : state.first,
    extreme: isFurther ? value : state.extreme,
  };
  return [next, next.count === atLeast ? "passed" : null];
}
