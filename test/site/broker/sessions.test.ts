import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { PlainBroker } from "../../../site/broker/plain.ts";
import { Bench, RawClient, until } from "./support.ts";

let bench: Bench;
let broker: PlainBroker;
beforeEach(async () => {
  bench = await Bench.make();
  broker = await bench.plain({ log: await bench.log(), limits: { returnSeconds: 1, idleSeconds: 3 } });
});
afterEach(() => bench.remove());

const own = "devices/a/#";
const command = {
  topic: "devices/a/commands/reboot",
  payload: Buffer.from("now"),
  qos: 1,
  retain: false,
} as const;

async function subscribed(filter: string, qos: 0 | 1 | 2, clean = true): Promise<RawClient> {
  const client = await RawClient.session(broker.port, "a", { clean });
  client.subscribe(filter, qos);
  await client.until("SUBACK", () => client.of("suback").length === 1);
  return client;
}

/** The broker on what the last one left on disk. */
async function restarted(): Promise<void> {
  const { log } = broker.core;
  await broker.stop();
  broker = await bench.plain({ log, limits: { returnSeconds: 1 } });
}

describe("subscriptions", () => {
  test("own topics are granted with QoS 1 at most, others refused with 0x80", async () => {
    const client = await RawClient.session(broker.port, "a");
    const subscriptions = [own, "devices/b/#", "#", "devices/a/status"].map((topic) => ({
      topic,
      qos: 2 as const,
    }));
    client.send({ cmd: "subscribe", messageId: 3, subscriptions });
    await client.until("SUBACK", () => client.of("suback").length === 1);
    expect(client.of("suback")[0]).toMatchObject({ messageId: 3, granted: [1, 128, 128, 1] });
    expect(broker.stats().refused).toEqual({ "subscription not allowed": 2 });
  });

  test("a message comes once whatever overlaps, with the lower of both QoS, without the retain flag", async () => {
    const client = await RawClient.session(broker.port, "a");
    client.subscribe(own, 0, 1);
    client.subscribe("devices/a/status", 1, 2);
    client.publish("devices/a/status", "{}", 1, 9, true);
    client.publish("devices/a/events", "e", 1, 10);
    await client.until("both", () => client.of("publish").length === 2);
    expect(client.of("publish")).toMatchObject([
      { topic: "devices/a/status", qos: 1, retain: false, dup: false },
      { topic: "devices/a/events", qos: 0 },
    ]);
  });

  test("UNSUBSCRIBE is answered and ends it, whether there was one or not", async () => {
    const client = await subscribed(own, 1);
    client.send({ cmd: "unsubscribe", messageId: 4, unsubscriptions: [own, "devices/a/other"] });
    client.publish("devices/a/events", "e", 1, 10);
    await client.until("PUBACK", () => client.of("puback").length === 1);
    expect(client.of("unsuback")).toMatchObject([{ messageId: 4 }]);
    expect(client.messages).toEqual([]);
  });

  test("no more than 50 for a session", async () => {
    const client = await RawClient.session(broker.port, "a");
    const subscriptions = Array.from({ length: 52 }, (_, i) => ({
      topic: `devices/a/x${i}`,
      qos: 0 as const,
    }));
    client.send({ cmd: "subscribe", messageId: 3, subscriptions });
    await client.until("SUBACK", () => client.of("suback").length === 1);
    expect(client.of("suback")[0]?.granted.slice(48)).toEqual([0, 0, 128, 128]);
  });
});

describe("retained status", () => {
  test("comes with the subscription, marked; an empty one removes it; the fleet shows what it says", async () => {
    const client = await RawClient.session(broker.port, "a");
    client.publish("devices/a/status", '{"online":true}', 1, 1, true);
    await client.until("PUBACK", () => client.of("puback").length === 1);
    client.subscribe(own, 1);
    await client.until("the status", () => client.of("publish").length === 1);
    expect(client.of("publish")[0]).toMatchObject({ retain: true, qos: 1, topic: "devices/a/status" });
    expect(broker.devices()).toMatchObject([{ deviceId: "a", connected: true, online: true }]);
    client.publish("devices/a/status", "", 1, 2, true);
    await client.until("PUBACK", () => client.of("puback").length === 2);
    client.subscribe("devices/a/status", 1, 5);
    client.send({ cmd: "pingreq" });
    await client.until("PINGRESP", () => client.of("pingresp").length === 1);
    expect(client.of("publish").filter(({ retain }) => retain)).toHaveLength(1);
    expect(broker.devices()).toMatchObject([{ online: null }]);
  });

  test("survives a restart, sealed", async () => {
    const client = await RawClient.session(broker.port, "a");
    client.publish("devices/a/status", '{"online":true}', 0, 0, true);
    client.publish("devices/a/events", "e", 1, 1);
    await client.until("PUBACK", () => client.of("puback").length === 1);
    client.send({ cmd: "disconnect" });
    await client.closed();
    await restarted();
    expect(broker.devices()).toMatchObject([{ deviceId: "a", connected: false, online: true }]);
    expect(broker.devices()[0]?.lastSeen).toBeGreaterThan(0);
    const again = await subscribed("devices/a/status", 1);
    await again.until("the status", () => again.messages.length === 1);
  });
});

