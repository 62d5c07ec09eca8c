/**
 * The plain inside of a frame: records one after another, each
 * `u16 device length, u16 channel length, device, channel, f64 received at, u32 payload length, payload`, little endian.
 */
import { BufferPool } from "./buffer-pool.ts";

/** Where records come from, encoded once: a broker connection has a handful of them. */
export interface ArrivalSource {
  readonly deviceId: string;
  readonly channel: string;
  readonly prefix: Buffer;
}

/** Throws RangeError where either text is longer than 65,535 bytes in UTF-8. */
export function arrivalSource(deviceId: string, channel: string): ArrivalSource {
  const device = Buffer.from(deviceId);
  const below = Buffer.from(channel);
  const prefix = Buffer.allocUnsafe(4 + device.length + below.length);
  prefix.writeUInt16LE(device.length, 0);
  prefix.writeUInt16LE(below.length, 2);
  device.copy(prefix, 4);
  below.copy(prefix, 4 + device.length);
  return { deviceId, channel, prefix };
}

const fixedBytes = 12;

/** Bytes of a record with this payload length. */
export function recordBytes(source: ArrivalSource, payloadLength: number): number {
  return source.prefix.length + fixedBytes + payloadLength;
}

/** Collects records; grows by doubling. */
export class RecordBuffer {
  readonly #pool: BufferPool;
  #bytes: Buffer;
  #length = 0;
  #count = 0;

  constructor(capacity: number, pool = new BufferPool(0)) {
    this.#pool = pool;
    this.#bytes = pool.take(capacity);
  }

  get length(): number {
    return this.#length;
  }

  get count(): number {
    return this.#count;
  }

  /** Copies: the caller may reuse `bytes`. */
  append(source: ArrivalSource, bytes: Uint8Array, start: number, end: number, receivedAt: number): void {
    const { prefix } = source;
    const size = prefix.length + fixedBytes + end - start;
    if (this.#length + size > this.#bytes.length) this.#grow(this.#length + size);
    const target = this.#bytes;
    let at = this.#length;
    target.set(prefix, at);
    at += prefix.length;
    target.writeDoubleLE(receivedAt, at);
    target.writeUInt32LE(end - start, at + 8);
    at += fixedBytes;
    if (Buffer.isBuffer(bytes)) bytes.copy(target, at, start, end);
    else target.set(bytes.subarray(start, end), at);
    this.#length = at + end - start;
    this.#count += 1;
  }

  /** The records so far, not copied. */
  contents(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Gives the memory back: nobody reads {@link contents} any more. */
  release(): void {
    this.#pool.give(this.#bytes);
    this.#length = 0;
    this.#count = 0;
  }

  #grow(needed: number): void {
    const larger = this.#pool.take(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#pool.give(this.#bytes);
    this.#bytes = larger;
  }
}

/** Where the parts of one record are in its frame's body. */
export interface RecordPlace {
  readonly deviceLength: number;
  readonly channelLength: number;
  readonly payloadStart: number;
  /** Behind the payload: where the next record begins. */
  readonly end: number;
}

/** The record that begins at `at`. Throws RangeError where the body is not whole. */
export function recordAt(body: Buffer, at: number): RecordPlace {
  const deviceLength = body.readUInt16LE(at);
  const channelLength = body.readUInt16LE(at + 2);
  const payloadStart = at + 4 + deviceLength + channelLength + fixedBytes;
  const end = payloadStart + body.readUInt32LE(payloadStart - 4);
  if (end > body.length) throw new RangeError(`the record at ${at} reaches beyond its frame`);
  return { deviceLength, channelLength, payloadStart, end };
}

/** When the record with its payload there arrived, microseconds. */
export const receivedAtOf = (body: Buffer, { payloadStart }: RecordPlace): number =>
  body.readDoubleLE(payloadStart - fixedBytes);

/** What is behind the first `count` records. */
export function behindRecords(body: Buffer, count: number): Buffer {
  let at = 0;
  for (let index = 0; index < count; index += 1) at = recordAt(body, at).end;
  return body.subarray(at);
}

/** `receivedAt` of the first record. */
export function firstReceivedAt(body: Buffer): number {
  return body.readDoubleLE(4 + body.readUInt16LE(0) + body.readUInt16LE(2));
}
