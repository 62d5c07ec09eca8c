/** A model that says what a device's wearer or machine is doing: trained from labelled stretches, judged on what it has not seen. */

import { AlignedWindowCutter } from "./aligned-windows.ts";
import { featureNames, featuresOf, featuresVersion } from "./features.ts";
import { classShares, trainForest, type Forest, type ForestOptions } from "./forest.ts";
import { WindowCutter, type WindowShape } from "./windows.ts";

export interface Classifier {
  readonly shape: WindowShape;
  /** Sorted; a class is its place. */
  readonly labels: readonly string[];
  /** {@link featuresVersion} that it was trained with. */
  readonly features: number;
  readonly forest: Forest;
}

/** Samples of one device without a gap, all of one label. */
export interface LabelledRun {
  readonly label: string;
  readonly samples: readonly { readonly time: number; readonly values: readonly (number | null)[] }[];
}

export interface Prediction {
  /** Microseconds, of the window's first and last sample. */
  readonly from: number;
  readonly to: number;
  readonly label: string;
  /** Share of the trees that say so, 0 to 1. */
  readonly share: number;
  /** Of each label, in the order of the model's. */
  readonly shares: Float32Array;
}

/** Of windows and of whole runs, each judged by a model that has seen nothing of its run. */
export interface Evaluation {
  /** Windows by true label and by the predicted one, in the order of the labels. */
  readonly confusion: readonly (readonly number[])[];
  readonly windows: number;
  readonly rightWindows: number;
  readonly runs: number;
  /** Runs of which most windows were told right. */
  readonly rightRuns: number;
}

interface Windowed {
  readonly label: number;
  readonly rows: readonly Float32Array[];
}

/** Throws RangeError where there are fewer than two labels, or no run is as long as a window. */
export function trainClassifier(
  runs: readonly LabelledRun[],
  shape: WindowShape,
  options: ForestOptions,
): Classifier {
  const { labels, windowed } = windowsOf(runs, shape);
  return { shape, labels, features: featuresVersion, forest: forestOf(windowed, labels, options) };
}

/**
 * Trains as many times as there are folds, each time without the runs of one.
 * @param folds the most; with as many as runs, each run is left out by itself
 */
export function evaluate(
  runs: readonly LabelledRun[],
  shape: WindowShape,
  options: ForestOptions,
  folds: number,
): Evaluation {
  const { labels, windowed } = windowsOf(runs, shape);
  const confusion = labels.map(() => labels.map(() => 0));
  // Runs of a label are dealt out in turn, so that every fold has some of each.
  const order = windowed.toSorted((one, other) => one.label - other.label);
  const count = Math.min(folds, order.length);
  let rightRuns = 0;
  for (let fold = 0; fold < count; fold++) {
    const kept = order.filter((_, index) => index % count !== fold);
    const forest = forestOf(kept, labels, options);
    for (const { label, rows } of order.filter((_, index) => index % count === fold)) {
      const votes = labels.map(() => 0);
      for (const row of rows) {
        const told = strongest(classShares(forest, row));
        votes[told]! += 1;
        confusion[label]![told]! += 1;
      }
      if (strongest(votes) === label) rightRuns++;
    }
  }
  const windows = windowed.reduce((sum, { rows }) => sum + rows.length, 0);
  const rightWindows = confusion.reduce((sum, row, label) => sum + row[label]!, 0);
  return { confusion, windows, rightWindows, runs: windowed.length, rightRuns };
}

/** Predicts as samples come, and the same for samples that are all there: an aligned window at a time, in bounded memory. */
export class Scorer {
  readonly #classifier: Classifier;
  readonly #cutter: AlignedWindowCutter;

  /** Throws RangeError where the model's features are not those of this program. */
  constructor(classifier: Classifier) {
    const { features, shape, forest } = classifier;
    if (features !== featuresVersion || forest.features !== featureNames(shape).length)
      throw new RangeError(
        `the model takes features of version ${features}; this program makes version ${featuresVersion}: train it again`,
      );
    this.#classifier = classifier;
    this.#cutter = new AlignedWindowCutter(shape);
  }

  /** One device's next sample. */
  push(time: number, values: readonly (number | null)[]): Prediction | null {
    const window = this.#cutter.push(time, values);
    if (window === null) return null;
    const { shape, forest, labels } = this.#classifier;
    const shares = classShares(forest, featuresOf(shape, window));
    const told = strongest(shares);
    return { from: window.from, to: window.to, label: labels[told]!, share: shares[told]!, shares };
  }
}

/** The model with another distance of its windows; null for its own. */
export function withStep(classifier: Classifier, stepSeconds: number | null): Classifier {
  if (stepSeconds === null) return classifier;
  const { shape } = classifier;
  const step = Math.max(1, Math.round((stepSeconds * 1_000_000) / shape.period));
  return { ...classifier, shape: { ...shape, step } };
}

function windowsOf(runs: readonly LabelledRun[], shape: WindowShape) {
  const labels = [...new Set(runs.map(({ label }) => label))].toSorted();
  if (labels.length < 2)
    throw new RangeError(`the labels are ${labels.join(", ") || "none"}; a model needs two at least`);
  const windowed = runs.flatMap(({ label, samples }): Windowed[] => {
    const cutter = new WindowCutter(shape);
    const windows = samples
      .map(({ time, values }) => cutter.push(time, values))
      .filter((window) => window !== null);
    if (windows.length === 0) return [];
    return [{ label: labels.indexOf(label), rows: windows.map((window) => featuresOf(shape, window)) }];
  });
  const seen = new Set(windowed.map(({ label }) => label));
  const missing = labels.filter((_, label) => !seen.has(label));
  if (missing.length > 0)
    throw new RangeError(`no run of ${missing.join(", ")} is as long as a window of ${shape.size} samples`);
  return { labels, windowed };
}

function forestOf(windowed: readonly Windowed[], labels: readonly string[], options: ForestOptions): Forest {
  const rows = windowed.flatMap((run) => run.rows);
  const classes = windowed.flatMap(({ label, rows: { length } }) => Array<number>(length).fill(label));
  return trainForest(rows, classes, labels.length, options);
}

function strongest(shares: ArrayLike<number>): number {
  let best = 0;
  for (let label = 1; label < shares.length; label++) if (shares[label]! > shares[best]!) best = label;
  return best;
}
