import { setTimeout as delay } from "node:timers/promises";

/** Lets work begin so often a second and no more: what a cloud's quota allows. */
export class Pace {
  readonly #everyMs: number;
  #next = 0;

  constructor(perSecond: number) {
    this.#everyMs = 1000 / perSecond;
  }

  async turn(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.#next);
    this.#next = at + this.#everyMs;
    if (at > now) await delay(at - now, undefined, { signal });
    signal.throwIfAborted();
  }

  /** Nobody begins before that many milliseconds are over: the service said so. */
  hold(milliseconds: number): void {
    this.#next = Math.max(this.#next, performance.now() + milliseconds);
  }
}
