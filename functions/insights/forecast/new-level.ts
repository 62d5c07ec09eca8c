import { withoutReach } from "../seasonality.ts";
import { decompose, seasonAt } from "./decompose.ts";
import { studentReach } from "./student.ts";

/** Fewer values may be outliers, which are repaired; more than the horizon, and than `mostStayed`, a back-test has seen. */
const leastStayed = 3;
const leastSeen = 6;
const mostStayed = 48;
/** Values that tell the level before. */
const around = 24;
/** A level is this many robust spreads away, and so much further than any before: how to go on from others is in the past. */
const farOff = 7;
const unheardOf = 2;
/** Shares of the step: the least that comes at once, the most that its first and second half differ by. */
const atOnce = 0.5;
const steady = 0.3;

/** A level that a series has been on for the last values only. */
export interface NewLevel {
  /** Values that it has stayed for. */
  readonly stayed: number;
  /** How far it is from the one before. */
  readonly step: number;
}

/**
 * A new level just before the end, when no back-test tells yet how to go on from it: further off than any before, come at
 * once, and steady since. Undefined where there is none, or fewer than 48 values.
 *
 * @param values oldest first, finite.
 */
export function newLevel(
  values: Float64Array,
  periods: readonly number[],
  horizon: number,
): NewLevel | undefined {
  if (values.length < 2 * around) return undefined;
  const { seasons } = decompose(withoutReach(values) ?? values, periods);
  const flat = values.map((value, i) => value - seasonAt(seasons, i));
  const most = Math.min(mostStayed, values.length >> 2, Math.max(leastSeen, horizon));
  const found = furthest(flat, most);
  return found && isSteady(flat, found) && isUnheardOf(flat, found) ? found : undefined;
}

/** The series as if it had always been on its new level. */
export function onLevel(values: Float64Array, level: NewLevel | undefined): Float64Array {
  if (!level) return values;
  const start = values.length - level.stayed;
  return values.map((value, i) => (i < start ? value + level.step : value));
}

/**
 * How far the level may have gone once more, `ahead` values on, with probability `level`, back to the former one at most:
 * steps as large as the one seen, as often as one in the geometric mean of the time before it and the time since.
 *
 * @param length of the series.
 */
export function nextStepReach(
  { step, stayed }: NewLevel,
  ahead: number,
  level: number,
  length: number,
): number {
  const steps = studentReach(level, 4) * Math.sqrt(ahead / Math.sqrt(length * stayed));
  return Math.abs(step) * Math.min(1, steps);
}

function furthest(flat: Float64Array, most: number): NewLevel | undefined {
  let found: NewLevel | undefined;
  for (let stayed = leastStayed; stayed <= most; stayed++) {
    const start = flat.length - stayed;
    const step = stepAt(flat, start, stayed);
    const edge = (flat[start]! - flat[start - 1]!) * Math.sign(step);
    if (edge > atOnce * Math.abs(step) && Math.abs(step) > Math.abs(found?.step ?? 0))
      found = { stayed, step };
  }
  return found;
}

/** No value since is nearer to the level before: an odd day that is over isn't a level. */
function isSteady(flat: Float64Array, { stayed, step }: NewLevel): boolean {
  const after = flat.subarray(-stayed);
  const former = median(after) - step;
  const half = stayed >> 1;
  const moved = median(after.subarray(-half)) - median(after.subarray(0, half));
  return (
    Math.abs(moved) <= steady * Math.abs(step) &&
    after.every((value) => (value - former) * Math.sign(step) > Math.abs(step) / 2)
  );
}

function isUnheardOf(flat: Float64Array, { stayed, step }: NewLevel): boolean {
  const before = flat.subarray(0, -stayed);
  const off = before.map((value, i) => Math.abs(value - median(before.subarray(Math.max(0, i - 4), i + 5))));
  if (Math.abs(step) <= farOff * 1.4826 * median(off)) return false;
  for (let at = around; at + stayed <= before.length; at++)
    if (Math.abs(step) < unheardOf * Math.abs(stepAt(before, at, stayed))) return false;
  return true;
}

/** From the values before `at` to the `many` that follow. */
function stepAt(flat: Float64Array, at: number, many: number): number {
  return median(flat.subarray(at, at + many)) - median(flat.subarray(Math.max(0, at - around), at));
}

function median(values: Float64Array): number {
  return Float64Array.from(values).sort()[values.length >> 1]!;
}
