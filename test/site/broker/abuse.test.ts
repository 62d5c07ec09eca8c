import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { LiveMemory } from "../../support/live-memory.ts";
import { attack } from "./mutations.ts";
import { Bench, GoodClient, RawClient, until } from "./support.ts";
import { plainSocket, TlsBench } from "./tls-bench.ts";

/**
 * Longest that the good client may wait for a PUBACK while the broker is under attack, milliseconds: far above what a
 * busy machine adds, far below the attack's length were it served first.
 */
const patience = 15_000;
/** How often memory is looked at, milliseconds. */
const looking = 20;
/** Payloads of the good client, of the log's texts. */
const ofGood = (texts: readonly string[]): string[] =>
  texts.filter((text) => text.startsWith("telemetry: good ")).map((text) => text.slice("telemetry: ".length));

describe("without TLS in the way", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.make();
  });
  afterEach(() => bench.remove());

  test("20,000 mutated packets: a good client is served without a gap, memory stays", async () => {
    const broker = await bench.plain({ log: await bench.log() });
    const good = new GoodClient(await RawClient.session(broker.port, "good"), "good");
    const memory = new LiveMemory(60e6, looking);
    await attack({ port: broker.port, packets: 20_000, seed: 311 });
    const { sent, slowest } = await good.finish();
    expect(slowest).toBeLessThan(patience);
    expect(good.client.isClosed).toBe(false);
    expect(memory.end()).toBeLessThan(60e6);
    await until("the good client's records", () => ofGood(bench.texts).length >= sent);
    expect(ofGood(bench.texts)).toEqual(Array.from({ length: sent }, (_, index) => `good ${index + 1}`));
    // Mutations reached the guard in many ways, and nothing but its verdicts and the policy's ended a connection.
    const { refused } = broker.stats();
    expect(Object.values(refused).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(10_000);
    expect(Object.keys(refused)).toEqual(
      expect.arrayContaining(["malformed packet", "publish not allowed", "first packet is not CONNECT"]),
    );
    expect(Object.keys(refused)).not.toContain("internal error");
    expect(bench.arrivals.every(({ deviceId }) => deviceId === "good" || deviceId.startsWith("bad-"))).toBe(
      true,
    );
  }, 120_000);

  test("a length of 256 MB is refused by its header", async () => {
    const broker = await bench.plain({ log: await bench.log() });
    const client = await RawClient.session(broker.port, "a");
    client.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0]));
    await client.closed();
    expect(broker.stats().refused).toEqual({ "packet too large": 1 });
  });

  test("a client that never reads is cut off; what waits for it is bounded", async () => {
    const broker = await bench.plain({ log: await bench.log(), limits: { drainSeconds: 1 } });
    const good = new GoodClient(await RawClient.session(broker.port, "good"), "good");
    const deaf = await RawClient.session(broker.port, "deaf");
    deaf.subscribe("devices/deaf/#", 0);
    await deaf.until("SUBACK", () => deaf.of("suback").length === 1);
    deaf.socket.pause();
    const memory = new LiveMemory(150e6, looking);
    const payload = Buffer.alloc(50_000, 1);
    for (let id = 1; id <= 1000; id += 1) deaf.publish("devices/deaf/telemetry", payload, 1, id);
    const [connection] = [...broker.core.connections].filter(({ deviceId }) => deviceId === "deaf");
    await until("the end of the session", () => !broker.core.connections.has(connection as never), 15_000);
    expect(broker.stats().refused).toEqual({ "slow reader": 1 });
    const { slowest } = await good.finish();
    expect(slowest).toBeLessThan(patience);
    // The client itself holds 50 MB of what it could not send.
    expect(memory.end()).toBeLessThan(150e6);
    deaf.vanish();
  });

  test("SUBSCRIBE and PINGREQ without end do not fill memory either", async () => {
    const broker = await bench.plain({ log: await bench.log(), limits: { drainSeconds: 1 } });
    const deaf = await RawClient.session(broker.port, "deaf");
    deaf.publish("devices/deaf/status", Buffer.alloc(60_000, 1), 1, 1, true);
    await deaf.until("PUBACK", () => deaf.of("puback").length === 1);
    deaf.socket.pause();
    const memory = new LiveMemory(60e6, looking);
    // Each SUBSCRIBE is answered with the retained status as well; of what is behind it, nothing is read.
    for (let id = 1; id <= 1000; id += 1) deaf.subscribe("devices/deaf/status", 0, id);
    deaf.write(Buffer.alloc(20_000_000, Buffer.from([0xc0, 0])));
    await until("the end of the session", () => broker.stats().connected === 0, 15_000);
    expect(broker.stats().refused).toEqual({ "slow reader": 1 });
    expect(memory.end()).toBeLessThan(60e6);
    deaf.vanish();
  });

  test("sessions beyond the limit are refused, those that are open stay and may be taken over", async () => {
    const broker = await bench.plain({ log: await bench.log(), limits: { maxConnections: 2 } });
    const first = await RawClient.session(broker.port, "a");
    await RawClient.session(broker.port, "b");
    const third = RawClient.tcp(broker.port);
    third.connect("c");
    await third.closed();
    expect(third.of("connack")[0]?.returnCode).toBe(3);
    await RawClient.session(broker.port, "a");
    await first.closed();
    expect(broker.stats()).toMatchObject({ connected: 2, refused: { "too many connections": 1 } });
  });

  test("who says nothing after the handshake is not waited for", async () => {
    const broker = await bench.plain({ log: await bench.log(), limits: { connectSeconds: 1 } });
    const mute = RawClient.tcp(broker.port);
    const drip = RawClient.tcp(broker.port);
    // A CONNECT of 127 bytes, one at a time.
    drip.write(Buffer.from([0x10, 0x7f]));
    const timer = setInterval(() => drip.write(Buffer.from([0])), 100).unref();
    await mute.closed();
    await drip.closed();
    clearInterval(timer);
    expect(broker.stats().refused).toEqual({ "handshake too slow": 2 });
  });
});

