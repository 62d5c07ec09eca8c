import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Packet } from "mqtt-packet";
import type { PlainBroker } from "../../../site/broker/plain.ts";
import type { SegmentLog } from "../../../site/log/ingest-log.ts";
import { FaultyDisk } from "../log/support.ts";
import { Bench, RawClient, until } from "./support.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.make();
});
afterEach(() => bench.remove());

const telemetry = "devices/a/telemetry";

describe("publishing", () => {
  test("QoS 0 and 1 reach the log with device, channel and time; PUBACKs come in order", async () => {
    const broker = await bench.plain({ log: await bench.log() });
    const client = await RawClient.session(broker.port, "a");
    const before = Date.now() * 1000;
    for (let id = 1; id <= 50; id += 1) client.publish(`${telemetry}/s${id % 3}`, `m${id}`, 1, id);
    client.publish("devices/a/events", "fire and forget");
    await client.until("50 PUBACKs", () => client.of("puback").length === 50);
    expect(client.of("puback").map(({ messageId }) => messageId)).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
    await until("51 records", () => bench.arrivals.length === 51);
    expect(bench.texts.slice(0, 2)).toEqual(["telemetry/s1: m1", "telemetry/s2: m2"]);
    expect(bench.texts[50]).toBe("events: fire and forget");
    for (const { deviceId, receivedAt } of bench.arrivals) {
      expect(deviceId).toBe("a");
      expect(receivedAt).toBeGreaterThanOrEqual(before);
      expect(receivedAt).toBeLessThanOrEqual(Date.now() * 1000);
    }
    expect(broker.stats()).toMatchObject({ connected: 1, accepted: 1, published: 51 });
  });

  test("QoS 2 is taken once, however often it is sent before its release", async () => {
    const broker = await bench.plain({ log: await bench.log() });
    const client = await RawClient.session(broker.port, "a", { clean: false });
    client.publish(telemetry, "once", 2, 5);
    await client.until("PUBREC", () => client.of("pubrec").length === 1);
    client.publish(telemetry, "once", 2, 5);
    await client.until("another PUBREC", () => client.of("pubrec").length === 2);
    client.vanish();
    const again = await RawClient.session(broker.port, "a", { clean: false });
    again.publish(telemetry, "once", 2, 5);
    await again.until("PUBREC", () => again.of("pubrec").length === 1);
    again.send({ cmd: "pubrel", messageId: 5 });
    await again.until("PUBCOMP", () => again.of("pubcomp").length === 1);
    again.publish(telemetry, "twice", 2, 5);
    await again.until("PUBREC", () => again.of("pubrec").length === 2);
    await until("both messages", () => bench.arrivals.length === 2);
    expect(bench.texts).toEqual(["telemetry: once", "telemetry: twice"]);
  });

  test("unfinished QoS 2 messages are bounded", async () => {
    const broker = await bench.plain({ log: await bench.log() });
    const client = await RawClient.session(broker.port, "a");
    for (let id = 1; id <= 1001; id += 1) client.publish(telemetry, "x", 2, id);
    await client.closed();
    expect(broker.stats().refused).toEqual({ "too many unfinished QoS 2 messages": 1 });
  });

  const forbidden: readonly [string, string, boolean][] = [
    ["publish not allowed", "devices/b/telemetry", false],
    ["publish not allowed", "devices/a/secrets", false],
    ["publish not allowed", "elsewhere", false],
    ["retain not allowed", telemetry, true],
    ["malformed packet", "devices/a/+", false],
    ["text is not UTF-8", "devices/a/\0", false],
  ];
  test.each(forbidden)("%s: %j ends the connection, unacknowledged", async (refusal, topic, retain) => {
    const broker = await bench.plain({ log: await bench.log() });
    const client = await RawClient.session(broker.port, "a");
    client.publish(telemetry, "good", 1, 1);
    await client.until("PUBACK", () => client.of("puback").length === 1);
    const name = Buffer.from(topic);
    const body = Buffer.concat([
      Buffer.from([0, name.length]),
      name,
      Buffer.from([0, 2]),
      Buffer.from("bad"),
    ]);
    client.write(Buffer.concat([Buffer.from([retain ? 0x33 : 0x32, body.length]), body]));
    await client.closed();
    expect(client.of("puback")).toHaveLength(1);
    expect(broker.stats().refused).toEqual({ [refusal]: 1 });
    expect(bench.texts).toEqual(["telemetry: good"]);
  });

  test("a payload at the cap is taken, one byte more is not", async () => {
    const broker = await bench.plain({ log: await bench.log(), limits: { maxPayload: 1000 } });
    const client = await RawClient.session(broker.port, "a");
    client.publish(telemetry, Buffer.alloc(1000, 1), 1, 1);
    await client.until("PUBACK", () => client.of("puback").length === 1);
    client.publish(telemetry, Buffer.alloc(1001, 1), 1, 2);
    await client.closed();
    expect(broker.stats().refused).toEqual({ "payload over the cap": 1 });
    expect(bench.arrivals.map(({ payload }) => payload.length)).toEqual([1000]);
  });
});

