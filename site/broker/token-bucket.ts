/** Lets so many a second through, and at most one second's worth at once after a pause. */
export class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #at: number;

  /** `now` in milliseconds, as in the calls. */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#at = now;
  }

  /** Takes one even where there is none; milliseconds until the debt is paid, 0 where there is none. */
  take(now: number): number {
    this.#refill(now);
    this.#tokens -= 1;
    return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens * 1000) / this.#perSecond);
  }

  /** Takes one where there is one. */
  tryTake(now: number): boolean {
    this.#refill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** As good as new: nothing is lost by forgetting it. */
  isFull(now: number): boolean {
    this.#refill(now);
    return this.#tokens >= this.#perSecond;
  }

  #refill(now: number): void {
    // A clock that was set back gives nothing and takes nothing.
    const passed = Math.max(0, now - this.#at);
    this.#tokens = Math.min(this.#perSecond, this.#tokens + (passed * this.#perSecond) / 1000);
    this.#at = now;
  }
}
