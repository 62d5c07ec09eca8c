import { bridged } from "../bridged.ts";
import { withoutReach } from "../seasonality.ts";
import { decompose, seasonAt } from "./decompose.ts";

const farOff = 12;
const longest = 2;
const mostShare = 0.05;

/**
 * What models learn from: gaps (NaN) are filled by the season on a line between their neighbours, and so are one or two
 * values in a row that are eight robust spreads from where season and neighbours have them. Where that is more than one
 * value in twenty, it is how the series is.
 */
export function repaired(values: Float64Array, periods: readonly number[]): Float64Array {
  const filled = gapless(values, periods);
  const outliers = outliersOf(filled, periods);
  return outliers.length === 0
    ? filled
    : gapless(
        filled.map((value, i) => (outliers.includes(i) ? Number.NaN : value)),
        periods,
      );
}

/** Gaps (NaN) filled by the season on a line between their neighbours. */
export function gapless(values: Float64Array, periods: readonly number[]): Float64Array {
  const line = bridged(values);
  if (periods.length === 0 || !values.some(Number.isNaN)) return line;
  const { seasons } = decompose(line, periods);
  const adjusted = bridged(values.map((value, i) => value - seasonAt(seasons, i)));
  return values.map((value, i) => (Number.isNaN(value) ? adjusted[i]! + seasonAt(seasons, i) : value));
}

function outliersOf(values: Float64Array, periods: readonly number[]): readonly number[] {
  if (values.length < 24) return [];
  const { seasons } = decompose(withoutReach(values) ?? values, periods);
  const adjusted = values.map((value, i) => value - seasonAt(seasons, i));
  const off = adjusted.map((value, i) => value - median(adjusted.subarray(Math.max(0, i - 4), i + 5)));
  const spread = 1.4826 * median(off.map(Math.abs));
  if (!(spread > 0)) return [];
  const isFar = Array.from(off, (value) => Math.abs(value) > farOff * spread);
  const alone = isFar.flatMap((far, i) => (far && runAround(isFar, i) <= longest ? [i] : []));
  return alone.length > mostShare * values.length ? [] : alone;
}

function runAround(flags: readonly boolean[], at: number): number {
  let [from, to] = [at, at];
  while (flags[from - 1]) from--;
  while (flags[to + 1]) to++;
  return to - from + 1;
}

function median(values: Float64Array): number {
  return Float64Array.from(values).sort()[values.length >> 1]!;
}
