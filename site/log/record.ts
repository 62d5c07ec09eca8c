/**
 * The plain inside of a frame: records one after another, each
 * `u16 device length, u16 channel length, device, channel, f64 received at, u32 payload length, payload`, little endian.
 * A record out of an uploaded file has the top bit of the payload length set, and before its payload, counted with it,
 * `u16 length, place in the file`.
 */
import { BufferPool } from "./buffer-pool.ts";

/** Where records come from, encoded once: a broker connection has a handful of them. */
export interface ArrivalSource {
  readonly deviceId: string;
  readonly channel: string;
  readonly prefix: Buffer;
  /** Out of a file: payloads are those of {@link uploadedPayload}. */
  readonly isUploaded: boolean;
}

const uploadedBit = 0x8000_0000;

/** Throws RangeError where either text is longer than 65,535 bytes in UTF-8. */
export function arrivalSource(deviceId: string, channel: string, isUploaded = false): ArrivalSource {
  const device = Buffer.from(deviceId);
  const below = Buffer.from(channel);
  const prefix = Buffer.allocUnsafe(4 + device.length + below.length);
  prefix.writeUInt16LE(device.length, 0);
  prefix.writeUInt16LE(below.length, 2);
  device.copy(prefix, 4);
  below.copy(prefix, 4 + device.length);
  return { deviceId, channel, prefix, isUploaded };
}

const fixedBytes = 12;

/** The payload of a record out of an uploaded file, behind its place there. */
export function uploadedPayload(place: string, payload: Uint8Array): Buffer {
  const text = Buffer.from(place);
  const head = Buffer.allocUnsafe(2);
  head.writeUInt16LE(text.length);
  return Buffer.concat([head, text, payload]);
}

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
    target.writeUInt32LE(end - start + (source.isUploaded ? uploadedBit : 0), at + 8);
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
  /** Behind the header. */
  readonly headerEnd: number;
  /** Where the place in an uploaded file begins; 0 in a record that came live. */
  readonly placeStart: number;
  readonly payloadStart: number;
  /** Behind the payload: where the next record begins. */
  readonly end: number;
}

/** The record that begins at `at`. Throws RangeError where the body is not whole. */
export function recordAt(body: Buffer, at: number): RecordPlace {
  const deviceLength = body.readUInt16LE(at);
  const channelLength = body.readUInt16LE(at + 2);
  const headerEnd = at + 4 + deviceLength + channelLength + fixedBytes;
  const length = body.readUInt32LE(headerEnd - 4);
  const isUploaded = length >= uploadedBit;
  const end = headerEnd + (isUploaded ? length - uploadedBit : length);
  const placeStart = isUploaded ? headerEnd + 2 : 0;
  const payloadStart = isUploaded ? placeStart + body.readUInt16LE(headerEnd) : headerEnd;
  if (end > body.length || payloadStart > end)
    throw new RangeError(`the record at ${at} reaches beyond its frame`);
  return { deviceLength, channelLength, headerEnd, placeStart, payloadStart, end };
}

/** When the record there arrived, microseconds. */
export const receivedAtOf = (body: Buffer, { headerEnd }: RecordPlace): number =>
  body.readDoubleLE(headerEnd - fixedBytes);

/** The place in an uploaded file that the record there came from; null where it came live. */
export const uploadedFrom = (body: Buffer, { placeStart, payloadStart }: RecordPlace): string | null =>
  placeStart === 0 ? null : body.toString("utf8", placeStart, payloadStart);

/** What is behind the first `count` records. */
export function behindRecords(body: Buffer, count: number): Buffer {
  let at = 0;
  for (let index = 0; index < count; index += 1) at = recordAt(body, at).end;
  return body.subarray(at);
}

/** `receivedAt` of the first record. */
export function firstReceivedAt(body: Buffer): number {
  return receivedAtOf(body, recordAt(body, 0));
}
