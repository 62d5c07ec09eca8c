/** Libraries that decode what ours decodes, from npm and PyPI, installed once outside the repository. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { encode } from "cbor2";
import { userCacheFolder } from "../../toolchain/paths.mjs";
import { startLinePeer } from "./line-peer.ts";
import { birthMetrics, senmlRecords } from "./decode-cases.ts";

const run = promisify(execFile);

const npmPeers = {
  "cayenne-lpp": "1.0.2",
  "sparkplug-payload": "1.0.3",
  "binary-parser": "2.3.0",
  "cbor-x": "1.6.8",
} as const;
const pyPeer = "pycayennelpp==2.4.0";

export interface Peer {
  /** Package and version. */
  readonly name: string;
  /** Decodes a payload; the values as numbers, texts and booleans in the order of the payload. */
  read(payload: Uint8Array): unknown;
  /** The values of an answer of `read`, to be compared with ours before anything is timed. */
  values(answer: unknown): unknown[];
}

export interface Peers {
  /** By the beginning of a case's name. */
  readonly byCase: Readonly<Record<string, Peer>>;
  /** Payloads that peers have encoded. */
  readonly encoded: { readonly birth: Uint8Array; readonly data: Uint8Array; readonly senmlCbor: Uint8Array };
  /** Messages a second of the Python peer, in a process of its own that lives over all rounds. */
  readonly python: (hex: string, milliseconds: number) => Promise<{ rate: number; values: number[] }>;
  stop(): void;
}

async function installed(): Promise<{ node: string; python: string }> {
  const folder = join(userCacheFolder(), "bench", "decode-peers-1");
  const python = join(folder, "python");
  if (!existsSync(join(folder, "done"))) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: npmPeers }));
    console.log(`installing ${Object.keys(npmPeers).join(", ")}, ${pyPeer} (once) …`);
    await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
    await run("python3", ["-m", "pip", "install", "--quiet", "--target", python, pyPeer]);
    await writeFile(join(folder, "done"), "");
  }
  return { node: folder, python };
}

/** Loads the peers. Rejects where npm or pip can't bring them. */
export async function loadPeers(): Promise<Peers> {
  const { node, python } = await installed();
  const load = createRequire(join(node, "package.json"));
  const lpp = (load("cayenne-lpp") as { decoder: { decode(buffer: Buffer): unknown } }).decoder;
  const sparkplug = (load("sparkplug-payload") as { get(version: string): SparkplugPeer }).get("spBv1.0")!;
  const cbor = load("cbor-x") as { decode(buffer: Buffer): unknown };
  const now = 1_732_530_000_000;
  const metrics = birthMetrics.map((metric, index) => ({ ...metric, alias: index, timestamp: now }));
  const labels: Readonly<Record<string, number>> = { bn: -2, bt: -3, bu: -4, n: 0, v: 2, t: 6 };
  const packed = senmlRecords.map(
    (record) => new Map(Object.entries(record).map(([key, value]) => [labels[key], value])),
  );
  const peer = (name: keyof typeof npmPeers, read: Peer["read"], values: Peer["values"]): Peer => ({
    name: `${name} ${npmPeers[name]}`,
    read,
    values,
  });
  const buffer = (payload: Uint8Array): Buffer =>
    Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  const { ask, stop } = pythonPeer(python);
  return {
    byCase: {
      "Cayenne LPP": peer("cayenne-lpp", (payload) => lpp.decode(buffer(payload)), flatValues),
      "Sparkplug B": peer(
        "sparkplug-payload",
        (payload) => sparkplug.decodePayload(payload),
        (answer) =>
          (answer as { metrics: { value: unknown }[] }).metrics.map(({ value }) => plainNumber(value)),
      ),
      "SenML JSON": {
        name: "JSON.parse alone",
        read: (payload) => JSON.parse(buffer(payload).toString()),
        values: senmlValues,
      },
      "SenML CBOR": peer("cbor-x", (payload) => cbor.decode(buffer(payload)), senmlValues),
      "frame of Muse v3": peer("binary-parser", museParser(load), (answer) =>
        Object.values(answer as object),
      ),
      "frame of 4 IMU": peer("binary-parser", imuParser(load), (answer) =>
        (answer as { samples: object[] }).samples.flatMap((sample) => Object.values(sample)),
      ),
    },
    encoded: {
      birth: sparkplug.encodePayload({ timestamp: now, seq: 0, metrics }),
      data: sparkplug.encodePayload({
        timestamp: now,
        seq: 1,
        metrics: [{ alias: 3, timestamp: now, type: "Double", value: 21.75 }],
      }),
      senmlCbor: encode(packed),
    },
    python: ask,
    stop,
  };
}

