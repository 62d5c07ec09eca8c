/**
 * Hostile payloads through every format, millions of them:
 *
 *     npm run fuzz -- [--inputs 10000000] [--seed 1]
 *
 * Nothing may throw, no row may be invalid, every refusal has a reason of the closed list, the same input gives the same
 * rows again, and none takes long. The seed reproduces the run; a failure prints seed, number and bytes.
 */
import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createDecoder } from "../../functions/core/decoder.ts";
import type { Decoded, Lane, Message } from "../../functions/core/model.ts";
import { nodePorts } from "../../functions/platform.ts";
import { fuzzTargets, hostile, Random } from "./inputs.ts";
import { broken } from "./invariants.ts";

/** Milliseconds of CPU that no input may take. */
const longest = 250;

export interface FuzzReport {
  readonly inputs: number;
  readonly rows: number;
  readonly quarantined: number;
  /** By reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Milliseconds of the slowest input. */
  readonly slowest: number;
}

/** Throws an Error that reproduces the first input for which something does not hold. */
export async function fuzz(
  inputs: number,
  seed: number,
  progress: (done: number) => void,
): Promise<FuzzReport> {
  const targets = await fuzzTargets();
  const decoders = targets.map(({ profile }) =>
    createDecoder([profile], [{ devices: "*", channel: "*", profile: profile.name }], nodePorts),
  );
  const random = new Random(seed);
  const reasons: Record<string, number> = {};
  let [rows, quarantined, slowest] = [0, 0, 0];
  for (let number = 0; number < inputs; number++) {
    const which = number % targets.length;
    const { profile, seeds } = targets[which]!;
    const { payload, channel } = hostile(seeds, random);
    const lane: Lane = random.below(4) === 0 ? "offline" : "live";
    const message: Message = {
      tenant: "fuzz",
      deviceId: `d${random.below(3)}`,
      channel,
      payload,
      receivedAt: 1_732_530_005_000_000,
      position: `fuzz:${number}`,
      lane,
    };
    const complain = (what: string): never => {
      const bytes = Buffer.from(payload).toString("hex");
      throw new Error(
        `seed ${seed}, input ${number}, profile ${profile.name}, ${channel}: ${what}\n${bytes}`,
      );
    };
    const start = performance.now();
    let decoded: Decoded;
    try {
      decoded = decoders[which]!.decode([message]);
    } catch (thrown) {
      return complain(`threw ${String(thrown)}`);
    }
    const took = performance.now() - start;
    const what = broken(decoded);
    if (what !== null) complain(what);
    // A busy machine may stop this process: only what takes long twice takes long.
    if (took > longest && again(() => decoders[which]!.decode([message])) > longest)
      complain(`took ${took} ms`);
    slowest = Math.max(slowest, took > longest ? 0 : took);
    if (
      number % 64 === 0 &&
      !isSame(decoded, decoders[which]!.decode([message])) &&
      profile.format !== "sparkplug-b"
    )
      complain("gives other rows the second time");
    rows += decoded.readings.length + decoded.frames.length;
    quarantined += decoded.quarantined.length;
    for (const { reason } of decoded.quarantined) reasons[reason] = (reasons[reason] ?? 0) + 1;
    // As between the batches of a host: what Node frees with its event loop is freed.
    if (number % 1_000 === 999) await setImmediate();
    if (number % 100_000 === 99_999) progress(number + 1);
  }
  return { inputs, rows, quarantined, reasons, slowest };
}

function again(decode: () => unknown): number {
  const start = process.cpuUsage();
  decode();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

function isSame(one: Decoded, other: Decoded): boolean {
  const text = ({ readings, frames, quarantined }: Decoded): string =>
    JSON.stringify(
      [readings, frames, quarantined.map(({ reason, detail, msgId }) => [reason, detail, msgId])],
      (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value),
    );
  return text(one) === text(other);
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: { inputs: { type: "string", default: "10000000" }, seed: { type: "string", default: "1" } },
  });
  const start = process.cpuUsage();
  const report = await fuzz(Number(values.inputs), Number(values.seed), (done) => {
    if (done % 1_000_000 === 0)
      console.log(`${done} inputs, ${Math.round(process.memoryUsage().rss / 1e6)} MB`);
  });
  const { user, system } = process.cpuUsage(start);
  console.log(
    `seed ${values.seed}: ${JSON.stringify(report)}; ${Math.round((user + system) / 1e6)} s of CPU`,
  );
}
