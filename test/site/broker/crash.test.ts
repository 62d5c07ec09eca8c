import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openIngestLog } from "../../../site/log/ingest-log.ts";
import { Keyring } from "../../../site/seal.ts";
import { anyFileHolds } from "../log/support.ts";
import { RawClient, until } from "./support.ts";

let folder: string;
let child: ChildProcess | null;
const key = randomBytes(32);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fieldlake-crash-"));
  child = null;
});
afterEach(async () => {
  child?.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** Starts the process on the folder; resolves with its port. */
async function start(): Promise<number> {
  const program = join(process.cwd(), "test/site/broker/site-process.ts");
  const started = spawn(process.execPath, [program, folder, key.toString("base64")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  child = started;
  return new Promise((resolve, reject) => {
    started.stdout.once("data", (line: Buffer) => resolve(Number(line.toString())));
    started.once("exit", () => reject(new Error("the process ended before it listened")));
  });
}

async function kill(): Promise<void> {
  const ended = new Promise((resolve) => child?.once("exit", resolve));
  child?.kill("SIGKILL");
  await ended;
}

test("kill -9 while messages pour in: whatever was acknowledged is in the log, once or repeated, and nothing is plain", async () => {
  const acknowledged = new Set<string>();
  let messages = 0;
  for (let round = 0; round < 5; round += 1) {
    const port = await start();
    const devices = ["north", "south", "east"];
    const clients = await Promise.all(devices.map((id) => RawClient.session(port, id, { clean: false })));
    const sent = devices.map(() => [] as string[]);
    const timer = setInterval(() => {
      for (const [index, client] of clients.entries()) {
        for (let burst = 0; burst < 200; burst += 1) {
          const text = `secret reading ${(messages += 1)}`;
          const list = sent[index] as string[];
          list.push(text);
          client.publish(`devices/${devices[index]}/telemetry`, text, 1, list.length);
        }
      }
    }, 3);
    const enough = 1000 + 700 * round;
    await until("some PUBACKs", () => clients.every((client) => client.of("puback").length > enough), 20_000);
    await kill();
    clearInterval(timer);
    for (const [index, client] of clients.entries()) {
      for (const { messageId } of client.of("puback")) {
        acknowledged.add(sent[index]?.[(messageId as number) - 1] as string);
      }
      client.vanish();
    }
  }
  expect(await anyFileHolds(folder, "secret reading")).toBe(false);
  const log = await openIngestLog({
    folder: join(folder, "log"),
    rawFolder: join(folder, "raw"),
    keyring: new Keyring(key),
  });
  const stored = new Set<string>();
  const { lag, damaged } = log.stats();
  let count = 0;
  for await (const { arrivals } of log.read(log.start)) {
    for (const { payload } of arrivals) stored.add(Buffer.from(payload).toString());
    count += arrivals.length;
    if (count >= lag) break;
  }
  await log.close();
  expect(damaged).toBe(0);
  expect(acknowledged.size).toBeGreaterThan(5 * 3 * 1000);
  expect([...acknowledged].filter((text) => !stored.has(text))).toEqual([]);
}, 60_000);

test("kill -9 keeps what was promised to a device: its retained status and the messages that wait for it", async () => {
  const port = await start();
  const client = await RawClient.session(port, "north", { clean: false });
  client.subscribe("devices/north/#", 1);
  await client.until("SUBACK", () => client.of("suback").length === 1);
  client.publish("devices/north/status", '{"online":true}', 1, 1, true);
  client.publish("devices/north/events", "unread", 1, 2);
  await client.until("PUBACKs", () => client.of("puback").length === 2);
  await client.until("both messages", () => client.of("publish").length === 2);
  // The session is written within 50 ms of its change.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await kill();
  const again = await RawClient.session(await start(), "north", { clean: false });
  await again.until("both messages", () => again.of("publish").length === 2);
  expect(again.of("connack")[0]?.sessionPresent).toBe(true);
  expect(again.of("publish").map(({ dup }) => dup)).toEqual([true, true]);
  again.subscribe("devices/north/status", 0, 9);
  await again.until("the status", () => again.of("publish").some(({ retain }) => retain));
}, 30_000);
