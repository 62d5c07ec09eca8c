/**
 * A score as a message of its device, on a channel that no device may publish to: it takes the way of every other message,
 * so that it is kept, decoded, found and told apart from its repeats as they are. The same window, model and rows give the
 * same bytes.
 */
import { isoMicros } from "../core/instant.ts";
import type { Binding, DocumentProfile } from "../core/profiles/profile.ts";
import type { Prediction } from "../models/classifier.ts";

/** A model that scores devices, as far as its scores name it. */
export interface ScoringModel {
  readonly name: string;
  /** Of its file. */
  readonly sha256: string;
  readonly labels: readonly string[];
  readonly devices: string;
  readonly table: string;
}

export const scoreChannel = ({ name }: Pick<ScoringModel, "name">): string => `scores/${name}`;

/** What a model's scores are called in `readings`. */
export interface ScoreMetrics {
  /** Text: the label that most trees tell. */
  readonly label: string;
  /** Double, 0 to 1: how many do. */
  readonly share: string;
  /** Double, 0 to 1, for each label in the model's order. */
  readonly shares: readonly string[];
  /** Text, `name@sha256`. */
  readonly model: string;
  /** Text, JSON: table, first and last time, number of rows. */
  readonly restsOn: string;
}

export function scoreMetrics({ name, labels }: Pick<ScoringModel, "name" | "labels">): ScoreMetrics {
  const stem = name.replaceAll("-", "_");
  const taken = new Set<string>();
  const shares = labels.map((label, index) => {
    const words = label.toLowerCase().replace(/[^a-z0-9]+/g, "_");
    const wanted = `${stem}_is_${words.replace(/^_+|_+$/g, "").slice(0, 60)}`;
    const metric = wanted.endsWith("_is_") || taken.has(wanted) ? `${stem}_is_label_${index}` : wanted;
    taken.add(metric);
    return metric;
  });
  return {
    label: `${stem}_label`,
    share: `${stem}_share`,
    shares,
    model: `${stem}_model`,
    restsOn: `${stem}_rests_on`,
  };
}

/** How the stream's decoder reads a model's scores. */
export function scoreProfile(model: ScoringModel): DocumentProfile {
  const metrics = scoreMetrics(model);
  return {
    name: `score-${model.name}`,
    version: "1",
    description: `Scores of the model ${model.name}`,
    format: "json",
    identity: "content",
    time: { path: "at", unit: "us" },
    fields: [
      { path: "label", metric: metrics.label, type: "text", required: true },
      { path: "share", metric: metrics.share, type: "double", required: true },
      ...metrics.shares.map(
        (metric, index) => ({ path: `shares[${index}]`, metric, type: "double", required: true }) as const,
      ),
      { path: "model", metric: metrics.model, type: "text", required: true },
      { path: "restsOn", metric: metrics.restsOn, type: "text", required: true },
    ],
  };
}

/** Before the stack's own bindings: nothing of the stack decodes scores otherwise. */
export const scoreBinding = (model: ScoringModel): Binding => ({
  devices: "*",
  channel: scoreChannel(model),
  profile: `score-${model.name}`,
});

/** @param rows that the window was made of */
export function scorePayload(model: ScoringModel, prediction: Prediction, rows: number): Uint8Array {
  const { from, to, label, share, shares } = prediction;
  const restsOn = { table: model.table, from: isoMicros(from), to: isoMicros(to), rows };
  const score = {
    at: to,
    label,
    share: rounded(share),
    shares: Array.from(shares, rounded),
    model: `${model.name}@${model.sha256}`,
    restsOn: JSON.stringify(restsOn),
  };
  return new TextEncoder().encode(JSON.stringify(score));
}

/** Shares are 32-bit floats: more digits than that say nothing. */
const rounded = (share: number): number => Number(share.toPrecision(6));
