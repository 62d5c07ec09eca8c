/** Bounds how much is asked of the lake, or kept in memory for readers, at once. */

/** Too much is under way already; nothing was done. */
export class BusyError extends Error {
  override readonly name = "BusyError";
}

export class WorkLimit {
  readonly #running: number;
  readonly #waiting: number;
  readonly #queue: (() => void)[] = [];
  #active = 0;

  /** @param running at once @param waiting beyond these; more are refused */
  constructor(running: number, waiting: number) {
    this.#running = running;
    this.#waiting = waiting;
  }

  /** A place, when there is one; the function gives it back, once. Rejects with {@link BusyError}. */
  async acquire(): Promise<() => void> {
    if (this.#active >= this.#running) {
      if (this.#queue.length >= this.#waiting) {
        throw new BusyError("the lake is busy with other questions: ask again in a moment");
      }
      // Whoever ends hands its place on: `#active` stays as it is.
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    } else {
      this.#active += 1;
    }
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const next = this.#queue.shift();
      if (next === undefined) this.#active -= 1;
      else next();
    };
  }

  /** Rejects with {@link BusyError}, or as `work` does. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const release = await this.acquire();
    try {
      return await work();
    } finally {
      release();
    }
  }
}
