/** Models that lie beside a function's bundle, under their hashes. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { modelsFile, type DeployedModelFile } from "../agreements.ts";
import { Scorer, withStep, type Classifier } from "../models/classifier.ts";
import { unpackModel } from "./model-file.ts";
import type { ScoringModel } from "./score-message.ts";

export interface LoadedModel extends ScoringModel {
  readonly classifier: Classifier;
}

/** Throws an Error that names the file where one is not what was deployed: the function then does not start. */
export function modelsIn(folder: string): readonly LoadedModel[] {
  const declared = JSON.parse(readFileSync(join(folder, modelsFile), "utf8")) as readonly DeployedModelFile[];
  return declared.map(({ file, stepSeconds, ...model }) => {
    const bytes = readFileSync(join(folder, file));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (sha256 !== model.sha256)
      throw new Error(`${file} has the hash ${sha256}; expected ${model.sha256}: deploy again`);
    const classifier = withStep(unpackModel(bytes).classifier, stepSeconds);
    // Says at the start, not at the first window, that the model is of another version of the features.
    new Scorer(classifier);
    return { ...model, classifier };
  });
}
