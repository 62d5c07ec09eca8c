import type { Resource } from "@pulumi/pulumi";
import { modelsFile, type DeployedModelFile } from "../../functions/agreements.ts";
import type { KnowledgeBaseArgs } from "../contracts/knowledge-base.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import { bundlesOf } from "./function-bundles.ts";

/** What a function that scores is made of. */
export interface ScoringPackage {
  /** With the models beside it, each under the hash of its content. */
  readonly bundle: FunctionBundle;
  /** Texts beside it, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Frame tables that its models know, sorted. */
  readonly tables: readonly string[];
  /** Seconds that news of files are gathered. */
  readonly wait: number;
}

/** Services hold back what they gather so long at most: a batching window of Lambda, and of Event Hubs twice that. */
const longestWait = 300;

/** Null where the environment has no model: then there is nothing to run. Throws where there is no bundle. */
export function scoringPackage(
  { functions, scoring: { models, everySeconds } }: Pick<KnowledgeBaseArgs, "functions" | "scoring">,
  resource: Resource,
): ScoringPackage | null {
  if (models.length === 0) return null;
  const [bundle] = bundlesOf(functions, ["scoring"], resource);
  const declared = models.map(({ file: _, ...model }): DeployedModelFile => ({
    ...model,
    file: pathOf(model),
  }));
  return {
    bundle: {
      ...(bundle as FunctionBundle),
      files: Object.fromEntries(models.map((model) => [pathOf(model), model.file])),
    },
    files: { [modelsFile]: JSON.stringify(declared) },
    tables: [...new Set(models.map(({ table }) => table))].sort(),
    wait: Math.min(everySeconds, longestWait),
  };
}

const pathOf = ({ sha256 }: { readonly sha256: string }): string => `models/${sha256}.onnx`;
