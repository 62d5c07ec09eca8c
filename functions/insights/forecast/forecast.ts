import { bridged } from "../bridged.ts";
import { findPeriods } from "../seasonality.ts";
import { adjusted } from "./adjusted.ts";
import { autoregression } from "./autoregression.ts";
import { backTest, meanError, type BackTest, type Candidate } from "./back-test.ts";
import { differences } from "./differences.ts";
import { holtWinters } from "./holt-winters.ts";
import { intervals } from "./intervals.ts";
import { logarithmic } from "./logarithmic.ts";
import { seasonalNaive } from "./naive.ts";
import { newLevel, nextStepReach, onLevel } from "./new-level.ts";
import { gapless, repaired } from "./repaired.ts";
import { theta } from "./theta.ts";

const mostHistory = 5000;
const mostOrigins = 5;
const bestOf = 3;

export interface ForecastOptions {
  /** How many samples ahead. */
  readonly horizon: number;
  /** Share of the values that the interval is to hold; default 0.9. */
  readonly level?: number;
  /** Season lengths in samples, shortest first; default: what the series shows. */
  readonly periods?: readonly number[];
}

export interface Forecast {
  readonly point: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly level: number;
  readonly periods: readonly number[];
  /** The model that won the back-test. */
  readonly model: string;
  /** Mean absolute error in the back-test over that of the seasonal naive forecast, best first; below 1 is better. */
  readonly scores: readonly { readonly model: string; readonly relativeError: number }[];
  /** Origins in the back-test; 0: too short for one. */
  readonly origins: number;
}

/**
 * The next values of a series with an interval: every model is tried on the series' own past, the best one, or the mean
 * of the three best if that did better, makes the forecast. It goes on from a level that began just before the end, its
 * interval holds that there may be another. The same series gives the same forecast.
 *
 * @param values regular in time, oldest first, at least one finite; NaN is a gap.
 */
export function forecast(values: Float64Array, options: ForecastOptions): Forecast {
  const { horizon, level = 0.9 } = options;
  const came = known(values.subarray(-mostHistory));
  const seasonsIn = (shown: Float64Array): readonly number[] =>
    (options.periods ?? seasonsOf(shown)).filter((period) => period > 1 && 2 * period <= came.length);
  const first = seasonsIn(came);
  const whole = gapless(came, first);
  const moved = newLevel(whole, first, horizon);
  const levelled = onLevel(whole, moved);
  const periods = moved ? seasonsIn(levelled) : first;
  const history = repaired(levelled, periods);
  const measured = moved ? whole : history;
  const candidates = candidatesFor(periods);
  const said = remembered((candidate: Candidate) =>
    candidate.model.forecast(history, candidate.periods, horizon),
  );
  const tests = backTest(history, candidates, Math.min(horizon, history.length >> 2), mostOrigins)
    .filter(({ candidate }) => plausible(said(candidate), history))
    .toSorted((a, b) => a.error - b.error);
  const naive = { model: seasonalNaive, periods: periods.slice(0, 1), name: seasonalNaive.name };
  const winner = chosen(tests) ?? [{ candidate: naive, runs: [], error: 0 }];
  const point = clamp(mean(winner.map(({ candidate }) => said(candidate)!)), measured);
  const naiveError = tests.find(({ candidate }) => candidate.model === seasonalNaive)?.error ?? 1;
  const width = intervals(combined(winner), horizon, level, history, periods).map((seen, step) =>
    moved ? Math.hypot(seen, nextStepReach(moved, step + 1, level, history.length)) : seen,
  );
  return {
    point,
    lower: clamp(
      point.map((value, step) => value - width[step]!),
      measured,
    ),
    upper: point.map((value, step) => value + width[step]!),
    level,
    periods,
    model: winner.map(({ candidate }) => candidate.name).join(" + "),
    scores: tests.map(({ candidate, error }) => ({
      model: candidate.name,
      relativeError: naiveError > 0 ? error / naiveError : error === 0 ? 1 : Infinity,
    })),
    origins: tests[0]?.runs.length ?? 0,
  };
}

function candidatesFor(periods: readonly number[]): readonly Candidate[] {
  const plain = [theta, holtWinters, autoregression];
  const models = [
    seasonalNaive,
    ...plain,
    adjusted(holtWinters),
    differences(autoregression),
    ...plain.map(logarithmic),
  ];
  const seasons = periods.length === 0 ? [[]] : periods.map((_, i) => periods.slice(0, i + 1));
  return seasons.flatMap((seen) =>
    models.map((model) => ({
      model,
      periods: seen,
      name: seen.length > 0 ? `${model.name} (${seen.join(", ")})` : model.name,
    })),
  );
}

function chosen(tests: readonly BackTest[]): readonly BackTest[] | undefined {
  const [best] = tests;
  if (!best) return undefined;
  const team = tests.slice(0, bestOf);
  return meanError(combined(team)) < best.error ? team : [best];
}

function combined(team: readonly BackTest[]): BackTest["runs"] {
  return team[0]!.runs.map(({ came }, i) => ({ came, said: mean(team.map(({ runs }) => runs[i]!.said)) }));
}

function mean(said: readonly Float64Array[]): Float64Array {
  return said[0]!.map((_, step) => said.reduce((sum, values) => sum + values[step]!, 0) / said.length);
}

/** What has never been below zero isn't forecast below it. */
function clamp(said: Float64Array, history: Float64Array): Float64Array {
  return history.every((value) => value >= 0) ? said.map((value) => Math.max(value, 0)) : said;
}

/** Looked for once more without the values that the shortest season shows to be far off: they make seasons of their own. */
function seasonsOf(values: Float64Array): readonly number[] {
  const first = findPeriods(bridged(values)).slice(0, 1);
  return findPeriods(repaired(values, first));
}

/** From the first value on. */
function known(values: Float64Array): Float64Array {
  const first = values.findIndex(Number.isFinite);
  if (first === -1) throw new RangeError("a forecast needs at least one value");
  return values.subarray(first).map((value) => (Number.isFinite(value) ? value : Number.NaN));
}

/** No model may run away: at most three times the range of the history beyond it. */
function plausible(said: Float64Array | undefined, history: Float64Array): boolean {
  if (!said) return false;
  let least = Infinity;
  let most = -Infinity;
  for (const value of history) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const reach = 3 * (most - least);
  return said.every((value) => value >= least - reach && value <= most + reach);
}

function remembered<K, V>(compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (!known.has(key)) known.set(key, compute(key));
    return known.get(key)!;
  };
}