describe("last wills", () => {
  const will = {
    topic: "devices/a/status",
    payload: Buffer.from('{"online":false}'),
    qos: 1,
    retain: true,
  } as const;

  test("a device that vanishes is told of: in the log, retained, in the fleet", async () => {
    const client = await RawClient.session(broker.port, "a", { will });
    client.publish("devices/a/status", '{"online":true}', 1, 1, true);
    await client.until("PUBACK", () => client.of("puback").length === 1);
    client.vanish();
    await until("the will", () => bench.texts.includes('status: {"online":false}'));
    await until("the fleet", () => broker.devices()[0]?.online === false);
    expect(broker.core.retained.get("devices/a/status")?.payload.toString()).toBe('{"online":false}');
  });

  test("a device that says goodbye is not", async () => {
    const client = await RawClient.session(broker.port, "a", { will });
    client.send({ cmd: "disconnect" });
    await client.closed();
    const other = await RawClient.session(broker.port, "a");
    other.publish("devices/a/events", "later", 1, 1);
    await other.until("PUBACK", () => other.of("puback").length === 1);
    expect(bench.texts).toEqual(["events: later"]);
  });

  test("only on its own status", async () => {
    const client = RawClient.tcp(broker.port);
    client.connect("a", { will: { ...will, topic: "devices/b/status" } });
    await client.closed();
    expect(client.of("connack")[0]?.returnCode).toBe(5);
    expect(broker.stats().refused).toEqual({ "last will not allowed": 1 });
  });

  test("may not be larger than a message", async () => {
    await broker.stop();
    const { log } = broker.core;
    broker = await bench.plain({ log, limits: { maxPayload: 1000 } });
    await RawClient.session(broker.port, "a", { will: { ...will, payload: Buffer.alloc(1000) } });
    const client = RawClient.tcp(broker.port);
    const topic = "devices/b/status";
    client.connect("b", { will: { ...will, topic, payload: Buffer.alloc(1001) } });
    await client.closed();
    expect(client.of("connack")).toMatchObject([{ returnCode: 5 }]);
    expect(broker.stats().refused).toEqual({ "payload over the cap": 1 });
  });

  test("a device that does not come back after the broker did is told of; one that does is not", async () => {
    await RawClient.session(broker.port, "a", { will });
    const back = { ...will, topic: "devices/b/status" };
    await RawClient.session(broker.port, "b", { will: back });
    await restarted();
    await RawClient.session(broker.port, "b", { will: back });
    await until("the will", () => bench.arrivals.length > 0);
    expect(bench.arrivals.map(({ deviceId }) => deviceId)).toEqual(["a"]);
  });
});

