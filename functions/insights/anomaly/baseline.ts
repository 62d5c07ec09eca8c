import { findPeriods } from "../seasonality.ts";
import { centredAverage } from "../forecast/decompose.ts";

const clipAt = 3;
/** A spread so many times as wide is another one, and not to be grown to. */
const wider = 8;

/** What has to be kept of it, as numbers. */
export interface BaselineState {
  readonly season: readonly number[];
  readonly level: number;
  readonly place: number;
  readonly scale: number;
  /** The smallest spread to believe in: the sensor's resolution. */
  readonly least: number;
}

/**
 * What a series is expected to be next: a slowly moving level and a repeating season, both moved by a clipped share of
 * each surprise only (Huber, 1964), so that an outlier doesn't teach it.
 */
export class Baseline {
  readonly period: number;
  readonly #season: Float64Array;
  readonly #levelWeight: number;
  readonly #least: number;
  #level: number;
  #place = 0;
  /** Robust spread of the surprises; never zero. */
  scale: number;

  private constructor(season: Float64Array, level: number, spread: number, least: number) {
    this.period = season.length;
    this.#season = season;
    this.#level = level;
    this.scale = Math.max(spread, least);
    this.#least = least;
    this.#levelWeight = levelWeight(season.length);
  }

  /**
   * With the season and the spread that a series shows, at its first value: it is to be shown all of them.
   *
   * @param values oldest first, finite.
   */
  static learn(values: Float64Array): Baseline {
    const periods = findPeriods(values).filter((period) => 3 * period <= values.length);
    const season = seasonOf(values, periods.at(-1) ?? 1);
    const left = values.map((value, i) => value - season[i % season.length]!);
    const level = median(left.subarray(0, Math.max(60, season.length)));
    const spread = 1.4826 * median(surprises(left, level, season.length));
    return new Baseline(season, level, spread, resolution(values));
  }

  static of({ season, level, place, scale, least }: BaselineState): Baseline {
    const baseline = new Baseline(Float64Array.from(season), level, scale, least);
    baseline.#place = place;
    return baseline;
  }

  get state(): BaselineState {
    const [season, level, place] = [[...this.#season], this.#level, this.#place];
    return { season, level, place, scale: this.scale, least: this.#least };
  }

  get expected(): number {
    return this.#level + this.#season[this.#place]!;
  }

  /** What came instead of {@link expected}. */
  update(value: number): void {
    const surprise = value - this.expected;
    const reach = clipAt * this.scale;
    const clipped = Math.max(-reach, Math.min(reach, surprise));
    this.#level += this.#levelWeight * clipped;
    if (this.period > 1) this.#season[this.#place]! += 0.1 * clipped;
    const isWider = Math.abs(surprise) > 0.6745 * this.scale;
    this.scale = Math.max(this.#least, this.scale * (isWider ? 1.002 : 0.998));
    this.skip();
  }

  /** Nothing came: time passes. */
  skip(): void {
    this.#place = (this.#place + 1) % this.period;
  }

  /** The level is a new one from here on. */
  accept(shift: number): void {
    this.#level += shift;
  }

  /** Values spread as those of another kind did not: what stood still moves. False where they don't. */
  widen(spread: number): boolean {
    if (!(spread > wider * this.scale)) return false;
    this.scale = spread;
    return true;
  }
}

const levelWeight = (period: number): number => 1 / Math.max(60, period);

/** How far each value is from a level that follows those before. */
function surprises(values: Float64Array, start: number, period: number): Float64Array {
  let level = start;
  return values.map((value) => {
    const surprise = value - level;
    level += levelWeight(period) * surprise;
    return Math.abs(surprise);
  });
}

function median(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1]!;
}

/** Half of the usual step between different values: a sensor's resolution. Never zero. */
function resolution(values: Float64Array): number {
  const steps = values
    .subarray(1)
    .map((value, i) => Math.abs(value - values[i]!))
    .filter((step) => step > 0);
  const sorted = Float64Array.from(values).sort();
  const span =
    sorted[Math.ceil(0.99 * (sorted.length - 1))]! - sorted[Math.floor(0.01 * (sorted.length - 1))]!;
  const digits = 1e-9 * Math.max(Math.abs(sorted[0]!), Math.abs(sorted.at(-1)!));
  return Math.max(steps.length > 0 ? median(steps) / 2 : 0, span * 1e-4, digits, 1e-100);
}

/** For each place in the season the median over the seasons seen, its neighbours in a hundredth of the season included. */
function seasonOf(values: Float64Array, period: number): Float64Array {
  if (period < 2) return new Float64Array(1);
  const trend = centredAverage(values, period);
  const places = Array.from({ length: period }, (): number[] => []);
  const reach = Math.floor(period / 100);
  for (let i = 0; i < values.length; i++) {
    const left = values[i]! - trend[i]!;
    if (!Number.isFinite(left)) continue;
    for (let by = -reach; by <= reach; by++) places[(i + by + period) % period]!.push(left);
  }
  return Float64Array.from(places, (lefts) => (lefts.length === 0 ? 0 : median(Float64Array.from(lefts))));
}
