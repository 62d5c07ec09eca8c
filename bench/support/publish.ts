/**
 * Publishes as fast as acknowledgements allow: raw sockets, packets encoded before the clock starts, a window of messages under
 * way on each connection. It must not be what a bench measures.
 */
import { readFileSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { payload, type PayloadKind } from "./payloads.ts";

export interface PublishOptions {
  readonly host: string;
  readonly port: number;
  /** Folder with `ca.pem`, and `<device>.pem` and `<device>.key` for each device; `null`: without TLS. */
  readonly tlsFolder: string | null;
  /** One connection each. */
  readonly devices: readonly string[];
  /** Most messages of one connection that wait for their PUBACK. */
  readonly window: number;
  /** Messages of all connections together. */
  readonly count: number;
  readonly kind: PayloadKind;
  /** `{id}` stands for the device. */
  readonly topic: string;
}

export interface PublishResult {
  readonly sent: number;
  readonly acked: number;
  /** From the first PUBLISH to the last PUBACK. */
  readonly seconds: number;
  /** Acknowledged messages a second. */
  readonly rate: number;
  readonly payloadBytes: number;
}

const acknowledgement = 4;
const idCount = 65_535;

/** Throws where a connection is refused or ends before everything is acknowledged. */
export async function publish(options: PublishOptions): Promise<PublishResult> {
  const { devices, count } = options;
  const share = Math.ceil(count / devices.length);
  const shares = devices.map((_, index) => Math.max(0, Math.min(share, count - index * share)));
  const packets = devices.map((device, index) => encode(options, device, shares[index] as number));
  const sockets = await Promise.all(devices.map((device) => open(options, device)));
  const begin = performance.now();
  await Promise.all(
    sockets.map((socket, index) => run(socket, packets[index] as Buffer, shares[index] as number, options)),
  );
  const seconds = (performance.now() - begin) / 1000;
  for (const socket of sockets) socket.end(Buffer.from([0xe0, 0]));
  const payloadBytes = payload(options.kind, 0).length;
  return { sent: count, acked: count, seconds, rate: Math.round(count / seconds), payloadBytes };
}

/** All PUBLISH packets of a device, QoS 1, one behind the other and equally long. */
function encode({ topic, kind, window }: PublishOptions, device: string, count: number): Buffer {
  if (window > idCount) throw new RangeError(`window: received ${window}; allowed: at most ${idCount}`);
  const name = Buffer.from(topic.replace("{id}", device));
  const length = 2 + name.length + 2 + payload(kind, 0).length;
  const header = length < 128 ? [0x32, length] : [0x32, (length % 128) | 0x80, length >> 7];
  const fixed = Buffer.from([...header, name.length >> 8, name.length & 0xff, ...name]);
  const size = header.length + length;
  const packets = Buffer.allocUnsafe(size * count);
  for (let index = 0, at = 0; index < count; index += 1, at += size) {
    fixed.copy(packets, at);
    packets.writeUInt16BE((index % idCount) + 1, at + fixed.length);
    payload(kind, index).copy(packets, at + fixed.length + 2);
  }
  return packets;
}

/** Resolves with an accepted session. */
async function open({ host, port, tlsFolder }: PublishOptions, device: string): Promise<Socket> {
  const socket = tlsFolder === null ? connectTcp({ host, port }) : openTls(host, port, tlsFolder, device);
  socket.setNoDelay(true);
  const id = Buffer.from(device);
  const body = [0, 4, ...Buffer.from("MQTT"), 4, 2, 0, 60, id.length >> 8, id.length & 0xff, ...id];
  socket.write(Buffer.from([0x10, body.length, ...body]));
  const answer = await new Promise<Buffer>((resolve, reject) => {
    socket.once("data", resolve);
    socket.once("error", reject);
    socket.once("close", () => reject(new Error(`${device}: connection closed before CONNACK`)));
  });
  socket.pause();
  if (answer[0] !== 0x20 || answer[3] !== 0) {
    throw new Error(`${device}: session refused with CONNACK code ${answer[3]}`);
  }
  return socket;
}

function openTls(host: string, port: number, folder: string, device: string): Socket {
  return connectTls({
    host,
    port,
    ca: readFileSync(join(folder, "ca.pem")),
    cert: readFileSync(join(folder, `${device}.pem`)),
    key: readFileSync(join(folder, `${device}.key`)),
    checkServerIdentity: () => undefined,
  });
}

/** Keeps the window full until every message is acknowledged, in order. */
function run(socket: Socket, packets: Buffer, count: number, { window }: PublishOptions): Promise<void> {
  const size = packets.length / Math.max(1, count);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let sent = 0;
  let acked = 0;
  let rest: Buffer = Buffer.alloc(0);
  const send = (): void => {
    const until = Math.min(count, acked + window);
    // Half a window at a time: few large writes instead of many small ones.
    if (until - sent < window / 2 && until < count) return;
    if (until === sent) return;
    socket.write(packets.subarray(sent * size, until * size));
    sent = until;
  };
  socket.on("data", (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % acknowledgement);
    for (let at = 0; at < whole; at += acknowledgement) {
      if (bytes[at] !== 0x40 || bytes.readUInt16BE(at + 2) !== (acked % idCount) + 1) {
        reject(
          new Error(`message ${acked}: expected its PUBACK, received ${bytes.toString("hex", at, at + 4)}`),
        );
        socket.destroy();
        return;
      }
      acked += 1;
    }
    rest = bytes.subarray(whole);
    if (acked === count) resolve();
    else send();
  });
  socket.on("error", reject);
  socket.on("close", () =>
    reject(new Error(`connection closed with ${acked} of ${count} messages acknowledged`)),
  );
  socket.resume();
  if (count === 0) resolve();
  else send();
  return promise;
}
