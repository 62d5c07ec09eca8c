import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { generate, type IConnectPacket, type Packet, parser } from "mqtt-packet";
import { pino } from "pino";
import { type PlainBroker, type PlainBrokerOptions, startPlainBroker } from "../../../site/broker/plain.ts";
import { type IngestLogOptions, openIngestLog, type SegmentLog } from "../../../site/log/ingest-log.ts";
import type { Arrival } from "../../../site/ports.ts";
import { Keyring } from "../../../site/seal.ts";

export const silent = pino({ level: "silent" });

/** Waits for something that must come true, at most `milliseconds`. */
export async function until(what: string, condition: () => boolean, milliseconds = 5000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited ${milliseconds} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A folder with a log, keys and everything that was started on it; `remove` ends all of it. */
export class Bench {
  readonly root: string;
  readonly keyring = new Keyring(randomBytes(32));
  readonly arrivals: Arrival[] = [];
  readonly #endings: (() => Promise<unknown> | void)[] = [];

  private constructor(root: string) {
    this.root = root;
  }

  static async make(): Promise<Bench> {
    return new Bench(await mkdtemp(join(tmpdir(), "fieldlake-broker-")));
  }

  get stateFolder(): string {
    return join(this.root, "state");
  }

  /** Runs before what was made earlier ends. */
  atEnd(ending: () => Promise<unknown> | void): void {
    this.#endings.unshift(ending);
  }

  /** Collects what is committed into `arrivals`, unless `isRead` is false. */
  async log(options: Partial<IngestLogOptions> = {}, isRead = true): Promise<SegmentLog> {
    const log = await openIngestLog({
      folder: join(this.root, "log"),
      rawFolder: join(this.root, "raw"),
      keyring: this.keyring,
      ...options,
    });
    this.atEnd(() => log.close());
    if (isRead) void this.collect(log);
    return log;
  }

  async collect(log: SegmentLog): Promise<void> {
    for await (const batch of log.read(log.start)) this.arrivals.push(...batch.arrivals);
  }

  async plain(options: Partial<PlainBrokerOptions> & { readonly log: SegmentLog }): Promise<PlainBroker> {
    const { stateFolder, keyring } = this;
    const broker = await startPlainBroker({ stateFolder, keyring, logger: silent, ...options });
    this.atEnd(() => broker.stop());
    return broker;
  }

  /** Channel and payload text of what is in the log. */
  get texts(): string[] {
    return this.arrivals.map(({ channel, payload }) => `${channel}: ${Buffer.from(payload).toString()}`);
  }

  async remove(): Promise<void> {
    for (const ending of this.#endings) await ending();
    await rm(this.root, { recursive: true, force: true });
  }
}

/** A client that sends what it is told to, byte by byte, and keeps what it gets. */
export class RawClient {
  readonly socket: Socket;
  readonly received: Packet[] = [];
  isClosed = false;
  readonly #parser = parser({ protocolVersion: 4 });

  private constructor(socket: Socket) {
    this.socket = socket;
    this.#parser.on("packet", (packet) => this.received.push(packet));
    socket.on("data", (chunk: Buffer) => this.#parser.parse(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => (this.isClosed = true));
  }

  static tcp(port: number): RawClient {
    return new RawClient(connectTcp({ port, host: "127.0.0.1" }));
  }

  static tls(options: ConnectionOptions): RawClient {
    return new RawClient(connectTls({ host: "127.0.0.1", ...options }));
  }

  /** A session that was accepted. */
  static async session(
    port: number,
    clientId: string,
    options: Partial<IConnectPacket> = {},
  ): Promise<RawClient> {
    const client = RawClient.tcp(port);
    await client.open(clientId, options);
    return client;
  }

  async open(clientId: string, options: Partial<IConnectPacket> = {}): Promise<void> {
    this.connect(clientId, options);
    await this.until("CONNACK", () => this.of("connack").length > 0);
    const [connack] = this.of("connack");
    if (connack?.returnCode !== 0) throw new Error(`refused with code ${connack?.returnCode}`);
  }

  connect(clientId: string, options: Partial<IConnectPacket> = {}): void {
    this.send({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: true,
      keepalive: 60,
      clientId,
      ...options,
    } as IConnectPacket);
  }

  send(...packets: readonly Packet[]): void {
    this.write(Buffer.concat(packets.map((packet) => generate(packet))));
  }

  write(bytes: Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  publish(topic: string, payload: string | Buffer, qos: 0 | 1 | 2 = 0, messageId = 1, retain = false): void {
    this.send({ cmd: "publish", topic, payload, qos, messageId, retain, dup: false });
  }

  subscribe(topic: string, qos: 0 | 1 | 2 = 0, messageId = 77): void {
    this.send({ cmd: "subscribe", messageId, subscriptions: [{ topic, qos }] });
  }

  of<Command extends Packet["cmd"]>(cmd: Command): Extract<Packet, { cmd: Command }>[] {
    return this.received.filter((packet): packet is Extract<Packet, { cmd: Command }> => packet.cmd === cmd);
  }

  /** Topic and payload text of the messages that were delivered. */
  get messages(): string[] {
    return this.of("publish").map(({ topic, payload }) => `${topic}: ${payload.toString()}`);
  }

  until(what: string, condition: () => boolean, milliseconds?: number): Promise<void> {
    return until(what, condition, milliseconds);
  }

  closed(milliseconds?: number): Promise<void> {
    return until("the broker ends the connection", () => this.isClosed, milliseconds);
  }

  /** As a device that loses its network. */
  vanish(): void {
    this.socket.destroy();
  }
}

/** A device that publishes every 20 ms, each time a number higher by one, and watches how long each PUBACK takes. */
export class GoodClient {
  readonly client: RawClient;
  readonly #topic: string;
  #sent = 0;
  #slowest = 0;
  /** Packets received that were looked at. */
  #seen = 0;
  #timer: NodeJS.Timeout;
  readonly #sentAt = new Map<number, number>();

  constructor(client: RawClient, deviceId: string) {
    this.client = client;
    this.#topic = `devices/${deviceId}/telemetry`;
    this.#timer = setInterval(() => this.#step(), 20).unref();
  }

  #step(): void {
    this.#settle();
    this.#sent += 1;
    const id = ((this.#sent - 1) % 65_535) + 1;
    this.#sentAt.set(id, Date.now());
    this.client.publish(this.#topic, `good ${this.#sent}`, 1, id);
  }

  #settle(): void {
    const { received } = this.client;
    for (; this.#seen < received.length; this.#seen += 1) {
      const { messageId } = received[this.#seen] as Packet;
      const sentAt = this.#sentAt.get(messageId as number);
      if (sentAt === undefined) continue;
      this.#slowest = Math.max(this.#slowest, Date.now() - sentAt);
      this.#sentAt.delete(messageId as number);
    }
  }

  /** Stops; resolves with what was sent and the longest wait for a PUBACK, milliseconds. */
  async finish(): Promise<{ sent: number; slowest: number }> {
    clearInterval(this.#timer);
    await until("every PUBACK of the good client", () => (this.#settle(), this.#sentAt.size === 0));
    return { sent: this.#sent, slowest: this.#slowest };
  }
}
