import type { ForecastModel } from "./model.ts";

/** A model with the seasons that it is asked to see. */
export interface Candidate {
  readonly name: string;
  readonly model: ForecastModel;
  readonly periods: readonly number[];
}

/** How a candidate did on the past it was not shown. */
export interface BackTest {
  readonly candidate: Candidate;
  /** For each origin what it said, and what came. */
  readonly runs: readonly { readonly said: Float64Array; readonly came: Float64Array }[];
  /** Mean absolute error over all origins and steps. */
  readonly error: number;
}

/**
 * Rolling-origin evaluation: from each of up to `most` origins before the end, forecast `horizon` values from what came
 * before and compare (Tashman, 2000). A candidate that can't be fitted at every origin is left out.
 */
export function backTest(
  history: Float64Array,
  candidates: readonly Candidate[],
  horizon: number,
  most: number,
): readonly BackTest[] {
  const origins = originsOf(history.length, candidates, horizon, most);
  return candidates.flatMap((candidate) => {
    const runs = origins.flatMap((origin) => {
      const said = candidate.model.forecast(
        history.subarray(0, origin),
        candidate.periods,
        Math.min(horizon, history.length - origin),
      );
      const came = history.subarray(origin, origin + horizon);
      return said?.every(Number.isFinite) ? [{ said, came }] : [];
    });
    if (runs.length < origins.length || runs.length === 0) return [];
    return [{ candidate, runs, error: meanError(runs) }];
  });
}

/** Mean absolute error over runs. */
export function meanError(runs: BackTest["runs"]): number {
  let sum = 0;
  let count = 0;
  for (const { said, came } of runs)
    for (let i = 0; i < came.length; i++) {
      sum += Math.abs(came[i]! - said[i]!);
      count++;
    }
  return sum / count;
}

function originsOf(
  length: number,
  candidates: readonly Candidate[],
  horizon: number,
  most: number,
): readonly number[] {
  const longest = Math.max(1, ...candidates.flatMap(({ periods }) => periods));
  const least = Math.min(Math.max(2 * longest + 2, 8, length >> 1), length - 1);
  const stride = Math.max(1, Math.min(Math.ceil(horizon / 2), Math.floor((length - horizon - least) / most)));
  const origins: number[] = [];
  for (let origin = length - horizon; origin >= least && origins.length < most; origin -= stride)
    origins.push(origin);
  return origins.length > 0 ? origins : [Math.max(1, length - Math.max(1, length >> 2))];
}
