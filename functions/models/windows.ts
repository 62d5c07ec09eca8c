/** Stretches of a device's samples, as long as a model wants them: value by value, with or without a label. */

export interface WindowShape {
  /** Names of the values of a sample, in their order. */
  readonly axes: readonly string[];
  /** Microseconds from sample to sample. */
  readonly period: number;
  /** Samples of a window. */
  readonly size: number;
  /** Samples from the start of one window to that of the next. */
  readonly step: number;
}

export interface Window {
  /** Microseconds, of its first and last sample. */
  readonly from: number;
  readonly to: number;
  /** A column an axis. */
  readonly columns: readonly Float64Array[];
}

/** Beyond so many periods two samples do not follow each other. */
export const mostApart = 1.5;

/** Whether a sample is the next one after another; times in microseconds. */
export const followsWithin = (period: number, last: number, time: number): boolean =>
  time > last && time - last <= mostApart * period;

/** Cuts one device's samples, oldest first; bounded by a window. */
export class WindowCutter {
  readonly #shape: WindowShape;
  #times: number[] = [];
  #samples: (readonly (number | null)[])[] = [];

  constructor(shape: WindowShape) {
    this.#shape = shape;
  }

  /** The window that ends with this sample; null where none does. A gap, or a value that is missing, begins anew. */
  push(time: number, values: readonly (number | null)[]): Window | null {
    const { size, step, period, axes } = this.#shape;
    const last = this.#times.at(-1);
    const follows = last === undefined || followsWithin(period, last, time);
    if (!follows) this.reset();
    if (values.length !== axes.length || !values.every((value) => value !== null && Number.isFinite(value))) {
      this.reset();
      return null;
    }
    this.#times.push(time);
    this.#samples.push(values);
    if (this.#samples.length < size) return null;
    const columns = axes.map((_, axis) =>
      Float64Array.from(this.#samples, (sample) => sample[axis] as number),
    );
    const window = { from: this.#times[0]!, to: time, columns };
    this.#times = this.#times.slice(step);
    this.#samples = this.#samples.slice(step);
    return window;
  }

  reset(): void {
    this.#times = [];
    this.#samples = [];
  }
}
