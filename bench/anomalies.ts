/**
 * Anomalies in public labelled series, beside detectors of PyPI:
 *
 *     node bench/anomalies.ts --nab <clone of github.com/numenta/NAB>
 *
 * All 58 series of the Numenta Anomaly Benchmark. A labelled window counts as found when any value within stands out;
 * what stands out outside, within 1 % of a series of each other, is one false alarm. The first 15 % (at most 750 values)
 * only teach. Ours by its default; for the peers, which have no threshold of their own, the one that serves each best over
 * all series, which they could not know.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Detector } from "../functions/insights/anomaly/detector.ts";
import { startPythonPeers } from "./support/python-peers.ts";

const { values: options } = parseArgs({ options: { nab: { type: "string" } } });
const folder = options.nab;
if (folder === undefined) throw new Error("--nab names a clone of github.com/numenta/NAB");

interface Labelled {
  readonly values: readonly number[];
  readonly windows: readonly (readonly [number, number])[];
  readonly learn: number;
}
interface Counts {
  found: number;
  missed: number;
  alarms: number;
}

async function read(file: string, windows: readonly [string, string][]): Promise<Labelled> {
  const [, ...lines] = (await readFile(join(folder!, "data", file), "utf8")).trim().split("\n");
  const times = lines.map((line) => line.slice(0, 19));
  const place = (time: string): number => times.indexOf(time.slice(0, 19));
  return {
    values: lines.map((line) => Number(line.split(",")[1])),
    windows: windows.map(([from, to]) => [place(from), place(to)]),
    learn: Math.min(Math.floor(0.15 * lines.length), 750),
  };
}

function count({ values, windows, learn }: Labelled, scores: readonly number[], threshold: number): Counts {
  const found = new Set<number>();
  let alarms = 0;
  let last = -Infinity;
  scores.forEach((score, index) => {
    if (score < threshold || index < learn) return;
    const window = windows.findIndex(([from, to]) => index >= from && index <= to);
    if (window >= 0) found.add(window);
    else {
      if (index - last > Math.max(20, values.length / 100)) alarms++;
      last = index;
    }
  });
  return { found: found.size, missed: windows.length - found.size, alarms };
}

const labels = JSON.parse(await readFile(join(folder, "labels", "combined_windows.json"), "utf8")) as Record<
  string,
  [string, string][]
>;
const peers = await startPythonPeers<object, Record<string, { scores: number[]; seconds: number }>>(
  "anomaly-peers-1",
  ["river==0.26.1", "scikit-learn==1.9.1"],
  join(import.meta.dirname, "peers", "anomalies.py"),
);
const judged = new Map<
  string,
  { seconds: number; series: { labelled: Labelled; scores: readonly number[] }[] }
>();
const note = (name: string, labelled: Labelled, scores: readonly number[], seconds: number): void => {
  const one = judged.get(name) ?? { seconds: 0, series: [] };
  judged.set(name, one);
  one.seconds += seconds;
  one.series.push({ labelled, scores });
};
try {
  for (const [file, windows] of Object.entries(labels)) {
    const labelled = await read(file, windows);
    const before = process.cpuUsage();
    const detector = new Detector();
    const scores = labelled.values.map((value) => detector.push(value).score);
    const { user, system } = process.cpuUsage(before);
    note("Fieldlake", labelled, scores, (user + system) / 1e6);
    const { values, learn } = labelled;
    for (const [name, answer] of Object.entries(await peers.ask({ values, learn })))
      note(name, labelled, answer.scores, answer.seconds);
  }
} finally {
  peers.stop();
}

function totals(name: string, threshold: number) {
  const sum: Counts = { found: 0, missed: 0, alarms: 0 };
  for (const { labelled, scores } of judged.get(name)!.series) {
    const { found, missed, alarms } = count(labelled, scores, threshold);
    sum.found += found;
    sum.missed += missed;
    sum.alarms += alarms;
  }
  const precision = sum.found / Math.max(1, sum.found + sum.alarms);
  const recall = sum.found / (sum.found + sum.missed);
  return { ...sum, precision, recall, f1: (2 * precision * recall) / Math.max(1e-9, precision + recall) };
}

console.table(
  [...judged].map(([name, { seconds, series }]) => {
    const all = series.flatMap(({ scores }) => scores).toSorted((a, b) => a - b);
    const quantile = (share: number): number => all[Math.floor(share * (all.length - 1))]!;
    const shares = Array.from({ length: 30 }, (_, i) => 1 - 0.05 * 0.75 ** i);
    const thresholds = name === "Fieldlake" ? [1] : shares.map(quantile);
    const best = thresholds.map((at) => totals(name, at)).reduce((a, b) => (b.f1 > a.f1 ? b : a));
    return {
      name,
      found: `${best.found}/${best.found + best.missed}`,
      "false alarms": best.alarms,
      precision: Number(best.precision.toFixed(2)),
      recall: Number(best.recall.toFixed(2)),
      F1: Number(best.f1.toFixed(3)),
      "CPU µs a value": Number(((seconds * 1e6) / all.length).toFixed(1)),
    };
  }),
);
