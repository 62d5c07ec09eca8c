/**
 * Windows that begin at multiples of their step since 1970: which ones there are does not depend on where reading began, so
 * that a stream that is read again, or whose missing part came late, gives the same windows.
 */
import { followsWithin, type Window, type WindowShape } from "./windows.ts";

/** Cuts one device's samples, oldest first; bounded by a window. A sample of the former one's time is left out. */
export class AlignedWindowCutter {
  readonly #shape: WindowShape;
  /** Microseconds. */
  readonly #stride: number;
  readonly #times: number[] = [];
  readonly #samples: (readonly number[])[] = [];
  /** Places in the two above at which a window begins. */
  #starts: number[] = [];
  #last = -Infinity;

  constructor(shape: WindowShape) {
    this.#shape = shape;
    this.#stride = shape.step * shape.period;
  }

  /** The window that ends with this sample; null where none does. A gap, or a value that is missing, begins anew. */
  push(time: number, values: readonly (number | null)[]): Window | null {
    const { axes, period, size } = this.#shape;
    if (time === this.#last) return null;
    const last = this.#last;
    const follows = followsWithin(period, last, time);
    if (!follows) this.reset();
    this.#last = time;
    if (values.length !== axes.length || !values.every((value) => value !== null && Number.isFinite(value))) {
      this.reset();
      return null;
    }
    const cell = Math.floor(time / this.#stride);
    // Where the samples before are not known, the first of a cell is told by its place in it.
    const isFirst = follows
      ? cell > Math.floor(last / this.#stride)
      : followsWithin(period, cell * this.#stride - 1, time);
    if (isFirst) this.#starts.push(this.#times.length);
    const [start] = this.#starts;
    if (start === undefined) return null;
    this.#times.push(time);
    this.#samples.push(values as readonly number[]);
    return this.#times.length - start === size ? this.#take(start) : null;
  }

  reset(): void {
    this.#forget(this.#times.length);
    this.#starts = [];
    this.#last = -Infinity;
  }

  #take(start: number): Window {
    const samples = this.#samples.slice(start);
    const columns = this.#shape.axes.map((_, axis) => Float64Array.from(samples, (sample) => sample[axis]!));
    const window = { from: this.#times[start]!, to: this.#times.at(-1)!, columns };
    this.#starts.shift();
    this.#forget(this.#starts[0] ?? this.#times.length);
    return window;
  }

  #forget(count: number): void {
    this.#times.splice(0, count);
    this.#samples.splice(0, count);
    this.#starts = this.#starts.map((start) => start - count);
  }
}
