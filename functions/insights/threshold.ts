import { checkThreshold, watchLimit, withinLimit, type Threshold } from "./limit-watch.ts";

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
  checkThreshold(threshold);
  const found: Crossing[] = [];
  let state = withinLimit;
  values.forEach((value, index) => {
    const [next, event] = watchLimit(state, threshold, index, value);
    if (event === "released") found.push({ first: state.first, until: index, extreme: state.extreme });
    state = next;
  });
  if (state.count >= (threshold.atLeast ?? 1)) found.push({ first: state.first, extreme: state.extreme });
  return found;
}