describe("acknowledged means on disk", () => {
  /** A broker on a disk that can be made to fail. */
  async function withDisk(): Promise<{ disk: FaultyDisk; log: SegmentLog; broker: PlainBroker }> {
    const disk = new FaultyDisk();
    const log = await bench.log({ openFile: disk.openFile });
    return { disk, log, broker: await bench.plain({ log }) };
  }

  test.each([
    ["log full", "ENOSPC"],
    ["log failed", "EIO"],
  ])(
    "%s: no PUBACK, the connection ends, and the message is taken when the device sends it again",
    async (refusal, code) => {
      const { disk, broker } = await withDisk();
      const client = await RawClient.session(broker.port, "a");
      client.publish(telemetry, "1", 1, 1);
      await client.until("PUBACK", () => client.of("puback").length === 1);
      disk.fault = { call: "writev", code };
      client.publish(telemetry, "2", 1, 2);
      await client.closed();
      expect(client.of("puback")).toHaveLength(1);
      disk.fault = null;
      const again = await RawClient.session(broker.port, "a");
      again.publish(telemetry, "2", 1, 2);
      await again.until("PUBACK", () => again.of("puback").length === 1);
      expect(bench.texts).toEqual(["telemetry: 1", "telemetry: 2"]);
      expect(broker.stats()).toMatchObject({ refused: { [refusal]: 1 }, published: 2 });
    },
  );

  test("the PUBACK waits for the sync", async () => {
    const { disk, broker } = await withDisk();
    const client = await RawClient.session(broker.port, "a");
    const sync = disk.holdSyncs();
    client.publish(telemetry, "held", 1, 1);
    await until("a sync to be asked for", () => sync.asked > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(client.of("puback")).toHaveLength(0);
    sync.letGo();
    await client.until("PUBACK", () => client.of("puback").length === 1);
  });

  test("a subscription waits for what its client retained before", async () => {
    const { disk, broker } = await withDisk();
    const client = await RawClient.session(broker.port, "a");
    const status = "devices/a/status";
    const sync = disk.holdSyncs();
    client.publish(status, "here", 0, 0, true);
    client.subscribe(status);
    client.send({ cmd: "pingreq" });
    await until("a sync to be asked for", () => sync.asked > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(client.received.map(({ cmd }) => cmd)).toEqual(["connack"]);
    sync.letGo();
    await client.until("PINGRESP", () => client.of("pingresp").length === 1);
    expect(client.received.map(({ cmd }) => cmd)).toEqual(["connack", "suback", "publish", "pingresp"]);
    expect(client.of("publish")).toMatchObject([{ retain: true }]);
    client.publish(status, "", 0, 0, true);
    client.subscribe(status);
    client.send({ cmd: "pingreq" });
    await client.until("PINGRESP", () => client.of("pingresp").length === 2);
    expect(client.messages).toEqual([`${status}: here`, `${status}: `]);
  });

  test("while the consumer is behind the sockets are not read, and memory does not grow with what they hold", async () => {
    const log = await bench.log({ limits: { backlogBytes: 200_000 } }, false);
    const broker = await bench.plain({ log });
    const client = await RawClient.session(broker.port, "a");
    const payload = Buffer.alloc(1000, 7);
    const count = 5000;
    for (let id = 1; id <= count; id += 1) client.publish(telemetry, payload, 1, id);
    await until("the log to be congested", () => log.congested);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const early = client.of("puback").length;
    expect(early).toBeGreaterThan(0);
    expect(early).toBeLessThan(1500);
    void bench.collect(log);
    await client.until("every PUBACK", () => client.of("puback").length === count);
    await until("every record", () => bench.arrivals.length === count);
  });

  test("a device that is too fast is slowed, and loses nothing", async () => {
    const broker = await bench.plain({ log: await bench.log(), limits: { messagesPerSecond: 200 } });
    const client = await RawClient.session(broker.port, "a");
    const start = Date.now();
    for (let id = 1; id <= 500; id += 1) client.publish(telemetry, `${id}`, 1, id);
    client.send({ cmd: "pingreq" });
    await client.until("every PUBACK", () => client.of("puback").length === 500);
    // 200 at once, 300 more at 200 a second.
    expect(Date.now() - start).toBeGreaterThan(1300);
    await client.until("PINGRESP", () => client.of("pingresp").length === 1);
  });

  test.each<[string, Packet, Packet["cmd"]]>([
    ["PINGREQ", { cmd: "pingreq" }, "pingresp"],
    [
      "SUBSCRIBE",
      { cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "devices/a/#", qos: 0 }] },
      "suback",
    ],
    ["UNSUBSCRIBE", { cmd: "unsubscribe", messageId: 1, unsubscriptions: ["devices/a/#"] }, "unsuback"],
    ["PUBREL", { cmd: "pubrel", messageId: 1 }, "pubcomp"],
  ])("so is one that floods with %s", async (_name, packet, answer) => {
    const broker = await bench.plain({ log: await bench.log(), limits: { messagesPerSecond: 200 } });
    const client = await RawClient.session(broker.port, "a");
    const start = Date.now();
    client.send(...Array.from({ length: 300 }, () => packet));
    await client.until("every answer", () => client.of(answer).length === 300);
    expect(Date.now() - start).toBeGreaterThan(400);
  });
});
