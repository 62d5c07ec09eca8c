/**
 * The plain inside of a frame: records one after another, each
 * `u16 device length, u16 channel length, device, channel, f64 received at, u32 payload length, payload`, little endian.
 */
import type { Arrival } from "../ports.ts";

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
  #bytes: Buffer;
  #length = 0;
  #count = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
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

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

interface SourceNames {
  readonly deviceId: string;
  readonly channel: string;
}

/** Devices repeat: a text is made once and kept. */
export class SourceNameCache {
  readonly #names = new Map<string, SourceNames>();
  readonly #most: number;

  /** `most` names are kept. */
  constructor(most = 20_000) {
    this.#most = most;
  }

  get(body: Buffer, at: number, deviceLength: number, channelLength: number): SourceNames {
    const key = body.toString("latin1", at, at + 4 + deviceLength + channelLength);
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const start = at + 4;
    const names = {
      deviceId: body.toString("utf8", start, start + deviceLength),
      channel: body.toString("utf8", start + deviceLength, start + deviceLength + channelLength),
    };
    if (this.#names.size >= this.#most) this.#names.clear();
    this.#names.set(key, names);
    return names;
  }
}

/**
 * Appends the records of a frame's body to `into`, leaving out the first `skip`.
 * Payloads are views into `body`. Throws RangeError on a body that is not whole.
 */
export function decodeRecords(body: Buffer, into: Arrival[], names: SourceNameCache, skip = 0): void {
  let at = 0;
  for (let index = 0; at < body.length; index += 1) {
    const deviceLength = body.readUInt16LE(at);
    const channelLength = body.readUInt16LE(at + 2);
    const fixed = at + 4 + deviceLength + channelLength;
    const receivedAt = body.readDoubleLE(fixed);
    const start = fixed + fixedBytes;
    const end = start + body.readUInt32LE(fixed + 8);
    if (end > body.length) throw new RangeError(`record ${index} reaches beyond its frame`);
    if (index >= skip) {
      const { deviceId, channel } = names.get(body, at, deviceLength, channelLength);
      into.push({ deviceId, channel, payload: body.subarray(start, end), receivedAt });
    }
    at = end;
  }
}

/** `receivedAt` of the first record. */
export function firstReceivedAt(body: Buffer): number {
  return body.readDoubleLE(4 + body.readUInt16LE(0) + body.readUInt16LE(2));
}