interface SparkplugPeer {
  encodePayload(payload: unknown): Uint8Array;
  decodePayload(bytes: Uint8Array): unknown;
}

const plainNumber = (value: unknown): unknown =>
  typeof value === "object" && value !== null ? Number(value) : value;

/** Numbers of nested values, in their order. */
export function flatValues(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [plainNumber(value)];
  if (Array.isArray(value)) return value.flatMap(flatValues);
  const { value: inner } = value as { value?: unknown };
  return inner === undefined ? Object.values(value).flatMap(flatValues) : flatValues(inner);
}

const senmlValues = (answer: unknown): unknown[] =>
  (answer as (Record<string, unknown> | Map<number, unknown>)[]).map((record) =>
    record instanceof Map ? record.get(2) : (record["v"] ?? record["2"]),
  );

interface BinaryParser {
  endianness(order: "little"): BinaryParser;
  seek(bytes: number): BinaryParser;
  int16(name: string, options?: object): BinaryParser;
  uint16(name: string, options?: object): BinaryParser;
  uint8(name: string, options?: object): BinaryParser;
  array(name: string, options: object): BinaryParser;
  parse(buffer: Buffer): unknown;
}

function parserOf(load: NodeJS.Require): new () => BinaryParser {
  return (load("binary-parser") as { Parser: new () => BinaryParser }).Parser;
}

/** The parser of Muse v3's motion values, for the ranges of the bench's frame, with our scales. */
function museParser(load: NodeJS.Require): Peer["read"] {
  const scale = (factor: number) => ({ formatter: (raw: number) => raw * factor });
  const parser = new (parserOf(load))().endianness("little").seek(8);
  const groups = [
    ["gyro", 0.07],
    ["accel", 0.0095712904],
    ["mag", 2.92312189418e-8],
    ["high_g", 0.48052585],
    ["quaternion", 1 / 32767],
  ] as const;
  for (const [name, factor] of groups)
    for (const axis of ["x", "y", "z"]) parser.int16(`${name}_${axis}`, scale(factor));
  return (payload) => parser.parse(payload as Buffer);
}

function imuParser(load: NodeJS.Require): Peer["read"] {
  const Parser = parserOf(load);
  const sample = new Parser().endianness("little");
  for (const axis of ["accel_x", "accel_y", "accel_z"])
    sample.int16(axis, { formatter: (raw: number) => raw / 1_000 });
  for (const axis of ["gyro_x", "gyro_y", "gyro_z"])
    sample.int16(axis, { formatter: (raw: number) => raw / 800 });
  const parser = new Parser().endianness("little").seek(14).array("samples", { type: sample, length: 4 });
  return (payload) => parser.parse(payload as Buffer);
}

const pythonProgram = `
import json, sys, time
sys.path.insert(0, sys.argv[1])
from cayennelpp import LppFrame
for line in sys.stdin:
    digits, milliseconds = line.split()
    payload = bytes.fromhex(digits)
    frame = LppFrame().from_bytes(payload)
    values = [value for data in frame.data for value in data.value]
    start = time.process_time()
    end = start + int(milliseconds) / 1000
    count = 0
    while time.process_time() < end:
        for _ in range(100):
            LppFrame().from_bytes(payload)
        count += 100
    rate = count / (time.process_time() - start)
    print(json.dumps({"rate": rate, "values": values}), flush=True)
`;

function pythonPeer(folder: string): { ask: Peers["python"]; stop: () => void } {
  const peer = startLinePeer("the Python peer", "python3", ["-c", pythonProgram, folder]);
  return {
    ask: async (hex, milliseconds) =>
      JSON.parse(await peer.ask(`${hex} ${milliseconds}`)) as { rate: number; values: number[] },
    stop: () => peer.stop(),
  };
}
