import { findPeriods } from "../seasonality.ts";
import { centredAverage } from "../forecast/decompose.ts";

const clipAt = 3;

/** What has to be kept of it, as numbers. */
export interface BaselineState {
  readonly season: readonly number[];
  readonly level: number;
  readonly place: number;
  readonly scale: number;
}

/**
 * What a series is expected to be next: a slowly moving level and a repeating season, both moved by a clipped share of
 * each surprise only (Huber, 1964), so that an outlier doesn't teach it.
 */
export class Baseline {
  readonly period: number;
  readonly #season: Float64Array;
  readonly #levelWeight: number;
  #level: number;
  #place: number;
  /** Robust spread of the surprises; never zero. */
  scale: number;

  private constructor(season: Float64Array, level: number, place: number, scale: number) {
    this.period = season.length;
    this.#season = season;
    this.#level = level;
    this.#place = place;
    this.scale = scale;
    this.#levelWeight = 1 / Math.max(60, season.length);
  }

  /** From what has been seen so far, oldest first, finite. `least`: the smallest spread to believe in. */
  static learn(values: Float64Array): Baseline {
    const periods = findPeriods(values).filter((period) => 3 * period <= values.length);
    const period = periods.at(-1) ?? 1;
    const season = seasonOf(values, period);
    const left = values.map((value, i) => value - season[i % season.length]!);
    const recent = median(left.subarray(-Math.max(60, season.length)));
    const deviations = left.map((value) => Math.abs(value - recent));
    const scale = Math.max(1.4826 * median(deviations), resolution(values));
    return new Baseline(season, recent, values.length % season.length, scale);
  }

  static of({ season, level, place, scale }: BaselineState): Baseline {
    return new Baseline(Float64Array.from(season), level, place, scale);
  }

  get state(): BaselineState {
    return { season: [...this.#season], level: this.#level, place: this.#place, scale: this.scale };
  }

  /** The same at the first of the values that it was learnt from. */
  rewound(): Baseline {
    return new Baseline(Float64Array.from(this.#season), this.#level, 0, this.scale);
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
    this.scale *= 1 + 0.002 * (Math.abs(surprise) > 0.6745 * this.scale ? 1 : -1);
    this.#place = (this.#place + 1) % this.period;
  }

  /** The level is a new one from here on. */
  accept(shift: number): void {
    this.#level += shift;
  }
}

function median(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1]!;
}

/** Half of the usual step between different values: a sensor's resolution. */
function resolution(values: Float64Array): number {
  const steps = values
    .subarray(1)
    .map((value, i) => Math.abs(value - values[i]!))
    .filter((step) => step > 0);
  const span = Math.max(...values) - Math.min(...values);
  return Math.max(steps.length > 0 ? median(steps) / 2 : 0, span * 1e-4, 1e-9);
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
