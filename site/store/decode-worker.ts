/** A decode thread as the pipeline sees it. */
import { Worker } from "node:worker_threads";
import type { Batch } from "./batch.ts";
import type { DecodeAnswer, DecodeRequest, DecodeThreadData } from "./decode-thread.ts";

interface Waiting {
  readonly resolve: (answer: DecodeAnswer) => void;
  readonly reject: (error: Error) => void;
}

export class DecodeWorker {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();

  private constructor(worker: Worker) {
    this.#worker = worker;
    const fail = (error: Error) => {
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
    worker.on("message", (answer: DecodeAnswer) => {
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
    });
    worker.on("error", (error) => fail(error as Error));
    worker.on("exit", () => fail(new Error("a decode worker has ended")));
  }

  /** Rejects with the reason where the bundle is not the one that was deployed. */
  static start(data: DecodeThreadData): Promise<DecodeWorker> {
    const worker = new Worker(new URL("./decode-thread.ts", import.meta.url), {
      workerData: data,
      transferList: [data.lake],
      resourceLimits: { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 128 },
    });
    return new Promise((resolve, reject) => {
      worker.once("error", reject);
      worker.once("message", () => {
        worker.off("error", reject);
        resolve(new DecodeWorker(worker));
      });
    });
  }

  /** Resolves when the batch's rows are with the lake; until then its memory is read. */
  decode(id: number, batch: Batch): Promise<DecodeAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const request: DecodeRequest = { id, batch };
      this.#worker.postMessage(request);
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
