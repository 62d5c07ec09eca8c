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
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { codecContenders } from "./support/codec-contenders.ts";
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
const peers = await codecContenders({ code, bytes, fPort: Number(values.port) });

const contenders = peers.contenders.map((one) => ({ ...one, rates: [] as number[] }));

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
  peers.stop();
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
console.log(`load at the end ${loadavg()[0]?.toFixed(1)}; ${peers.looked()} looked at`);
