/**
 * Mutated packets by the million at the broker while a device publishes:
 *
 *     node test/soak/packets.ts [--packets 1000000] [--seed 1]
 *
 * The same seed sends the same packets. Ends with 1 where a connection ended for another reason than the protocol's or
 * the policy's, the device waited too long, a message of it is missing or doubled, or memory grew.
 */
import { parseArgs } from "node:util";
import { attack } from "../site/broker/mutations.ts";
import { Bench, GoodClient, RawClient, until } from "../site/broker/support.ts";

/** Longest wait of the device for a PUBACK, milliseconds. */
const patience = 2000;
/** Growth of the process, attackers included, bytes. */
const mostGrowth = 200e6;
const sampleMs = 200;

const { values } = parseArgs({
  options: { packets: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
});
const packets = Number(values.packets);
const seed = Number(values.seed);

const bench = await Bench.make();
const log = await bench.log({}, false);
/** Payloads of the device, in the order of the log. */
const stored: string[] = [];
void collect();
const broker = await bench.plain({ log });
const device = new GoodClient(await RawClient.session(broker.port, "good"), "good");
// The attackers' code is warm before memory is looked at.
await attack({ port: broker.port, packets: 20_000, seed: seed - 1 });
const before = process.memoryUsage().rss;
let peak = before;
const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), sampleMs);
const started = Date.now();
let sent = 0;
await attack({ port: broker.port, packets, seed, sent: () => tell((sent += 1)) });
clearInterval(sampler);
const seconds = (Date.now() - started) / 1000;
const { sent: published, slowest } = await device.finish();
await until("the device's records", () => stored.length >= published);
const { refused } = broker.stats();
await bench.remove();

console.log(`seed ${seed}: ${packets} packets in ${seconds.toFixed(0)} s`);
for (const [reason, count] of Object.entries(refused).sort(([, a], [, b]) => b - a)) {
  console.log(`  ${String(count).padStart(8)}  ${reason}`);
}
console.log(`device: ${published} messages, each stored once; longest wait for a PUBACK ${slowest} ms`);
console.log(`memory: ${mebibytes(before)} before, ${mebibytes(peak)} at the peak`);
const faults: readonly [boolean, string][] = [
  [refused["internal error"] !== undefined, "a packet led to an internal error"],
  [slowest > patience, `the device waited more than ${patience} ms`],
  [
    stored.some((text, index) => text !== `good ${index + 1}`),
    "the log does not hold each message of the device once",
  ],
  [peak - before > mostGrowth, `memory grew by more than ${mebibytes(mostGrowth)}`],
];
for (const [isFault, what] of faults) if (isFault) console.error(`FAILED: ${what}`);
process.exit(faults.some(([isFault]) => isFault) ? 1 : 0);

async function collect(): Promise<void> {
  for await (const { arrivals } of log.read(log.start)) {
    for (const { deviceId, payload } of arrivals) {
      if (deviceId === "good") stored.push(Buffer.from(payload).toString());
    }
  }
}

function tell(count: number): void {
  if (count % 100_000 === 0) console.log(`  ${count} sent`);
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
