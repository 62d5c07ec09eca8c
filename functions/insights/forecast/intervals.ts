import type { BackTest } from "./back-test.ts";
import { largestChange, spreadOf } from "./spread.ts";
import { studentReach } from "./student.ts";

/** The model was chosen by these very errors, which are a little less than those to come: the more so the fewer origins. */
const chosenBy = 0.4;
/** Errors of neighbouring steps resemble one another: three count as two. */
const ownShare = 2 / 3;
/** Up to so many values errors say little without the spread of the series; from `long` on they say enough. */
const short = 20;
const long = 60;
/** Origins of a short series overlap: one counts as half an error, the spread as two. */
const weightOfOrigin = 0.5;
const weightOfSpread = 2;

/**
 * Half widths by step that hold `level` of the errors seen in the back-test (split conformal prediction, Vovk et al.):
 * no assumption about how errors are distributed. Steps near one another share their errors; widths never shrink with
 * the distance. A level that is beyond what so few errors can tell goes on from the largest as Student's distribution
 * does. A short series has few origins, of which the model was chosen among many: its intervals are at least Student's
 * for these errors and the spread of the series itself, growing with the root of the distance.
 *
 * @param level above 0, below 1.
 */
export function intervals(
  runs: BackTest["runs"],
  horizon: number,
  level: number,
  history: Float64Array,
  periods: readonly number[],
): Float64Array {
  const tested = runs[0]?.came.length ?? 0;
  const reach = Math.max(1, tested >> 3);
  const selection = 1 + chosenBy / Math.max(1, runs.length);
  const doubt = Math.min(1, Math.max(0, (long - history.length) / (long - short)));
  const least =
    doubt > 0 ? leastUnit(runs, history, periods) * studentReach(level, runs.length > 2 ? 4 : 2) : 0;
  let widest = 0;
  return Float64Array.from({ length: horizon }, (_, step) => {
    const from = Math.max(0, Math.min(step, tested - 1) - reach);
    const errors = runs.flatMap(({ said, came }) =>
      Array.from(came.subarray(from, Math.min(step, tested - 1) + reach + 1), (value, i) =>
        Math.abs(value - said[from + i]!),
      ),
    );
    const beyond = step < tested ? 1 : Math.sqrt((step + 1) / Math.max(1, tested));
    const seen = quantile(errors, level) * beyond * selection;
    const unseen = least * Math.sqrt(step + 1);
    widest = Math.max(widest, seen + doubt * Math.max(0, unseen - seen));
    return widest;
  });
}

/** Root mean square of an error one step ahead: of those seen, and of the spread. */
function leastUnit(runs: BackTest["runs"], history: Float64Array, periods: readonly number[]): number {
  const squares = runs.flatMap(({ said, came }) =>
    Array.from(came, (value, step) => (value - said[step]!) ** 2 / (step + 1)),
  );
  if (squares.length === 0) return largestChange(history);
  const seen = squares.reduce((sum, square) => sum + square, 0) / squares.length;
  const weight = weightOfOrigin * runs.length;
  const spread = spreadOf(history, periods);
  return Math.sqrt((weight * seen + weightOfSpread * spread ** 2) / (weight + weightOfSpread));
}

function quantile(errors: number[], level: number): number {
  if (errors.length === 0) return 0;
  errors.sort((a, b) => a - b);
  const own = ownShare * errors.length;
  const told = Math.max(0.8, own / (own + 1));
  const rank = Math.min(errors.length, Math.ceil((errors.length + 1) * level));
  return errors[Math.max(rank, 1) - 1]! * (level > told ? studentReach(level, 4) / studentReach(told, 4) : 1);
}
