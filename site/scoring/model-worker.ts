/** A model's thread as the site sees it: what happens in it, happens to that model alone. */
import type { Prediction } from "../../functions/models/classifier.ts";
import { AnsweringThread } from "../answering-thread.ts";
import type { ModelFile, OpenModel, ScoreRequest, ThreadAnswer } from "./model-thread.ts";
import type { Samples } from "./new-samples.ts";

/** Milliseconds for a page of samples: some hundred times what a slow machine takes. */
const timeoutMs = 120_000;
const megabytes = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 96 };

export class ModelWorker {
  readonly model: OpenModel;
  readonly #thread: AnsweringThread<ScoreRequest, ThreadAnswer>;

  private constructor(thread: AnsweringThread<ScoreRequest, ThreadAnswer>, model: OpenModel) {
    this.#thread = thread;
    this.model = model;
  }

  /** Rejects with the reason where the file is not the one that was deployed, or no model. */
  static async open(file: ModelFile): Promise<ModelWorker> {
    const thread = new AnsweringThread<ScoreRequest, ThreadAnswer>(
      new URL("./model-thread.ts", import.meta.url),
      {
        workerData: file,
        resourceLimits: megabytes,
        ended: "its thread has ended",
        timeoutMs,
      },
    ).unref();
    const answer = await thread.next();
    if ("model" in answer) return new ModelWorker(thread, answer.model);
    throw new Error("a model's thread did not say what the model is");
  }

  /** One call at a time. Rejects where the model fails; where its thread has ended, with every call after that. */
  async score(samples: Samples, isFirst: boolean): Promise<readonly Prediction[]> {
    const answer = await this.#thread.ask({ isFirst, samples });
    if ("predictions" in answer) return answer.predictions;
    throw new Error("error" in answer ? answer.error : "a model's thread began anew");
  }

  async stop(): Promise<void> {
    await this.#thread.stop();
  }
}
