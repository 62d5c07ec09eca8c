/** The lake's thread seen from outside: requests, answers, and its end. */
import { Worker, type Transferable } from "node:worker_threads";
import type { Logger } from "../logger.ts";
import type { LogPosition } from "../ports.ts";
import type { LakeAnswer, LakeRequest, LakeThreadData } from "./lake-thread.ts";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class LakeWorker {
  /** Where the files end; rejects where the lake can't be opened. */
  readonly ready: Promise<LogPosition>;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended = Promise.withResolvers<Error>();
  #next = 1;
  #dead: Error | null = null;
  #isEnding = false;

  constructor(data: LakeThreadData, logger: Logger) {
    const worker = new Worker(new URL("./lake-thread.ts", import.meta.url), {
      workerData: data,
      resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 },
    });
    this.#worker = worker;
    this.ready = new Promise<LogPosition>((resolve, reject) =>
      this.#waiting.set(0, { resolve: resolve as (value: unknown) => void, reject }),
    );
    worker.on("message", (answer: LakeAnswer) => {
      if ("damaged" in answer) {
        logger.error({ files: answer.damaged }, "damaged files set aside in lake/damaged");
        return;
      }
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ("result" in answer) waiting?.resolve(answer.result);
      else waiting?.reject(Object.assign(new Error(answer.error.message), answer.error));
    });
    worker.on("error", (error) => this.#fail(error as Error));
    worker.on("exit", () => this.#fail(new Error("the lake's thread has ended")));
  }

  /** Resolves with the reason where the thread ended by itself. */
  get ended(): Promise<Error> {
    return this.#ended.promise;
  }

  get isDead(): boolean {
    return this.#dead !== null;
  }

  call<Result>(
    method: LakeRequest["method"],
    args: readonly unknown[] = [],
    transfer: readonly Transferable[] = [],
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (this.#dead !== null) {
        reject(this.#dead);
        return;
      }
      const id = this.#next++;
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      const request: LakeRequest = { id, method, args };
      this.#worker.postMessage(request, transfer);
    });
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    if (this.#dead !== null) return;
    this.#dead = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    if (!this.#isEnding) this.#ended.resolve(error);
  }
}
