/** A model's thread as the site sees it: what happens in it, happens to that model alone. */
import { Worker } from "node:worker_threads";
import type { Prediction } from "../../functions/models/classifier.ts";
import type { ModelFile, OpenModel, ScoreRequest, ThreadAnswer } from "./model-thread.ts";
import type { Samples } from "./new-samples.ts";

/** Milliseconds for a page of samples: some hundred times what a slow machine takes. */
const timeoutMs = 120_000;
const megabytes = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 96 };

export class ModelWorker {
  readonly model: OpenModel;
  readonly #worker: Worker;

  private constructor(worker: Worker, model: OpenModel) {
    this.#worker = worker;
    this.model = model;
  }

  /** Rejects with the reason where the file is not the one that was deployed, or no model. */
  static async open(file: ModelFile): Promise<ModelWorker> {
    const worker = new Worker(new URL("./model-thread.ts", import.meta.url), {
      workerData: file,
      resourceLimits: megabytes,
    });
    worker.unref();
    const answer = await next(worker);
    if ("model" in answer) return new ModelWorker(worker, answer.model);
    throw new Error("a model's thread did not say what the model is");
  }

  /** One call at a time. Rejects where the model fails; where its thread has ended, with every call after that. */
  async score(samples: Samples, isFirst: boolean): Promise<readonly Prediction[]> {
    const answered = next(this.#worker);
    this.#worker.postMessage({ isFirst, samples } satisfies ScoreRequest);
    const answer = await answered;
    if ("predictions" in answer) return answer.predictions;
    throw new Error("error" in answer ? answer.error : "a model's thread began anew");
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

function next(worker: Worker): Promise<ThreadAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ThreadAnswer>();
  const timer = setTimeout(() => {
    reject(new Error(`it took over ${timeoutMs / 1000} s`));
    void worker.terminate();
  }, timeoutMs);
  const ended = (): void => reject(new Error("its thread has ended"));
  worker.once("message", resolve).once("error", reject).once("exit", ended);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.off("message", resolve).off("error", reject).off("exit", ended);
  });
}
