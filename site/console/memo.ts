/** Answers that many pages ask for: computed once at a time, and kept for a moment. */

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

  /** A failure is not kept. */
  get(key: string, compute: () => Promise<Value>): Promise<Value> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && this.#now() < kept.until) return kept.value;
    const value = compute();
    this.#kept.delete(key);
    this.#kept.set(key, { value, until: Number.POSITIVE_INFINITY });
    if (this.#kept.size > this.#maxKeys) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    value.then(
      () => this.#settle(key, value, this.#now() + this.#milliseconds),
      () => this.#settle(key, value, 0),
    );
    return value;
  }

  #settle(key: string, value: Promise<Value>, until: number): void {
    if (this.#kept.get(key)?.value === value) this.#kept.set(key, { value, until });
  }
}
