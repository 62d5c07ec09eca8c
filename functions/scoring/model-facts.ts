/** What people are told of a model: its windows, how well it did, what it comes from. */
import { withStep } from "../models/classifier.ts";
import type { Model } from "./model-file.ts";

/** Times in milliseconds. */
export interface ModelFacts extends Pick<Model, "lineage" | "evaluation"> {
  readonly window: number;
  readonly step: number;
  readonly trees: number;
}

/** @param stepSeconds as it is deployed; null for what it was trained with */
export function modelFacts(
  { classifier, lineage, evaluation }: Model,
  stepSeconds: number | null,
): ModelFacts {
  const { shape, forest } = withStep(classifier, stepSeconds);
  const [window, step] = [shape.size, shape.step].map((samples) => (samples * shape.period) / 1_000) as [
    number,
    number,
  ];
  return { window, step, trees: forest.trees.length, lineage, evaluation };
}
