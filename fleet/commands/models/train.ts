import { evaluate, trainClassifier } from "../../../functions/models/classifier.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { lakeRuns, sampleRuns } from "../../models/labelled-runs.ts";
import { ModelRegistry, type StoredModel } from "../../models/registry.ts";
import { renderTable } from "../../render/table.ts";
import { bytes, count } from "../../render/units.ts";
import type { CommandContext } from "../context.ts";
import { modelFolder } from "./folder.ts";

export interface TrainOptions {
  /** The recording in samples/, in place of the lake. */
  readonly samples?: boolean;
  readonly table?: string;
  readonly label?: string;
  readonly axes?: string;
  /** Seconds of a window, and from one to the next. */
  readonly window: number;
  readonly step?: number;
  readonly trees: number;
  readonly seed: number;
  readonly folds: number;
  readonly json?: boolean;
}

/** Trains a classifier of windows, judges it on runs that it has not seen, keeps it, and prints its confusion matrix. */
export async function train(
  name: string,
  { samples, table, label, axes, window, step = window / 2, trees, seed, folds, json }: TrainOptions,
  { site, folders, terminal }: Pick<CommandContext, "site" | "folders" | "terminal">,
): Promise<void> {
  if ((samples === true) === (table !== undefined && label !== undefined))
    throw new CommandError(
      "a model is trained from the recording of the samples, or from labelled rows of the lake",
      exitCodes.usage,
      "give --samples, or --table frames_… with --label METRIC",
    );
  const data =
    table === undefined || label === undefined
      ? sampleRuns()
      : await lakeRuns({ table, label, ...(axes !== undefined && { axes: axes.split(",") }) }, site);
  const toSamples = (seconds: number): number => Math.max(1, Math.round((seconds * 1_000_000) / data.period));
  const shape = { axes: data.axes, period: data.period, size: toSamples(window), step: toSamples(step) };
  if (shape.size < 4)
    throw new CommandError(
      `--window ${window} s holds ${shape.size} samples of ${data.period / 1_000} ms; allowed: 4 at least`,
      exitCodes.usage,
    );
  try {
    const evaluation = {
      ...evaluate(data.runs, shape, { trees, seed }, folds),
      folds: Math.min(folds, data.runs.length),
    };
    const classifier = trainClassifier(data.runs, shape, { trees, seed });
    const { source, sha256, codecs, runs } = data;
    const count = runs.reduce((sum, run) => sum + run.samples.length, 0);
    const lineage = { source, sha256, samples: count, runs: runs.length, codecs: [...codecs], seed };
    const stored = new ModelRegistry(modelFolder(folders)).keep(name, {
      classifier: { ...classifier, shape: { ...shape, axes: [...shape.axes] } },
      lineage,
      evaluation: { ...evaluation, confusion: evaluation.confusion.map((row) => [...row]) },
    });
    if (json === true) terminal.write(`${JSON.stringify(summaryOf(stored), null, 2)}\n`);
    else print(stored, terminal);
  } catch (error) {
    if (error instanceof RangeError) throw new CommandError(error.message, exitCodes.failed);
    throw error;
  }
}

/** What is said of a model; its trees are in its file. */
export function summaryOf({
  name,
  sha256,
  bytes: size,
  trainedAt,
  classifier,
  lineage,
  evaluation,
}: StoredModel) {
  const { labels, shape, forest } = classifier;
  return {
    name,
    sha256,
    bytes: size,
    trainedAt: trainedAt.toISOString(),
    labels,
    shape,
    trees: forest.trees.length,
    lineage,
    evaluation,
  };
}

function print(model: StoredModel, terminal: CommandContext["terminal"]): void {
  const { evaluation, classifier } = model;
  const { confusion, windows, rightWindows, runs, rightRuns, folds } = evaluation;
  const { labels } = classifier;
  const rows = confusion.map((row, index) => [labels[index]!, ...row.map(count)]);
  const titles = ["it was, and was called", ...labels];
  terminal.print(
    renderTable(
      titles.map((title, index) => ({ title, align: index === 0 ? ("left" as const) : ("right" as const) })),
      rows,
      terminal,
    ),
  );
  const percent = (right: number, all: number): string => `${((100 * right) / all).toFixed(1)} %`;
  terminal.print(
    `right, of what it had not seen (${folds} folds): ${count(rightRuns)} of ${count(runs)} stretches (${percent(rightRuns, runs)}), ` +
      `${count(rightWindows)} of ${count(windows)} windows (${percent(rightWindows, windows)})`,
  );
  terminal.print(originOf(model));
}

/** A model's version, and what it was trained from, in a line. */
export function originOf({ name, sha256, bytes: size, lineage }: StoredModel): string {
  const { source, samples, sha256: data } = lineage;
  return (
    `${name}@${sha256.slice(0, 12)}  ${bytes(size)}  from ${source}: ${count(samples)} samples, ` +
    `sha256 ${data.slice(0, 12)}`
  );
}