describe("sessions that outlive their connection", () => {
  test("messages wait in order; what was not acknowledged comes again, marked, under its identifier", async () => {
    const client = await subscribed(own, 1, false);
    client.publish("devices/a/events", "1", 1, 1);
    client.publish("devices/a/events", "2", 1, 2);
    await client.until("both", () => client.of("publish").length === 2);
    const [first, second] = client.of("publish");
    client.send({ cmd: "puback", messageId: first?.messageId as number });
    client.send({ cmd: "disconnect" });
    await client.closed();
    const session = broker.core.sessions.get("a");
    expect(session?.deliver(command)).toBe("queued");
    await restarted();
    const again = await RawClient.session(broker.port, "a", { clean: false });
    await again.until("both", () => again.of("publish").length === 2);
    expect(again.of("connack")[0]?.sessionPresent).toBe(true);
    expect(again.of("publish")).toMatchObject([
      { messageId: second?.messageId, dup: true, topic: "devices/a/events" },
      { dup: false, topic: "devices/a/commands/reboot" },
    ]);
    expect(again.messages).toEqual(["devices/a/events: 2", "devices/a/commands/reboot: now"]);
  });

  test("a clean session ends with its connection, and ends a former one", async () => {
    const kept = await subscribed(own, 1, false);
    kept.send({ cmd: "disconnect" });
    await kept.closed();
    const clean = await RawClient.session(broker.port, "a");
    expect(clean.of("connack")[0]?.sessionPresent).toBe(false);
    clean.send({ cmd: "disconnect" });
    await clean.closed();
    const again = await RawClient.session(broker.port, "a", { clean: false });
    expect(again.of("connack")[0]?.sessionPresent).toBe(false);
    expect(broker.core.sessions.get("a")?.subscriptions.size).toBe(0);
  });

  test("no more than 20 messages are under way, and what waits is bounded", async () => {
    const client = await subscribed(own, 1, false);
    const session = broker.core.sessions.get("a");
    const outcomes = Array.from({ length: 1100 }, () => session?.deliver(command));
    await client.until("20 messages", () => client.of("publish").length === 20);
    const count = (outcome: string): number => outcomes.filter((one) => one === outcome).length;
    expect([count("sent"), count("queued"), count("dropped")]).toEqual([20, 1000, 80]);
    for (const { messageId } of client.of("publish"))
      client.send({ cmd: "puback", messageId: messageId as number });
    await client.until("20 more", () => client.of("publish").length === 40);
  });
});

describe("connections", () => {
  test("one a client id: the newer one takes over", async () => {
    const first = await RawClient.session(broker.port, "a");
    const second = await RawClient.session(broker.port, "a");
    await first.closed();
    second.send({ cmd: "pingreq" });
    await second.until("PINGRESP", () => second.of("pingresp").length === 1);
    expect(broker.stats()).toMatchObject({ connected: 1, accepted: 2, refused: {} });
  });

  test.each([
    ["client id is not the certificate's", 2, "A_", {}],
    ["client id is not the certificate's", 2, "", {}],
    ["client id is not the certificate's", 2, "a".repeat(24), { protocolId: "MQIsdp", protocolVersion: 3 }],
    ["user name is not the device id", 4, "a", { username: "b" }],
    ["password given", 4, "a", { username: "a", password: Buffer.from("secret") }],
    ["unsupported protocol version", 1, "a", { protocolVersion: 5 }],
  ] as const)("%s: answered with code %i", async (refusal, code, clientId, options) => {
    const client = RawClient.tcp(broker.port);
    client.connect(clientId, options as never);
    await client.closed();
    expect(client.of("connack")[0]?.returnCode).toBe(code);
    expect(broker.stats().refused).toEqual({ [refusal]: 1 });
  });

  test("MQTT 3.1 is spoken, and a user name that is the client id is fine", async () => {
    const old = { protocolId: "MQIsdp", protocolVersion: 3, clean: false, username: "a" } as const;
    await RawClient.session(broker.port, "a", old);
    const client = await RawClient.session(broker.port, "a", old);
    // It does not know the flag of a present session.
    expect(client.of("connack")).toMatchObject([{ sessionPresent: false }]);
    client.publish("devices/a/telemetry", "old", 1, 1);
    await client.until("PUBACK", () => client.of("puback").length === 1);
    const newer = await RawClient.session(broker.port, "a", { clean: false });
    expect(newer.of("connack")).toMatchObject([{ sessionPresent: true }]);
  });

  test("a silent one ends after one and a half times its keep-alive; packets of any kind keep it", async () => {
    const silent = await RawClient.session(broker.port, "a", { keepalive: 1 });
    const endless = await RawClient.session(broker.port, "b", { keepalive: 0 });
    const busy = await RawClient.session(broker.port, "c", { keepalive: 1 });
    const timer = setInterval(() => busy.publish("devices/c/telemetry", "x"), 300).unref();
    // Half a packet is no sign of life.
    const half = await RawClient.session(broker.port, "d", { keepalive: 1 });
    half.write(Buffer.from([0x30, 50]));
    const drip = setInterval(() => half.write(Buffer.from([0])), 300).unref();
    await silent.closed();
    await half.closed();
    expect(endless.isClosed).toBe(false);
    await endless.closed();
    expect(busy.isClosed).toBe(false);
    clearInterval(timer);
    clearInterval(drip);
    expect(broker.stats().refused).toEqual({ "keep-alive expired": 3 });
  });
});
