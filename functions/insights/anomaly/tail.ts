const remembered = 2000;
const refitEvery = 50;
const excessShare = 0.04;

/** What has to be kept of it, as numbers. */
export interface TailState {
  readonly sizes: readonly number[];
  readonly next: number;
  readonly sinceFit: number;
  readonly limit: number;
}

const unseen: TailState = { sizes: [], next: 0, sinceFit: refitEvery, limit: Infinity };

/**
 * How far is too far: the size that is passed with a given probability, from the tail of the sizes seen so far (peaks
 * over threshold with a generalised Pareto tail by the method of moments, as in SPOT, Siffer et al., KDD 2017). Nothing
 * is assumed of the bulk, so bursts that are usual for a series do not count as anomalies.
 */
export class Tail {
  readonly #sizes: number[];
  readonly #risk: number;
  #next: number;
  #sinceFit: number;
  #limit: number;

  /** `risk`: the share of usual values that may pass the limit, e.g. 1e-4. */
  constructor(risk: number, { sizes, next, sinceFit, limit }: TailState = unseen) {
    this.#risk = risk;
    this.#sizes = [...sizes];
    this.#next = next;
    this.#sinceFit = sinceFit;
    this.#limit = limit;
  }

  get state(): TailState {
    return { sizes: [...this.#sizes], next: this.#next, sinceFit: this.#sinceFit, limit: this.#limit };
  }

  /** Infinity until enough has been seen. */
  get limit(): number {
    return this.#limit;
  }

  /** What has been seen. A size beyond the limit counts as one a little beyond it: only what comes often moves it far. */
  add(size: number): void {
    this.#sizes[this.#next] = Math.min(size, 1.5 * this.#limit);
    this.#next = (this.#next + 1) % remembered;
    if (++this.#sinceFit >= refitEvery) this.#fit();
  }

  #fit(): void {
    this.#sinceFit = 0;
    const count = this.#sizes.length;
    if (count < 50) return;
    const sorted = Float64Array.from(this.#sizes).sort();
    const from = sorted[Math.floor(count * (1 - excessShare)) - 1]!;
    const excesses = sorted.subarray(Math.floor(count * (1 - excessShare))).map((x) => x - from);
    let mean = 0;
    for (const excess of excesses) mean += excess / excesses.length;
    let variance = 0;
    for (const excess of excesses) variance += (excess - mean) ** 2 / excesses.length;
    const ratio = variance > 0 ? mean ** 2 / variance : 1;
    const shape = Math.min(0.4, Math.max(-0.2, (1 - ratio) / 2));
    const scale = mean * (1 - shape);
    const rarity = (this.#risk * count) / excesses.length;
    const beyond =
      Math.abs(shape) < 1e-6 ? -scale * Math.log(rarity) : (scale / shape) * (rarity ** -shape - 1);
    this.#limit = from + Math.max(beyond, 0);
  }
}
