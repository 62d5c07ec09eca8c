import { readFileSync } from "node:fs";
import type { ToldModel } from "../../functions/agreements.ts";
import { modelFacts } from "../../functions/scoring/model-facts.ts";
import { unpackModel } from "../../functions/scoring/model-file.ts";
import type { ScoringArgs } from "../contracts/knowledge-base.ts";

/** What an API tells of the models that score here. They were checked when the environment was composed. */
export const toldModels = ({ models }: Pick<ScoringArgs, "models">): ToldModel[] =>
  models.map(({ file, stepSeconds, ...model }) => ({
    ...model,
    facts: modelFacts(unpackModel(readFileSync(file)), stepSeconds),
  }));
