const leastRun = 24;
const longerThanUsual = 4;

/** What has to be kept of it, as numbers. */
export interface StuckState {
  readonly value: number;
  readonly run: number;
  readonly longest: number;
  readonly changes: number;
}

/** How long a value has stood still, beside how long this series usually does: a sensor that hangs. */
export class Stuck {
  #value: number;
  #run: number;
  #longest: number;
  #changes: number;

  constructor(state: StuckState = { value: Number.NaN, run: 0, longest: 1, changes: 0 }) {
    this.#value = state.value;
    this.#run = state.run;
    this.#longest = state.longest;
    this.#changes = state.changes;
  }

  get state(): StuckState {
    return { value: this.#value, run: this.#run, longest: this.#longest, changes: this.#changes };
  }

  /** The run of equal values, over the length that is too long: 1 and more is stuck. */
  push(value: number): number {
    if (value === this.#value) this.#run++;
    else {
      if (this.#changes++ > 0) this.#longest = Math.max(this.#longest, this.#run);
      this.#value = value;
      this.#run = 1;
    }
    const usual = this.#changes > leastRun ? this.#longest : Infinity;
    return this.#run / Math.max(leastRun, longerThanUsual * usual);
  }
}
