/**
 * Answers that many pages ask for: computed once at a time, and kept for a moment; for longer where they cost much, so
 * that open pages take a bounded share of the machine however large the lake is.
 */

/** An answer is kept at least so many times as long as it took. */
const costFactor = 5;

interface Kept<Value> {
  readonly value: Promise<Value>;
  readonly until: number;
}

export class Memo<Value> {
  readonly #milliseconds: number;
  readonly #maxKeys: number;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept<Value>>();

  /** `milliseconds` count from the moment the answer is there. */
  constructor(milliseconds: number, maxKeys = 64, now: () => number = Date.now) {
    this.#milliseconds = milliseconds;
    this.#maxKeys = maxKeys;
    this.#now = now;
  }

  /** Keeps the answer at least five times as long as it took. A failure is not kept. */
  get(key: string, compute: () => Promise<Value>): Promise<Value> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && this.#now() < kept.until) return kept.value;
    const asked = this.#now();
    const value = compute();
    this.#kept.delete(key);
    this.#kept.set(key, { value, until: Number.POSITIVE_INFINITY });
    if (this.#kept.size > this.#maxKeys) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    value.then(
      () => {
        const done = this.#now();
        this.#settle(key, value, done + Math.max(this.#milliseconds, costFactor * (done - asked)));
      },
      () => this.#settle(key, value, 0),
    );
    return value;
  }

  #settle(key: string, value: Promise<Value>, until: number): void {
    if (this.#kept.get(key)?.value === value) this.#kept.set(key, { value, until });
  }
}
