import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { generate, type Packet } from "mqtt-packet";
import { Bench, GoodClient, RawClient, until } from "./support.ts";
import { plainSocket, TlsBench } from "./tls-bench.ts";

/** Longest that the good client may wait for a PUBACK while the broker is under attack, milliseconds. */
const patience = 2000;
const megabytes = (): number => process.memoryUsage().rss / 1e6;

/** mulberry32: the same sequence for the same seed. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const seeds: readonly Buffer[] = (
  [
    {
      cmd: "publish",
      topic: "devices/bad/telemetry",
      payload: "21.5",
      qos: 1,
      messageId: 3,
      dup: false,
      retain: false,
    },
    { cmd: "publish", topic: "devices/bad/status", payload: "{}", qos: 0, dup: false, retain: true },
    {
      cmd: "publish",
      topic: "devices/bad/events",
      payload: "e",
      qos: 2,
      messageId: 4,
      dup: false,
      retain: false,
    },
    { cmd: "subscribe", messageId: 5, subscriptions: [{ topic: "devices/bad/#", qos: 1 }] },
    { cmd: "unsubscribe", messageId: 6, unsubscriptions: ["devices/bad/#"] },
    { cmd: "puback", messageId: 1 },
    { cmd: "pubrel", messageId: 4 },
    { cmd: "pingreq" },
    { cmd: "disconnect" },
    { cmd: "connect", clientId: "bad", protocolId: "MQTT", protocolVersion: 4, clean: true, keepalive: 30 },
    {
      cmd: "connect",
      clientId: "bad",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: false,
      keepalive: 30,
      will: { topic: "devices/bad/status", payload: Buffer.from("{}"), qos: 1, retain: true },
    },
  ] as Packet[]
).map((packet) => generate(packet));

/** A packet with one to three bytes changed, cut out or put in. */
function mutated(random: (below: number) => number): Buffer {
  let bytes = Buffer.from(seeds[random(seeds.length)] as Buffer);
  for (let change = 0; change <= random(3); change += 1) {
    const at = random(bytes.length);
    switch (random(4)) {
      case 0:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([random(256)]), bytes.subarray(at)]);
        break;
      default:
        bytes[at] = random(256);
    }
    if (bytes.length === 0) return Buffer.from([0]);
  }
  return bytes;
}

describe("without TLS in the way", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.make();
  });
  afterEach(() => bench.remove());

  test("20,000 mutated packets: a good client is served without a gap, memory stays", async () => {
    const broker = await bench.plain({ log: await bench.log() });
    const good = new GoodClient(await RawClient.session(broker.port, "good"), "good");
    const random = randomNumbers(311);
    const connect = seeds.at(-2) as Buffer;
    const before = megabytes();
    let sent = 0;
    let next = 0;
    const attacker = async (): Promise<void> => {
      while (sent < 20_000) {
        const client = RawClient.tcp(broker.port);
        // A fifth of the attacks come before CONNECT.
        if (random(5) > 0) client.write(connect);
        const packets = Array.from({ length: 10 }, () => mutated(random));
        sent += packets.length;
        client.write(Buffer.concat(packets));
        await new Promise((resolve) => {
          client.socket.once("close", resolve);
          setTimeout(resolve, 30);
        });
        client.vanish();
        next += 1;
      }
    };
    await Promise.all(Array.from({ length: 40 }, attacker));
    const { sent: published, slowest } = await good.finish();
    expect(next).toBeGreaterThanOrEqual(2000);
    expect(published).toBeGreaterThan(10);
    expect(slowest).toBeLessThan(patience);
    expect(good.client.isClosed).toBe(false);
    expect(megabytes() - before).toBeLessThan(200);
    // Mutations reached the guard in many ways, and nothing but the guard's verdicts ended a connection.
    expect(Object.keys(broker.stats().refused)).toEqual(
      expect.arrayContaining(["malformed packet", "publish not allowed", "first packet is not CONNECT"]),
    );
    expect(bench.arrivals.every(({ deviceId }) => deviceId === "good" || deviceId === "bad")).toBe(true);
  });

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
    const before = megabytes();
    const payload = Buffer.alloc(50_000, 1);
    for (let id = 1; id <= 1000; id += 1) deaf.publish("devices/deaf/telemetry", payload, 1, id);
    const [connection] = [...broker.core.connections].filter(({ deviceId }) => deviceId === "deaf");
    await until("the end of the session", () => !broker.core.connections.has(connection as never), 15_000);
    expect(broker.stats().refused).toEqual({ "slow reader": 1 });
    const { slowest } = await good.finish();
    expect(slowest).toBeLessThan(patience);
    // The client itself holds 50 MB of what it could not send.
    expect(megabytes() - before).toBeLessThan(200);
    deaf.vanish();
  });

  test("SUBSCRIBE and PINGREQ without end do not fill memory either", async () => {
    const broker = await bench.plain({ log: await bench.log(), limits: { drainSeconds: 1 } });
    const deaf = await RawClient.session(broker.port, "deaf");
    deaf.socket.pause();
    const pings = Buffer.alloc(2_000_000, Buffer.from([0xc0, 0]));
    const timer = setInterval(() => deaf.write(pings), 10);
    await until("the end of the session", () => broker.stats().connected === 0, 15_000);
    clearInterval(timer);
    expect(broker.stats().refused).toEqual({ "slow reader": 1 });
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
    const timer = setInterval(() => drip.write(Buffer.from([0x10])), 100);
    await mute.closed();
    await drip.closed();
    clearInterval(timer);
    expect(broker.stats().refused).toMatchObject({ "handshake too slow": 1 });
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
    }, 200);
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
