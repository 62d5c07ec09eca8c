/** The thread of one model: opens its file, and scores stretches of samples one after the other. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { Scorer, withStep, type Prediction } from "../../functions/models/classifier.ts";
import { modelFacts, type ModelFacts } from "../../functions/scoring/model-facts.ts";
import { unpackModel } from "../../functions/scoring/model-file.ts";
import type { Samples } from "./new-samples.ts";

export interface ModelFile {
  readonly file: string;
  readonly sha256: string;
  readonly stepSeconds: number | null;
}

/** What reading samples for a model takes. */
export interface OpenModel {
  readonly axes: readonly string[];
  /** Samples of a window, and microseconds from one to the next. */
  readonly size: number;
  readonly period: number;
  readonly facts: ModelFacts;
}

export interface ScoreRequest {
  /** Of another stretch than the ones before. */
  readonly isFirst: boolean;
  readonly samples: Samples;
}

export type ThreadAnswer =
  | { readonly model: OpenModel }
  | { readonly predictions: readonly Prediction[] }
  | { readonly error: string };

const { file, sha256, stepSeconds } = workerData as ModelFile;
const bytes = readFileSync(file);
const found = createHash("sha256").update(bytes).digest("hex");
if (found !== sha256) throw new Error(`${file} has the hash ${found}; expected ${sha256}: deploy again`);
const model = unpackModel(bytes);
const classifier = withStep(model.classifier, stepSeconds);
const { axes, size, period } = classifier.shape;
let scorer = new Scorer(classifier);

function score({ isFirst, samples: { times, columns } }: ScoreRequest): Prediction[] {
  if (isFirst) scorer = new Scorer(classifier);
  return Array.from(times, (time, at) =>
    scorer.push(
      time,
      columns.map((column) => column[at]!),
    ),
  ).filter((prediction) => prediction !== null);
}

const answer = (what: ThreadAnswer): void => parentPort?.postMessage(what);
parentPort?.on("message", (request: ScoreRequest) => {
  try {
    answer({ predictions: score(request) });
  } catch (error) {
    answer({ error: (error as Error).message });
  }
});
answer({ model: { axes, size, period, facts: modelFacts(model, stepSeconds) } });
