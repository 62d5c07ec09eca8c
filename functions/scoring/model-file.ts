/** A model as its file says it: what it computes, how well it did, what it comes from. */
// All of zod would be most of a scoring function's bundle.
import * as z from "zod/mini";
import type { Classifier } from "../models/classifier.ts";
import { featureNames } from "../models/features.ts";
import { OnnxError, readOnnx, writeOnnx } from "./onnx.ts";

const lineageSchema = z.object({
  /** What it was trained from, in words: a file, or a table and its label. */
  source: z.string(),
  /** Of the labelled samples, in their order. */
  sha256: z.string(),
  samples: z.number(),
  runs: z.number(),
  /** What decoded them, `name@version`; empty for a file. */
  codecs: z.array(z.string()),
  seed: z.number(),
});
const evaluationSchema = z.object({
  confusion: z.array(z.array(z.number())),
  windows: z.number(),
  rightWindows: z.number(),
  runs: z.number(),
  rightRuns: z.number(),
  folds: z.number(),
});
const describedSchema = z.object({
  shape: z.object({ axes: z.array(z.string()), period: z.number(), size: z.number(), step: z.number() }),
  featuresVersion: z.number(),
  lineage: lineageSchema,
  evaluation: evaluationSchema,
});
export type Lineage = z.infer<typeof lineageSchema>;
export type StoredEvaluation = z.infer<typeof evaluationSchema>;

export interface Model {
  readonly classifier: Classifier;
  readonly lineage: Lineage;
  readonly evaluation: StoredEvaluation;
}

const metadataKey = "fieldlake";

/** What a model's file says besides what it computes: what its features are, how well it did, what it comes from. */
export function metadataOf({ classifier, lineage, evaluation }: Model): Readonly<Record<string, string>> {
  const { shape, features: featuresVersion } = classifier;
  const names = featureNames(shape);
  return {
    [metadataKey]: JSON.stringify({ shape, featuresVersion, lineage, evaluation }),
    features: String(names.length),
    feature_names: names.join(","),
  };
}

/** A model as its file. */
export function packModel(model: Model): Uint8Array {
  const { forest, labels } = model.classifier;
  return writeOnnx({ forest, labels, metadata: metadataOf(model) });
}

/** Throws {@link OnnxError}. */
export function unpackModel(bytes: Uint8Array): Model {
  const { forest, labels, metadata } = readOnnx(bytes);
  const parsed = describedSchema.safeParse(JSON.parse(metadata[metadataKey] ?? "null"));
  if (!parsed.success)
    throw new OnnxError("the model does not say what its features are: it was not trained here");
  const { shape, featuresVersion, lineage, evaluation } = parsed.data;
  return { classifier: { shape, labels, features: featuresVersion, forest }, lineage, evaluation };
}
