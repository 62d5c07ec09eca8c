/**
 * Decoding, beside the libraries that a user would pick, in the same run:
 *
 *     node bench/decode.ts [--rounds 7] [--milliseconds 250] [--only LPP]
 *
 * Messages a second of CPU time, so that what else the machine does changes little. The same bytes for all. Before
 * anything is timed, every peer's values are compared with ours. Rounds are interleaved over all contenders. "decode":
 * everything typed and scaled, no row; "rows": from the message with its envelope to rows with identity, time rules and
 * quality, which no peer makes. TS013: the codec of profiles/soil-lorawan; `node bench/codecs.ts` takes any other.
 */
import { deepStrictEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { Frame } from "../functions/core/formats/raw-binary-plan.ts";
import type { SenmlPack } from "../functions/core/formats/senml-resolve.ts";
import { decodeCases, rowsOf, type DecodeCase } from "./support/decode-cases.ts";
import { codecContenders } from "./support/codec-contenders.ts";
import { flatValues, loadPeers, type Peers } from "./support/decode-peers.ts";
import { median } from "./support/median.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    milliseconds: { type: "string", default: "250" },
    only: { type: "string", default: "" },
  },
});
const rounds = Number(values.rounds);
const milliseconds = Number(values.milliseconds);

interface Contender {
  readonly test: string;
  readonly name: string;
  /** Messages a second of CPU, over so many milliseconds of it. */
  measure(milliseconds: number): number | Promise<number>;
  readonly rates: number[];
}

/** What is measured has to be looked at, or a compiler may leave it out. */
let looked = 0;

/** Milliseconds of CPU since a mark, of all threads: the garbage collector's too, and nobody else's on the machine. */
function cpu(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
}

function loop(once: () => unknown): (milliseconds: number) => number {
  return (duration) => {
    const start = process.cpuUsage();
    let count = 0;
    let elapsed = 0;
    do {
      for (let index = 0; index < 500; index++) if (once() !== undefined) looked++;
      count += 500;
      elapsed = cpu(start);
    } while (elapsed < duration);
    return (count / elapsed) * 1_000;
  };
}

/** Our values of a case, as a peer would list them. */
function ourValues({ name, payload, read }: DecodeCase): unknown[] {
  const answer = read(payload);
  if (name.startsWith("SenML")) return (answer as SenmlPack).records.map(({ value }) => value);
  if (name.startsWith("frame of 4")) return (answer as Frame).samples.flat();
  if (name.startsWith("frame of Muse")) return (answer as Frame).fields.slice(4, 19);
  return flatValues(answer);
}

function near(ours: readonly unknown[], theirs: readonly unknown[], who: string): void {
  const rounded = (value: unknown): unknown =>
    typeof value === "number" ? Number(value.toPrecision(7)) : value;
  deepStrictEqual(theirs.map(rounded), ours.map(rounded), `${who} reads other values`);
}

async function contendersOf(cases: readonly DecodeCase[], peers: Peers): Promise<Contender[]> {
  const { decoder, messages } = rowsOf(cases);
  const all: Contender[] = [];
  for (const [index, one] of cases.entries()) {
    const { name: test, payload, read } = one;
    const add = (name: string, measure: Contender["measure"]) => all.push({ test, name, measure, rates: [] });
    const ours = ourValues(one);
    add(
      "Fieldlake, decode",
      loop(() => read(payload)),
    );
    const batch = [messages[index]!];
    add(
      "Fieldlake, rows",
      loop(() => decoder.decode(batch)),
    );
    const [, peer] = Object.entries(peers.byCase).find(([begin]) => test.startsWith(begin)) ?? [];
    if (peer) {
      near(ours, peer.values(peer.read(payload)), peer.name);
      add(
        peer.name,
        loop(() => peer.read(payload)),
      );
    }
    if (test.startsWith("Cayenne")) {
      const hex = Buffer.from(payload).toString("hex");
      near(ours, (await peers.python(hex, 10)).values, "pycayennelpp");
      add("pycayennelpp 2.4.0 (Python)", async (duration) => (await peers.python(hex, duration)).rate);
    }
  }
  return all;
}

const codecTest = "TS013 codec, 19 B";
const soil = new URL("../profiles/soil-lorawan/codec.js", import.meta.url);

async function codecs(): Promise<{ contenders: Contender[]; stop(): void }> {
  if (!codecTest.includes(values.only)) return { contenders: [], stop: () => undefined };
  const bytes = Uint8Array.from(Buffer.from("010c800bb804d20fa0ff380bb804d20fa0ff38", "hex"));
  const made = await codecContenders({ code: readFileSync(soil, "utf8"), bytes, fPort: 2 });
  return {
    contenders: made.contenders.map((one) => ({ ...one, test: codecTest, rates: [] })),
    stop: made.stop,
  };
}

const text = (rate: number): string =>
  rate >= 1e6
    ? `${(rate / 1e6).toFixed(2)} M`
    : rate >= 1e3
      ? `${(rate / 1e3).toFixed(rate >= 1e5 ? 0 : 1)} k`
      : rate.toFixed(0);
const sorted = (rates: readonly number[]): number[] => [...rates].sort((one, other) => one - other);

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`,
);
const peers = await loadPeers();
const codecPeers = await codecs();
try {
  const cases = (await decodeCases(peers.encoded)).filter(({ name }) => name.includes(values.only));
  const contenders = [...(await contendersOf(cases, peers)), ...codecPeers.contenders];
  for (const { measure } of contenders) await measure(150);
  for (let round = 0; round < rounds; round++)
    for (const { measure, rates } of contenders) rates.push(await measure(milliseconds));
  for (const test of new Set(contenders.map((one) => one.test))) {
    console.log(`\n${test}`);
    const here = contenders.filter((one) => one.test === test);
    const best = Math.max(
      ...here.filter(({ name }) => !name.startsWith("Fieldlake")).map(({ rates }) => median(rates)),
    );
    for (const { name, rates } of here) {
      const ordered = sorted(rates);
      const ratio = Number.isFinite(best) ? `${(median(rates) / best).toFixed(2)} × the best peer` : "";
      console.log(
        `  ${name.padEnd(36)} ${text(median(rates)).padStart(8)}/s  (${text(ordered[0]!)} to ${text(ordered.at(-1)!)})  ${ratio}`,
      );
    }
  }
  console.log(`\nload at the end ${loadavg()[0]?.toFixed(1)}; ${looked} answers looked at`);
} finally {
  peers.stop();
  codecPeers.stop();
}