describe("over TLS", () => {
  let tls: TlsBench;
  afterEach(() => tls.bench.remove());

  test("500 half-open and slow handshakes: a good client is served, new ones get in, the rest is shed", async () => {
    tls = await TlsBench.make({ connectSeconds: 2, handshakesPerSecond: 100_000 });
    const good = new GoodClient(await tls.session("good"), "good");
    const { port } = tls.settings;
    const sockets = Array.from({ length: 500 }, () => plainSocket(port));
    let closed = 0;
    for (const socket of sockets) socket.on("close", () => (closed += 1));
    // Every other one sends the beginning of a ClientHello, a byte at a time.
    const hello = Buffer.from("16030100c8010000c40303", "hex");
    let at = 0;
    const drip = setInterval(() => {
      for (let index = 0; index < sockets.length; index += 2)
        sockets[index]?.write(hello.subarray(at, at + 1));
      at = Math.min(at + 1, hello.length - 1);
    }, 200).unref();
    await tls.session("newcomer");
    await until("all of them to be shed", () => closed === 500, 10_000);
    clearInterval(drip);
    const { slowest, sent } = await good.finish();
    expect(sent).toBeGreaterThan(50);
    expect(slowest).toBeLessThan(patience);
    await until("the count", () => tls.refused["handshake too slow"] === 500);
    expect(tls.refused).toEqual({ "handshake too slow": 500 });
    expect(tls.broker.stats().connected).toBe(2);
  });

  test("handshakes of one address are limited", async () => {
    tls = await TlsBench.make({ handshakesPerSecond: 5 });
    const sockets = Array.from({ length: 50 }, () => plainSocket(tls.settings.port));
    await until(
      "the surplus to be turned away",
      () => (tls.refused["too many handshakes from one address"] ?? 0) >= 44,
    );
    for (const socket of sockets) socket.destroy();
  });

  test("a device that finished its handshake and sends no CONNECT is not waited for", async () => {
    tls = await TlsBench.make({ connectSeconds: 1 });
    const mute = await tls.device("mute");
    await mute.closed();
    expect(tls.refused).toEqual({ "handshake too slow": 1 });
  });
});
