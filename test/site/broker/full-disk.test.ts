import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { FaultyDisk } from "../log/support.ts";
import { Bench, RawClient, until } from "./support.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.make();
});
afterEach(() => bench.remove());

test("a disk that is full again and again: devices send again, nothing acknowledged is lost, and all of it arrives", async () => {
  const disk = new FaultyDisk();
  const broker = await bench.plain({ log: await bench.log({ openFile: disk.openFile }) });
  const toggle = setInterval(() => {
    disk.fault = disk.fault === null ? { call: "writev", code: "ENOSPC" } : null;
  }, 15);
  const acknowledged: string[] = [];
  /** Sends its messages, ten at a time, until each is acknowledged; connects again whenever it is sent away. */
  const device = async (id: string): Promise<void> => {
    let next = 1;
    while (next <= 600) {
      const client = await RawClient.session(broker.port, id).catch(() => null);
      while (client !== null && !client.isClosed && next <= 600) {
        const batch = Array.from({ length: Math.min(10, 601 - next) }, (_, index) => next + index);
        const before = client.of("puback").length;
        for (const number of batch) client.publish(`devices/${id}/telemetry`, `${id} ${number}`, 1, number);
        await until(
          "PUBACKs or the end",
          () => client.isClosed || client.of("puback").length === before + batch.length,
        );
        const acks = client.of("puback").slice(before);
        for (const { messageId } of acks) acknowledged.push(`${id} ${messageId}`);
        next += acks.length;
      }
      client?.vanish();
    }
  };
  await Promise.all(["north", "south", "east"].map(device));
  clearInterval(toggle);
  const stored = (): Set<string> =>
    new Set(bench.arrivals.map(({ payload }) => Buffer.from(payload).toString()));
  await until("all of it", () => stored().size === 1800);
  expect(acknowledged).toHaveLength(1800);
  expect(acknowledged.filter((text) => !stored().has(text))).toEqual([]);
  expect(broker.stats().refused["log full"]).toBeGreaterThan(3);
}, 60_000);

test("a retained status is acknowledged only when it is retained on disk as well", async () => {
  const stateDisk = new FaultyDisk();
  const broker = await bench.plain({ log: await bench.log(), openStateFile: stateDisk.openFile });
  const client = await RawClient.session(broker.port, "a");
  stateDisk.fault = { call: "writev", code: "ENOSPC" };
  client.publish("devices/a/status", '{"online":true}', 1, 1, true);
  await client.closed();
  expect(client.of("puback")).toEqual([]);
  expect(broker.stats().refused).toEqual({ "log full": 1 });
  stateDisk.fault = null;
  const again = await RawClient.session(broker.port, "a");
  again.publish("devices/a/status", '{"online":true}', 1, 1, true);
  await again.until("PUBACK", () => again.of("puback").length === 1);
});
