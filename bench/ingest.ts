/**
 * MQTT QoS 1 → rows in Parquet on disk, beside Telegraf in the same run:
 *
 *     npm run bench:ingest -- [--messages 300000] [--rounds 3] [--payloads json75,frame62]
 *
 * Ours: every message synced before its PUBACK, decoded, deduplicated, written as encrypted Parquet. Telegraf behind
 * mosquitto: plain Parquet, nothing synced. The clock runs from the first PUBLISH until the last row is in a file. CPU is
 * that of the servers alone: on a machine with other work it is the figure to go by.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { environment, nodeFlags } from "../site/runtime.ts";
import { startLiveSite } from "../test/soak/site.ts";
import { cpuSeconds } from "./support/cpu.ts";
import { benchBindings, benchProfiles, benchRows } from "./support/environment.ts";
import { peakMemory } from "./support/memory.ts";
import type { PayloadKind } from "./support/payloads.ts";
import { buildTelegraf, startTelegraf, telegrafVersion } from "./support/telegraf.ts";
import { median } from "./support/median.ts";

interface Measured {
  /** Messages a second, from the first PUBLISH to the last row in a file. */
  readonly rate: number;
  /** Messages a second, acknowledged. */
  readonly acknowledged: number;
  /** Microseconds of the servers' CPU a message. */
  readonly cpu: number;
  /** Bytes, at the peak. */
  readonly memory: number;
}

const connections = 4;
const readers = new WeakMap<ChildProcess, AsyncIterator<string>>();
const devicesOf = (kind: PayloadKind) => (kind === "json75" ? "json-{n}" : "imu-{n}");

const { values } = parseArgs({
  options: {
    messages: { type: "string", default: "300000" },
    rounds: { type: "string", default: "3" },
    payloads: { type: "string", default: "json75,frame62" },
  },
});
const messages = Number(values.messages);
const contenders: Record<string, (kind: PayloadKind) => Promise<Measured>> = {
  [`Telegraf ${telegrafVersion}, plain`]: telegraf,
  "Fieldlake, no TLS": plain,
  "Fieldlake, mutual TLS": mutualTls,
};

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
);
for (const kind of values.payloads.split(",") as PayloadKind[]) {
  const results = new Map<string, Measured[]>(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const measured = await run(kind);
      results.get(name)?.push(measured);
      console.log(`  ${kind} round ${round + 1}  ${name.padEnd(26)} ${text(measured)}`);
    }
  }
  report(kind, results);
}

