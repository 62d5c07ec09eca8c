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

/** As `codec_version` of a model's scores: the first digits of its file's SHA-256, which `fieldlake model` takes as well. */
export const modelVersion = ({ sha256 }: Pick<ScoringModel, "sha256">): string => sha256.slice(0, 12);

/**
 * Of one version of a model, so that what another version told is never read by this one's labels: neither on its way
 * while a model is replaced, nor when it is decoded again.
 */
export const scoreChannel = (model: Pick<ScoringModel, "name" | "sha256">): string =>
  `scores/${model.name}/${modelVersion(model)}`;

/** What the rows of a model's scores name as their codec; and those of its other versions. */
export const scoreCodec = ({ name }: Pick<ScoringModel, "name">): string => `score-${name}`;
export const formerCodec = ({ name }: Pick<ScoringModel, "name">): string => `former-${name}`;

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

/**
 * How the stream's decoder reads a model's scores: its own, and those of its former versions, of which it knows that there is
 * a label but not which ones there are.
 */
export function scoreProfiles(model: ScoringModel): DocumentProfile[] {
  const metrics = scoreMetrics(model);
  const common = {
    format: "json",
    identity: "content",
    time: { path: "at", unit: "us" },
  } as const;
  const fields = [
    { path: "label", metric: metrics.label, type: "text", required: true },
    { path: "share", metric: metrics.share, type: "double", required: true },
    { path: "model", metric: metrics.model, type: "text", required: true },
    { path: "restsOn", metric: metrics.restsOn, type: "text", required: true },
  ] as const;
  return [
    {
      ...common,
      name: scoreCodec(model),
      version: modelVersion(model),
      description: `Scores of the model ${model.name}`,
      fields: [
        ...fields,
        ...metrics.shares.map(
          (metric, index) => ({ path: `shares[${index}]`, metric, type: "double", required: true }) as const,
        ),
      ],
    },
    {
      ...common,
      name: formerCodec(model),
      version: "1",
      description: `Scores of other versions of the model ${model.name}`,
      fields,
    },
  ];
}

/** Before the stack's own bindings: nothing of the stack decodes scores otherwise. */
export const scoreBindings = (model: ScoringModel): Binding[] => [
  { devices: "*", channel: scoreChannel(model), profile: scoreCodec(model) },
  { devices: "*", channel: `scores/${model.name}/*`, profile: formerCodec(model) },
];

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
