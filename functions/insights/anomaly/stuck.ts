const leastRun = 24;
const longerThanUsual = 4;

/** How long a value has stood still, beside how long this series usually does: a sensor that hangs. */
export class Stuck {
  #value = Number.NaN;
  #run = 0;
  #longest = 1;
  #changes = 0;

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
