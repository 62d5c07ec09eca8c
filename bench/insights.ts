/**
 * A day of 1,000 devices that send a value a second, 86.4 million readings: roll-ups of a minute, an hour and a day and what
 * stands out in every series, beside DuckDB and Polars on the same rows in plain files:
 *
 *     npm run bench:insights -- [--devices 1000] [--hours 24] [--alone] [--folder /tmp/day]
 *
 * Ours: what the site does about a day that it has not looked at yet, from encrypted files to encrypted files, hour by hour,
 * with 128 MB for its database and evidence for each row. The peers: plain files to plain files, in one statement a table,
 * with all threads and memory; for anomalies, what SQL has at hand: minutes whose largest value is ten times the usual distance
 * from the median of their device's day. One device in ten has one second that is 60 above the others. Each contender is a
 * process of its own; memory is its peak. `--folder` keeps the rows there for the next run.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { fillDay, spikeEvery, type Day } from "./support/insight-day.ts";
import type { Contender, Done } from "./support/insight-contenders.ts";
import { pythonWith } from "./support/python-peers.ts";

const { values } = parseArgs({
  options: {
    devices: { type: "string", default: "1000" },
    hours: { type: "string", default: "24" },
    alone: { type: "boolean", default: false },
    folder: { type: "string" },
  },
});
const [devices, hours] = [Number(values.devices), Number(values.hours)];

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
);
const began = performance.now();
const kept = values.folder === undefined ? null : join(values.folder, "day.json");
const day =
  kept !== null && existsSync(kept)
    ? (JSON.parse(readFileSync(kept, "utf8")) as Day)
    : await fillDay(devices, hours, values.folder ?? tmpdir());
if (kept !== null) writeFileSync(kept, JSON.stringify(day));
console.log(`${day.rows} rows of ${devices} devices, made in ${seconds(performance.now() - began)} s\n`);
try {
  const ours = await inProcess("fieldlake");
  report("fieldlake", ours, ours);
  if (!values.alone) {
    report("duckdb", await inProcess("duckdb"), ours);
    report("polars", await polars(), ours);
  }
} finally {
  if (kept === null) rmSync(day.folder, { recursive: true, force: true });
}

async function inProcess(name: Contender): Promise<Done> {
  const script = join(import.meta.dirname, "support", "insight-contenders.ts");
  return run(process.execPath, [script, name, JSON.stringify(day)], process.env);
}

async function polars(): Promise<Done> {
  const env = await pythonWith("insights", ["polars==1.35.2"]);
  const out = join(day.folder, "polars");
  mkdirSync(out, { recursive: true });
  return run("python3", [join(import.meta.dirname, "peers", "insights.py"), day.plainFolder, out], env);
}

async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Done> {
  const { stdout } = await promisify(execFile)(program, [...args], { env, maxBuffer: 2 ** 26 });
  return JSON.parse(stdout) as Done;
}

function report(name: string, done: Done, ours: Done): void {
  const { milliseconds, cpuMilliseconds, peakBytes, minutes, anomalies } = done;
  const rate = (day.rows / milliseconds / 1000).toFixed(2);
  const hit = new Set(
    anomalies.filter(({ device, ts }) => day.spikes[device] === ts).map(({ device }) => device),
  );
  const wrong = anomalies.length - hit.size;
  console.log(
    `${name.padEnd(10)} ${seconds(milliseconds)} s, ${rate} M rows/s (${(ours.milliseconds / milliseconds).toFixed(2)} ×), ` +
      `${seconds(cpuMilliseconds)} s CPU, ${Math.round(peakBytes / 1e6)} MB, ${minutes} minutes; ` +
      `${hit.size} of ${Math.ceil(devices / spikeEvery)} spikes found, ${wrong} others`,
  );
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
