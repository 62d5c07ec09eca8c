/**
 * Activity recognition on the recording in samples/, each of its 40 cases by models that have not seen it:
 *
 *     node bench/models.ts
 *
 * Beside it: the nearest neighbour by dynamic time warping of the whole case (all six axes together, by the best of three
 * widths, which it could not know), and scikit-learn's forests on the same features.
 */
import { join } from "node:path";
import { evaluate, trainClassifier } from "../functions/models/classifier.ts";
import { featuresOf } from "../functions/models/features.ts";
import { WindowCutter } from "../functions/models/windows.ts";
import { packModel } from "../functions/scoring/model-file.ts";
import { sampleRuns } from "../fleet/models/labelled-runs.ts";
import { startPythonPeers } from "./support/python-peers.ts";

const { axes, period, runs, source, sha256 } = sampleRuns();
const shape = { axes, period, size: 50, step: 25 };
const labels = [...new Set(runs.map(({ label }) => label))].toSorted();
const seeds = [1, 2, 3, 4, 5];
const trees = 100;

const seconds = (): number => process.cpuUsage().user / 1e6;
const percent = (right: number, all: number): string => `${((100 * right) / all).toFixed(1)} %`;
const print = (name: string, cases: string, windows: string, cpu: number): void =>
  console.log(`| ${name} | ${cases} | ${windows} | ${cpu.toFixed(2)} s |`);

console.log("| | cases right | windows right | CPU, 40 folds |\n|---|---|---|---|");

/** Of several seeds, the middle and the worst. */
function spread(rights: readonly number[], all: number): string {
  const sorted = rights.toSorted((one, other) => one - other);
  return `${sorted[sorted.length >> 1]} of ${all} (${percent(sorted[sorted.length >> 1]!, all)}), worst ${sorted[0]}`;
}

let start = seconds();
const ours = seeds.map((seed) => evaluate(runs, shape, { trees, seed }, runs.length));
const ourSeconds = (seconds() - start) / seeds.length;
print(
  "Fieldlake, 100 trees",
  spread(
    ours.map(({ rightRuns }) => rightRuns),
    runs.length,
  ),
  spread(
    ours.map(({ rightWindows }) => rightWindows),
    ours[0]!.windows,
  ),
  ourSeconds,
);

type Samples = readonly (readonly (number | null)[])[];

/** Of the least sum of squared distances along a path that strays at most so far from the diagonal. */
function warping(one: Samples, other: Samples, width: number): number {
  let before = new Float64Array(other.length + 1).fill(Infinity);
  before[0] = 0;
  for (let i = 1; i <= one.length; i++) {
    const row = new Float64Array(other.length + 1).fill(Infinity);
    for (let j = Math.max(1, i - width); j <= Math.min(other.length, i + width); j++) {
      const sample = other[j - 1]!;
      const distance = one[i - 1]!.reduce<number>(
        (sum, value, axis) => sum + (value! - sample[axis]!) ** 2,
        0,
      );
      row[j] = distance + Math.min(before[j]!, row[j - 1]!, before[j - 1]!);
    }
    before = row;
  }
  return before[other.length]!;
}

const cases = runs.map(({ label, samples }) => ({ label, samples: samples.map(({ values }) => values) }));
const nearest = [10, 20, 100].map((width) => {
  start = seconds();
  const right = cases.filter((one) => {
    const others = cases.filter((other) => other !== one);
    const distances = others.map(({ samples }) => warping(one.samples, samples, width));
    return others[distances.indexOf(Math.min(...distances))]!.label === one.label;
  }).length;
  return { width, right, cpu: seconds() - start };
});
const best = nearest.toSorted((one, other) => other.right - one.right)[0]!;
const all = nearest.map(({ width, right }) => `${right} at ±${width}`).join(", ");
print(
  `nearest neighbour, dynamic time warping (${all})`,
  `${best.right} of ${runs.length} (${percent(best.right, runs.length)})`,
  "–",
  best.cpu,
);

const windowed = runs.flatMap(({ label, samples }, group) => {
  const cutter = new WindowCutter(shape);
  const windows = samples
    .map(({ time, values }) => cutter.push(time, values))
    .filter((window) => window !== null);
  return windows.map((window) => ({
    group,
    label: labels.indexOf(label),
    row: Array.from(featuresOf(shape, window)),
  }));
});
const peers = await startPythonPeers<object, Record<string, { told: number[]; seconds: number }>>(
  "model-peers-1",
  ["scikit-learn==1.9.1"],
  join(import.meta.dirname, "peers", "models.py"),
);
try {
  const question = {
    rows: windowed.map(({ row }) => row),
    labels: windowed.map(({ label }) => label),
    groups: windowed.map(({ group }) => group),
    trees,
  };
  for (const [name, { told, seconds: cpu }] of Object.entries(await peers.ask({ ...question, seed: 1 }))) {
    const right = windowed.filter(({ label }, index) => told[index] === label).length;
    const caseRight = runs.filter(({ label }, group) => {
      const votes = labels.map(
        (_, one) => told.filter((label, at) => windowed[at]!.group === group && label === one).length,
      );
      return labels[votes.indexOf(Math.max(...votes))] === label;
    }).length;
    const ofAll = (count: number, total: number): string => `${count} of ${total} (${percent(count, total)})`;
    print(
      `scikit-learn 1.9.1 ${name}, the same features`,
      ofAll(caseRight, runs.length),
      ofAll(right, windowed.length),
      cpu,
    );
  }
} finally {
  peers.stop();
}

const classifier = trainClassifier(runs, shape, { trees, seed: 1 });
const lineage = { source, sha256, samples: 4_000, runs: runs.length, codecs: [], seed: 1 };
const evaluation = { ...ours[0]!, confusion: ours[0]!.confusion.map((row) => [...row]), folds: runs.length };
console.log(
  `\nas ONNX: ${packModel({ classifier: { ...classifier, shape: { ...shape, axes: [...axes] } }, lineage, evaluation }).length} bytes`,
);
console.log(`confusion (${labels.join(", ")}): ${JSON.stringify(ours[0]!.confusion)}`);
