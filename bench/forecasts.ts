/**
 * Forecasts of public series, beside statsforecast (PyPI):
 *
 *     node bench/forecasts.ts --m4 <Dataset folder of the M4 competition> [--frequency Hourly] [--every 6]
 *
 * The competition's training values go in, its test values are compared: MASE (mean absolute error over that of the
 * seasonal naive forecast within the training values, Hyndman and Koehler, 2006), mean and median over series. The season
 * is given to the peers; ours has to find it. CPU seconds a series.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { forecast } from "../functions/insights/forecast/forecast.ts";
import { startPythonPeers } from "./support/python-peers.ts";

const { values: options } = parseArgs({
  options: {
    m4: { type: "string" },
    frequency: { type: "string", default: "Hourly" },
    every: { type: "string", default: "6" },
  },
});
const folder = options.m4;
if (folder === undefined)
  throw new Error("--m4 names the Dataset folder of github.com/Mcompetitions/M4-methods");
const periods: Readonly<Record<string, number>> = { Hourly: 24, Daily: 1, Weekly: 1, Monthly: 12 };
const period = periods[options.frequency];
if (period === undefined) throw new Error(`--frequency; allowed: ${Object.keys(periods).join(", ")}`);

async function read(part: "Train" | "Test"): Promise<readonly number[][]> {
  const file = join(folder!, part, `${options.frequency}-${part.toLowerCase()}.csv`);
  const [, ...lines] = (await readFile(file, "utf8")).trim().split("\n");
  const number = /^"?(-?[\d.]+(?:e[+-]?\d+)?)"?$/i;
  return lines.map((line) =>
    line
      .split(",")
      .slice(1)
      .flatMap((field) => number.exec(field.trim())?.slice(1, 2).map(Number) ?? []),
  );
}

const [train, test] = await Promise.all([read("Train"), read("Test")]);
interface PeerAnswer {
  readonly point: readonly number[] | null;
  readonly seconds: number;
}
const peers = await startPythonPeers<object, Readonly<Record<string, PeerAnswer>>>(
  "forecast-peers-1",
  ["statsforecast==2.1.1"],
  join(import.meta.dirname, "peers", "forecasts.py"),
);
const results = new Map<string, { errors: number[]; seconds: number }>();
const note = (name: string, error: number, seconds: number): void => {
  const result = results.get(name) ?? { errors: [], seconds: 0 };
  results.set(name, result);
  result.errors.push(error);
  result.seconds += seconds;
};
let inside = 0;
let all = 0;
try {
  for (let index = 0; index < train.length; index += Number(options.every)) {
    const history = train[index]!;
    const came = test[index]!;
    let unit = 0;
    for (let i = period; i < history.length; i++)
      unit += Math.abs(history[i]! - history[i - period]!) / (history.length - period);
    const mase = (point: ArrayLike<number>): number =>
      came.reduce((sum, value, i) => sum + Math.abs(value - point[i]!), 0) / came.length / unit;
    const before = process.cpuUsage();
    const ours = forecast(Float64Array.from(history), { horizon: came.length });
    const { user, system } = process.cpuUsage(before);
    note("Fieldlake", mase(ours.point), (user + system) / 1e6);
    all += came.length;
    inside += came.filter((value, i) => value >= ours.lower[i]! && value <= ours.upper[i]!).length;
    const answers = await peers.ask({ values: history, period, horizon: came.length });
    for (const [name, { point, seconds }] of Object.entries(answers))
      if (point) note(`statsforecast ${name}`, mase(point), seconds);
  }
} finally {
  peers.stop();
}
const rows = [...results].map(([name, { errors, seconds }]) => ({
  name,
  series: errors.length,
  "mean MASE": Number((errors.reduce((sum, error) => sum + error, 0) / errors.length).toFixed(3)),
  "median MASE": Number(errors.toSorted((a, b) => a - b)[errors.length >> 1]!.toFixed(3)),
  "CPU s a series": Number((seconds / errors.length).toFixed(3)),
}));
console.table(rows);
console.log(`90 % intervals held ${((100 * inside) / all).toFixed(1)} % of ${all} values`);
