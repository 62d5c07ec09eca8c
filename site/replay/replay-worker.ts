/** The thread of a replay seen from outside: one portion after the other. */
import { Worker } from "node:worker_threads";
import type { DecodedPortion, NextPortion, ReplayThreadData } from "./replay-thread.ts";

export class ReplayWorker {
  readonly #worker: Worker;
  #waiting: PromiseWithResolvers<DecodedPortion> | null = null;
  #dead: Error | null = null;

  constructor(data: ReplayThreadData) {
    this.#worker = new Worker(new URL("./replay-thread.ts", import.meta.url), {
      workerData: data,
      resourceLimits: { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 160 },
    });
    this.#worker.on("message", (portion: DecodedPortion) => this.#waiting?.resolve(portion));
    this.#worker.on("error", (error) => this.#fail(error as Error));
    this.#worker.on("exit", () => this.#fail(new Error("the replay was stopped")));
  }

  /** Rejects where the thread ended. */
  next(givenBack: readonly number[]): Promise<DecodedPortion> {
    if (this.#dead !== null) return Promise.reject(this.#dead);
    this.#waiting = Promise.withResolvers();
    const request: NextPortion = { givenBack };
    this.#worker.postMessage(request);
    return this.#waiting.promise;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#dead ??= error;
    this.#waiting?.reject(this.#dead);
  }
}