/** Also tells when the first PUBLISH left: the publisher encodes everything before. */
async function publish(
  kind: PayloadKind,
  port: number,
  tls: string | null,
): Promise<{ rate: number; started: number }> {
  const publisher = resolve(import.meta.dirname, "support/publisher.ts");
  const args = [
    "--port",
    String(port),
    "--payload",
    kind,
    "--count",
    String(messages),
    "--connections",
    String(connections),
  ];
  const child = spawn(
    process.execPath,
    [
      publisher,
      ...args,
      "--device",
      devicesOf(kind),
      ...(tls === null ? [] : ["--tls", tls, "--host", "127.0.0.1"]),
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const { rate, seconds } = JSON.parse(await nextLine(child)) as { rate: number; seconds: number };
  return { rate, started: performance.now() - seconds * 1000 };
}

async function telegraf(kind: PayloadKind): Promise<Measured> {
  const run = await startTelegraf(await buildTelegraf(), kind);
  const cpu = await meter(run.processes);
  const published = await publish(kind, run.port, null);
  await run.written(messages, 120_000);
  const seconds = (performance.now() - published.started) / 1000;
  const used = await cpu();
  const memory = await run.peakMemory();
  await run.stop();
  return { rate: messages / seconds, acknowledged: published.rate, cpu: used, memory };
}

async function plain(kind: PayloadKind): Promise<Measured> {
  const child = spawn(
    process.execPath,
    [...nodeFlags, resolve(import.meta.dirname, "support/plain-site.ts")],
    {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...environment },
    },
  );
  const { port } = JSON.parse(await nextLine(child)) as { port: number };
  const cpu = await meter([child.pid ?? 0]);
  const published = await publish(kind, port, null);
  child.stdin?.write("flush\n");
  await nextLine(child);
  const seconds = (performance.now() - published.started) / 1000;
  const used = await cpu();
  const { rows } = JSON.parse(await nextLine(child)) as { rows: number };
  if (rows !== messages) throw new Error(`the lake holds ${rows} of ${messages} messages`);
  const memory = await peakMemory(child.pid);
  child.stdin?.end();
  await once(child, "exit");
  return { rate: messages / seconds, acknowledged: published.rate, cpu: used, memory };
}

async function mutualTls(kind: PayloadKind): Promise<Measured> {
  const site = await startLiveSite({ profiles: benchProfiles, bindings: benchBindings });
  const folder = await mkdtemp(join(tmpdir(), "fieldlake-bench-tls-"));
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "ca.pem"), site.authority.trust);
    for (let number = 1; number <= connections; number++) {
      const id = devicesOf(kind).replace("{n}", String(number));
      const { certificate, privateKey } = await site.authority.device(id);
      await writeFile(join(folder, `${id}.pem`), certificate);
      await writeFile(join(folder, `${id}.key`), privateKey);
    }
    const cpu = await meter([site.pid()]);
    const published = await publish(kind, site.port, folder);
    await site.client().call("POST", "/flush");
    const seconds = (performance.now() - published.started) / 1000;
    const used = await cpu();
    const { rows } = await site.client().query(benchRows);
    if (Number(rows[0]?.[0]) !== messages)
      throw new Error(`the lake holds ${String(rows[0]?.[0])} of ${messages} messages`);
    const memory = await peakMemory(site.pid());
    return { rate: messages / seconds, acknowledged: published.rate, cpu: used, memory };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await site.dispose();
  }
}

/** What it resolves with tells the CPU that the processes used since, in microseconds a message. */
async function meter(processes: readonly number[]): Promise<() => Promise<number>> {
  const read = async () =>
    (await Promise.all(processes.map((pid) => cpuSeconds(pid)))).reduce((sum, one) => sum + one, 0);
  const before = await read();
  return async () => (((await read()) - before) * 1e6) / messages;
}

async function nextLine(child: ChildProcess): Promise<string> {
  let reader = readers.get(child);
  if (reader === undefined) {
    if (child.stdout === null) throw new Error("the process has no standard output");
    reader = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    readers.set(child, reader);
  }
  const { value, done } = await reader.next();
  if (done === true) throw new Error("the process ended without an answer");
  return value;
}

function text({ rate, acknowledged, cpu, memory }: Measured): string {
  return `${thousands(rate)} msg/s to disk, ${thousands(acknowledged)} acknowledged, ${cpu.toFixed(1)} µs CPU a message, ${megabytes(memory)}`;
}

function thousands(value: number): string {
  return `${(value / 1000).toFixed(1)} k`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** Ratios are those of each round, whose contenders had the machine in about the same state. */
function report(kind: PayloadKind, results: Map<string, Measured[]>): void {
  const [peer = []] = results.values();
  console.log(`\n${kind}, ${messages} messages, median of ${values.rounds}`);
  for (const [name, all] of results) {
    const against = (key: "rate" | "cpu") =>
      median(all.map((one, round) => one[key] / (peer[round]?.[key] ?? Number.NaN)));
    const columns = [
      name.padEnd(26),
      `${thousands(median(all.map(({ rate }) => rate))).padStart(8)} msg/s ${against("rate").toFixed(1).padStart(5)} ×`,
      `${median(all.map(({ cpu }) => cpu))
        .toFixed(1)
        .padStart(6)} µs CPU ${against("cpu").toFixed(2).padStart(5)} ×`,
      `at most ${megabytes(Math.max(...all.map(({ memory }) => memory)))}`,
    ];
    console.log(`  ${columns.join("  ")}`);
  }
  console.log();
}
