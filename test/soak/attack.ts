/**
 * Everything that issue 3 names, at once, against a real site over mutual TLS, while a good device publishes: mutated
 * packets of a device that is let in, garbage instead of a handshake, half-open and slow handshakes, a client that
 * never reads, a claim of 256 MB, strangers. As a command:
 *
 *     npm run soak:attack -- [--seconds 30]
 */
import { connect as connectTcp, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { parseArgs } from "node:util";
import { generate } from "mqtt-packet";
import mqtt from "mqtt";
import { peakMemory } from "../../bench/support/memory.ts";
import { createAuthority, type Credential } from "../../bench/support/authority.ts";
import { startLiveSite, type LiveSite } from "./site.ts";

/** Longest that the good device may wait for a PUBACK, milliseconds. */
const patience = 5000;
/** Of the site's process, whatever comes in. */
const mostMegabytes = 400;

export interface AttackResult {
  /** Messages of the good device, all acknowledged. */
  readonly sent: number;
  /** Longest wait for a PUBACK, milliseconds. */
  readonly slowest: number;
  readonly reconnects: number;
  /** Of the site's process, MB. */
  readonly peakMegabytes: number;
  readonly packets: number;
  readonly refused: Readonly<Record<string, number>>;
}

export async function runAttack(seconds: number): Promise<AttackResult> {
  const site = await startLiveSite({
    profiles: ["machine-json"],
    bindings: [{ devices: "*", profile: "machine-json" }],
  });
  try {
    const until = Date.now() + seconds * 1000;
    const good = goodDevice(site, until);
    const bad = await site.authority.device("bad");
    const deaf = await site.authority.device("deaf");
    const stranger = await (await createAuthority()).device("good");
    const counts = { packets: 0 };
    await Promise.all([
      ...Array.from({ length: 8 }, () => mutate(site, bad, until, counts)),
      halfOpen(site, until),
      neverRead(site, deaf, until),
      ...Array.from({ length: 2 }, () => knock(site, stranger, until)),
    ]);
    const result = await good;
    const { broker } = await site
      .client()
      .call<{ broker: { refused: Record<string, number> } }>("GET", "/status");
    await site.client().call("POST", "/flush");
    const { rows } = await site
      .client()
      .query("SELECT count(DISTINCT seq) FROM readings WHERE device_id = 'good'");
    if (Number(rows[0]?.[0]) !== result.sent)
      throw new Error(`${String(rows[0]?.[0])} of ${result.sent} are stored`);
    return {
      ...result,
      ...counts,
      peakMegabytes: (await peakMemory(site.pid())) / 1e6,
      refused: broker.refused,
    };
  } finally {
    await site.dispose();
  }
}

async function goodDevice(site: LiveSite, until: number) {
  const { certificate, privateKey } = await site.authority.device("good");
  const options = { clientId: "good", cert: certificate, key: privateKey, ca: site.authority.trust };
  const client = await mqtt.connectAsync(`mqtts://127.0.0.1:${site.port}`, {
    ...options,
    reconnectPeriod: 50,
  });
  let reconnects = 0;
  client.on("close", () => (reconnects += 1));
  let [sent, slowest] = [0, 0];
  while (Date.now() < until) {
    const started = performance.now();
    const payload = JSON.stringify({ seq: ++sent, ts: Date.now(), temperature: 20 });
    await client.publishAsync("devices/good/telemetry", payload, { qos: 1 });
    slowest = Math.max(slowest, performance.now() - started);
    await delay(10);
  }
  const result = { sent, slowest, reconnects };
  await client.endAsync();
  return result;
}

function secure(site: LiveSite, { certificate, privateKey }: Credential): TLSSocket {
  const { port, authority } = site;
  const socket = connectTls({
    port,
    host: "127.0.0.1",
    ca: authority.trust,
    cert: certificate,
    key: privateKey,
  });
  socket.on("error", () => undefined);
  return socket;
}

const connectPacket = (clientId: string): Buffer =>
  generate({ cmd: "connect", clientId, protocolId: "MQTT", protocolVersion: 4, clean: true, keepalive: 60 });

const closed = (socket: Socket, milliseconds: number): Promise<unknown> =>
  Promise.race([new Promise((resolve) => socket.once("close", resolve)), delay(milliseconds)]);

/** A device that is let in and sends packets with some bytes changed; every tenth claims 256 MB. */
async function mutate(
  site: LiveSite,
  device: Credential,
  until: number,
  counts: { packets: number },
): Promise<void> {
  const publish = generate({
    cmd: "publish",
    topic: "devices/bad/telemetry",
    payload: '{"temperature":1}',
    qos: 1,
    messageId: 3,
    dup: false,
    retain: false,
  });
  while (Date.now() < until) {
    const socket = secure(site, device);
    socket.write(connectPacket("bad"));
    for (let packet = 0; packet < 20 && !socket.destroyed; packet += 1) {
      const bytes = packet % 10 === 9 ? Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]) : Buffer.from(publish);
      const at = Math.floor(Math.random() * bytes.length);
      bytes[at] = Math.floor(Math.random() * 256);
      socket.write(bytes);
      counts.packets += 1;
    }
    await closed(socket, 50);
    socket.destroy();
  }
}

/** 500 sockets that send nothing, a byte now and then, or noise; renewed as they are shed. */
async function halfOpen(site: LiveSite, until: number): Promise<void> {
  const hello = Buffer.from("16030100c8010000c40303", "hex");
  const open = new Set<Socket>();
  while (Date.now() < until) {
    while (open.size < 500) {
      const socket = connectTcp(site.port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.on("close", () => open.delete(socket));
      if (open.size % 5 === 4) socket.write(Buffer.alloc(2000, open.size));
      open.add(socket);
    }
    let number = 0;
    for (const socket of open) if ((number += 1) % 2 === 0) socket.write(hello.subarray(0, 1));
    await delay(200);
  }
  for (const socket of open) socket.destroy();
}

/** Subscribes to what it sends, asks for more than it takes, and reads nothing. */
async function neverRead(site: LiveSite, device: Credential, until: number): Promise<void> {
  const message = generate({
    cmd: "publish",
    topic: "devices/deaf/telemetry",
    payload: Buffer.alloc(50_000, 1),
    qos: 0,
    dup: false,
    retain: false,
    messageId: 1,
  });
  const subscribe = generate({
    cmd: "subscribe",
    messageId: 1,
    subscriptions: [{ topic: "devices/deaf/#", qos: 0 }],
  });
  while (Date.now() < until) {
    const socket = secure(site, device);
    socket.pause();
    socket.write(Buffer.concat([connectPacket("deaf"), subscribe]));
    while (Date.now() < until && !socket.destroyed) {
      if (socket.writableLength < 1_000_000) socket.write(message);
      await delay(5);
    }
    socket.destroy();
  }
}

/** A certificate of another authority that bears the good device's name. */
async function knock(site: LiveSite, stranger: Credential, until: number): Promise<void> {
  while (Date.now() < until) {
    const socket = secure(site, stranger);
    socket.write(connectPacket("good"));
    await closed(socket, 1000);
    socket.destroy();
  }
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { seconds: { type: "string", default: "30" } } });
  const result = await runAttack(Number(values.seconds));
  console.log(result);
  const isServed =
    result.reconnects === 0 && result.slowest < patience && result.peakMegabytes < mostMegabytes;
  process.exit(isServed ? 0 : 1);
}
