/**
 * TS013 codecs: ours in the sandbox, one uplink or many at a crossing, and trusted; beside goja in Go, which The Things Stack
 * runs them in, and QuickJS without a sandbox's care.
 *
 *     node bench/codecs.ts [--rounds 7] [--milliseconds 250] [--codec FILE --hex DIGITS --port 1]
 *
 * Uplinks a second of CPU time of all threads, so that what else the machine does changes little. The same codec and bytes
 * for all. Before anything is timed, what each peer returns is compared with ours. Rounds are interleaved. "rows": from
 * messages to rows, which no peer makes. Without --codec it is the codec of profiles/soil-lorawan.
 */
import { deepStrictEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import variant from "@jitl/quickjs-wasmfile-release-sync";
import { newQuickJSWASMModuleFromVariant, type QuickJSSyncVariant } from "quickjs-emscripten-core";
import { sandbox } from "../functions/codecs/part.ts";
import { createDecoder } from "../functions/core/decoder.ts";
import { readMarked } from "../functions/core/formats/codec-sandbox.ts";
import { trustedCodec } from "../functions/core/formats/ts013-trusted.ts";
import type { Message } from "../functions/core/model.ts";
import type { Ts013Profile } from "../functions/core/profiles/profile.ts";
import { nodePorts } from "../functions/platform.ts";
import { startCodecPeer } from "./support/codec-peer.ts";
import { median } from "./support/median.ts";

const soil = new URL("../profiles/soil-lorawan/codec.js", import.meta.url);
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    milliseconds: { type: "string", default: "250" },
    codec: { type: "string" },
    hex: { type: "string", default: "010c800bb804d20fa0ff380bb804d20fa0ff38" },
    port: { type: "string", default: "2" },
  },
});
const code = readFileSync(values.codec ?? soil, "utf8");
const bytes = Uint8Array.from(Buffer.from(values.hex, "hex"));
const [fPort, time] = [Number(values.port), Date.UTC(2024, 10, 25)];

interface Contender {
  readonly name: string;
  /** Uplinks a second of CPU, over so many milliseconds of it. */
  measure(milliseconds: number): number | Promise<number>;
  readonly rates: number[];
}

/** What is measured has to be looked at, or a compiler may leave it out. */
let looked = 0;

function loop(count: number, once: () => { readonly length: number }): (milliseconds: number) => number {
  return (duration) => {
    const start = process.cpuUsage();
    let [done, elapsed] = [0, 0];
    do {
      looked += once().length;
      done += count;
      const { user, system } = process.cpuUsage(start);
      elapsed = (user + system) / 1_000;
    } while (elapsed < duration);
    return (done / elapsed) * 1_000;
  };
}

const call = { source: "bench", input: `[[${bytes.join()}],${fPort},${time}]` };
const calls = Array.from({ length: 100 }, () => call);
const { data } = readMarked(sandbox.run(code, [call])[0]!.text);
const profile = (trusted: boolean): Ts013Profile => ({
  ...{ name: "bench", version: "1", description: "bench", format: "ts013" },
  ...{ fPort, codec: { code, sha256: "", trusted }, fields: [], others: "readings" },
});
const messages = calls.map((_, place): Message => ({
  ...{ tenant: "bench", deviceId: "bench", channel: "telemetry", payload: bytes, lane: "live" },
  ...{ receivedAt: time * 1_000, position: `0:${place}` },
}));
const rows = (trusted: boolean) => {
  const bindings = [{ devices: "*", profile: "bench" }];
  const decoder = createDecoder([profile(trusted)], bindings, nodePorts);
  return loop(messages.length, () => decoder.decode(messages).readings);
};

/** QuickJS with the codec loaded once: input as text, output as text, on this thread, no limits. */
async function plainQuickJs(): Promise<() => string> {
  const module = await newQuickJSWASMModuleFromVariant(variant as unknown as QuickJSSyncVariant);
  const context = module.newContext();
  const run = context.unwrapResult(
    context.evalCode(`${code}
      ;(function (text) { var given = JSON.parse(text); return JSON.stringify(
        decodeUplink({ bytes: given[0], fPort: given[1], recvTime: new Date(given[2]) })); })`),
  );
  return () => {
    using input = context.newString(call.input);
    using result = context.unwrapResult(context.callFunction(run, context.undefined, input));
    return context.getString(result);
  };
}

const trusted = trustedCodec(code);
const uplink = { bytes, fPort, time: null, device: null, sequence: null };
const quickJs = await plainQuickJs();
const goja = await startCodecPeer();
const ask = (fresh: boolean, milliseconds: number) =>
  goja.ask({ code, bytes: [...bytes], fPort, time, fresh, milliseconds });
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
deepStrictEqual(plain(trusted(uplink, time).data), plain(data), "trusted");
deepStrictEqual((JSON.parse(quickJs()) as { data: unknown }).data, plain(data), "QuickJS");
deepStrictEqual(((await ask(true, 1)).result as { data: unknown }).data, plain(data), "goja");

const contenders: Contender[] = [
  ["Fieldlake, sandbox, 1 a crossing", loop(1, () => sandbox.run(code, [call]))],
  ["Fieldlake, sandbox, 100 a crossing", loop(calls.length, () => sandbox.run(code, calls))],
  ["Fieldlake, trusted", loop(1, () => trusted(uplink, time).warnings)],
  ["Fieldlake, sandbox, rows", rows(false)],
  ["Fieldlake, trusted, rows", rows(true)],
  ["goja, a new VM each", async (duration: number) => (await ask(true, duration)).rate],
  ["goja, one VM kept", async (duration: number) => (await ask(false, duration)).rate],
  ["QuickJS, one context kept", loop(1, quickJs)],
].map(([name, measure]) => ({ name, measure, rates: [] }) as unknown as Contender);

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`,
);
console.log(
  `${values.codec ?? "profiles/soil-lorawan/codec.js"}, ${code.length} characters, ${bytes.length} bytes`,
);
try {
  for (const { measure } of contenders) await measure(150);
  for (let round = 0; round < Number(values.rounds); round++)
    for (const { measure, rates } of contenders) rates.push(await measure(Number(values.milliseconds)));
} finally {
  goja.stop();
}
const sorted = (rates: readonly number[]): number[] => rates.toSorted((one, other) => one - other);
const text = (rate: number): string => `${(rate / 1_000).toFixed(rate >= 1e5 ? 0 : 1)} k`;
const anchor = median(contenders.find(({ name }) => name.startsWith("goja, a new"))!.rates);
for (const { name, rates } of contenders) {
  const [least = NaN] = sorted(rates);
  const ratio = `${(median(rates) / anchor).toFixed(2)} × goja with a new VM each`;
  console.log(
    `  ${name.padEnd(36)} ${text(median(rates)).padStart(8)}/s  (${text(least)} to ${text(sorted(rates).at(-1)!)})  ${ratio}`,
  );
}
console.log(`load at the end ${loadavg()[0]?.toFixed(1)}; ${looked} looked at`);
