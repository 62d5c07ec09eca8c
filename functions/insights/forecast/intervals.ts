import type { BackTest } from "./back-test.ts";

/** The model was chosen by these very errors, which are a little less than those to come: the more so the fewer origins. */
const chosenBy = 0.4;

/**
 * Half widths by step that hold `level` of the errors seen in the back-test (split conformal prediction, Vovk et al.):
 * no assumption about how errors are distributed. Steps near one another share their errors; widths never shrink with
 * the distance. Without a back-test, from the changes between neighbours.
 */
export function intervals(
  runs: BackTest["runs"],
  horizon: number,
  level: number,
  history: Float64Array,
): Float64Array {
  if (runs.length === 0 || runs[0]!.came.length === 0) {
    const changes = Array.from(history.subarray(1), (value, i) => Math.abs(value - history[i]!));
    const one = quantile(changes, level);
    return Float64Array.from({ length: horizon }, (_, step) => one * Math.sqrt(step + 1));
  }
  const tested = runs[0]!.came.length;
  const reach = Math.max(1, tested >> 3);
  const selection = 1 + chosenBy / runs.length;
  let widest = 0;
  return Float64Array.from({ length: horizon }, (_, step) => {
    const centre = Math.min(step, tested - 1);
    const errors = runs.flatMap(({ said, came }) =>
      Array.from(came.subarray(Math.max(0, centre - reach), centre + reach + 1), (value, i) =>
        Math.abs(value - said[Math.max(0, centre - reach) + i]!),
      ),
    );
    const beyond = step < tested ? 1 : Math.sqrt((step + 1) / tested);
    widest = Math.max(widest, quantile(errors, level) * beyond * selection);
    return widest;
  });
}

function quantile(errors: number[], level: number): number {
  if (errors.length === 0) return 0;
  errors.sort((a, b) => a - b);
  const rank = Math.min(errors.length, Math.ceil((errors.length + 1) * level));
  return errors[Math.max(rank, 1) - 1] ?? 0;
}
