/**
 * Cuts a connection's byte stream into packets and lets only those through that MQTT 3.1.1 allows a client to send.
 * A packet's type, flags and length are judged from its first bytes, before anything of it is kept.
 */
import { type ConnectPacket, readConnect } from "./guard-connect.ts";
import { checkFirstByte, checkLength } from "./guard-header.ts";
import {
  readSubscribe,
  readUnsubscribe,
  type SubscribePacket,
  type UnsubscribePacket,
} from "./guard-subscribe.ts";
import { PacketType } from "./packets.ts";
import { Violation } from "./refusals.ts";

/** What a connection does with the packets; methods may throw {@link Violation}. */
export interface PacketHandler {
  /** Asked before each packet: true keeps the rest of the stream waiting until {@link PacketGuard.resume}. */
  readonly isHeld: boolean;
  /** `null`: a version of MQTT that is not spoken here. */
  connect(packet: ConnectPacket | null): void;
  /** The ranges lie in `bytes`, which is only valid during the call; `id` is 0 for QoS 0. */
  publish(
    qos: 0 | 1 | 2,
    retain: boolean,
    id: number,
    bytes: Buffer,
    topicStart: number,
    topicEnd: number,
    payloadEnd: number,
  ): void;
  /** PUBACK, PUBREC, PUBREL or PUBCOMP. */
  acknowledge(type: number, id: number): void;
  subscribe(packet: SubscribePacket): void;
  unsubscribe(packet: UnsubscribePacket): void;
  ping(): void;
  disconnect(): void;
}

const longestHeader = 5;
const nothing = Buffer.alloc(0);
export class PacketGuard {
  readonly #handler: PacketHandler;
  readonly #mostLength: number;
  /** Version of the protocol; `null` until CONNECT. */
  #level: 3 | 4 | null = null;
  #packets = 0;
  /** A packet whose end has not arrived. */
  #partial = nothing;
  #filled = 0;
  /** Chunks that wait while the handler holds the stream. */
  #waiting: Buffer[] = [];

  /** `mostLength` caps the Remaining Length of any packet, bytes. */
  constructor(handler: PacketHandler, mostLength: number) {
    this.#handler = handler;
    this.#mostLength = mostLength;
  }

  /** Whole packets so far. */
  get packets(): number {
    return this.#packets;
  }

  /** Takes the next bytes. Throws {@link Violation}: then the connection has to be ended. */
  feed(chunk: Buffer): void {
    if (this.#waiting.length > 0) {
      this.#waiting.push(chunk);
      return;
    }
    const rest = this.#consume(chunk);
    if (rest.length > 0) this.#waiting.push(rest);
  }

  /** Goes on with what waited, as far as the handler lets it. */
  resume(): void {
    const chunks = this.#waiting;
    this.#waiting = [];
    for (const chunk of chunks) this.feed(chunk);
  }

  /** What the handler did not let through. */
  #consume(chunk: Buffer): Buffer {
    let at = 0;
    while (at < chunk.length) {
      if (this.#handler.isHeld) return chunk.subarray(at);
      at = this.#filled > 0 ? this.#complete(chunk, at) : this.#take(chunk, at);
    }
    return nothing;
  }

  /** One packet from the chunk itself, or its beginning into `#partial`. */
  #take(chunk: Buffer, at: number): number {
    const size = this.#sizeAt(chunk, at, chunk.length);
    if (size !== null && at + size <= chunk.length) {
      this.#dispatch(chunk, at, at + size);
      return at + size;
    }
    this.#keep(chunk, at, chunk.length);
    return chunk.length;
  }

  /** More of the packet in `#partial`. */
  #complete(chunk: Buffer, at: number): number {
    const size = this.#sizeAt(this.#partial, 0, this.#filled);
    // Without the length one byte at a time: what follows may be another packet.
    const wanted = size === null ? 1 : size - this.#filled;
    const end = Math.min(at + wanted, chunk.length);
    this.#keep(chunk, at, end);
    const known = size ?? this.#sizeAt(this.#partial, 0, this.#filled);
    if (known === this.#filled) {
      const packet = this.#partial;
      this.#partial = nothing;
      this.#filled = 0;
      this.#dispatch(packet, 0, known);
    }
    return end;
  }

  /** Grows with what arrives, never by what a header claims. */
  #keep(chunk: Buffer, start: number, end: number): void {
    const needed = this.#filled + end - start;
    if (needed > this.#partial.length) {
      const larger = Buffer.allocUnsafe(Math.max(64, needed, this.#partial.length * 2));
      this.#partial.copy(larger, 0, 0, this.#filled);
      this.#partial = larger;
    }
    chunk.copy(this.#partial, this.#filled, start, end);
    this.#filled = needed;
  }

  /** Bytes of the packet that begins at `at`; `null` while its length is not all there. */
  #sizeAt(bytes: Buffer, at: number, end: number): number | null {
    const first = bytes[at] as number;
    checkFirstByte(first, this.#level);
    let length = 0;
    for (let index = 1; index < longestHeader; index += 1) {
      if (at + index >= end) return null;
      const digit = bytes[at + index] as number;
      length += (digit & 0x7f) * 128 ** (index - 1);
      if (digit < 0x80) {
        checkLength(first >> 4, length, this.#mostLength);
        return index + 1 + length;
      }
    }
    throw new Violation("malformed packet", "a Remaining Length of more than four bytes (section 2.2.3)");
  }

  #dispatch(bytes: Buffer, start: number, end: number): void {
    const first = bytes[start] as number;
    let body = start + 1;
    while ((bytes[body] as number) >= 0x80) body += 1;
    body += 1;
    this.#packets += 1;
    const handler = this.#handler;
    switch (first >> 4) {
      case PacketType.publish:
        return this.#publish(first, bytes, body, end);
      case PacketType.connect: {
        const packet = readConnect(bytes, body, end);
        this.#level = packet?.level ?? 4;
        return handler.connect(packet);
      }
      case PacketType.subscribe:
        return handler.subscribe(readSubscribe(bytes, body, end));
      case PacketType.unsubscribe:
        return handler.unsubscribe(readUnsubscribe(bytes, body, end));
      case PacketType.pingreq:
        return handler.ping();
      case PacketType.disconnect:
        return handler.disconnect();
      default:
        return handler.acknowledge(first >> 4, packetId(bytes, body));
    }
  }

  #publish(first: number, bytes: Buffer, body: number, end: number): void {
    const qos = ((first >> 1) & 3) as 0 | 1 | 2;
    const topicStart = body + 2;
    const topicEnd = topicStart + (body + 2 <= end ? bytes.readUInt16BE(body) : end);
    const payload = qos > 0 ? topicEnd + 2 : topicEnd;
    if (payload > end) throw new Violation("malformed packet", "PUBLISH with its end cut off");
    const id = qos > 0 ? packetId(bytes, topicEnd) : 0;
    this.#handler.publish(qos, (first & 1) !== 0, id, bytes, topicStart, topicEnd, end);
  }
}

/** [MQTT-2.3.1-1] */
function packetId(bytes: Buffer, at: number): number {
  const id = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  if (id === 0) throw new Violation("malformed packet", "packet identifier 0 [MQTT-2.3.1-1]");
  return id;
}
