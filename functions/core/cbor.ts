/**
 * A strict reader of CBOR (RFC 8949): refuses what is not well-formed, ill-formed UTF-8, duplicate keys and
 * bytes behind the item. Reads in place, item by item, or a whole item as a value. Depth, counts and lengths
 * are bounded by the bytes that are there, so that a few bytes can't claim gigabytes.
 */

import type { CborValue } from "./cbor-values.ts";
import { asText, bignum, CborMap, CborSimple, CborTag, halfToNumber, narrow } from "./cbor-values.ts";
import { Fault } from "./fault.ts";

export { CborMap, CborSimple, CborTag, type CborValue } from "./cbor-values.ts";

export const major = {
  unsigned: 0,
  negative: 1,
  bytes: 2,
  text: 3,
  array: 4,
  map: 5,
  tag: 6,
  simple: 7,
} as const;

/** Argument of an item of indefinite length. */
export const indefinite = -1;

const maximumDepth = 64;
/** Bignums beyond this are no measurement; converting them costs quadratic time. */
const maximumBignumBytes = 256;

const scratch = new DataView(new ArrayBuffer(8));

function broken(detail: string, at: number): Fault {
  return new Fault("not-well-formed", `${detail} at byte ${at}`);
}

export class CborReader {
  readonly bytes: Uint8Array;
  position = 0;
  /** Of the head read last: major type. */
  type = 0;
  /** Additional information 0-31. */
  info = 0;
  /** Argument; {@link indefinite}; above 2^53-1 it is rounded and `wide` holds it exactly. */
  argument = 0;
  wide: bigint | null = null;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Read the head of the next item: type, additional information, argument. */
  head(): void {
    const { bytes } = this;
    const at = this.position;
    if (at >= bytes.length) throw broken("input ends before an item", at);
    const initial = bytes[at]!;
    this.type = initial >> 5;
    const info = (this.info = initial & 31);
    this.position = at + 1;
    if (info < 24) {
      this.argument = info;
    } else if (info === 24) {
      this.argument = this.unsigned(1);
    } else if (info === 25) {
      this.argument = this.unsigned(2);
    } else if (info === 26) {
      this.argument = this.unsigned(4);
    } else if (info === 27) {
      this.wide = null;
      const high = this.unsigned(4);
      const low = this.unsigned(4);
      this.argument = high * 4_294_967_296 + low;
      if (high > 0x1f_ffff) this.wide = (BigInt(high) << 32n) | BigInt(low);
    } else if (info === 31 && this.type >= major.bytes && this.type !== major.tag) {
      this.argument = indefinite;
    } else {
      throw broken("reserved additional information", at);
    }
  }

  /** Whether the next byte is the "break" that closes an indefinite item; if so it is consumed. */
  takeBreak(): boolean {
    if (this.position >= this.bytes.length)
      throw broken("input ends inside an indefinite item", this.position);
    if (this.bytes[this.position] !== 0xff) return false;
    this.position++;
    return true;
  }

  /** Number of items behind an array head (pairs behind a map head), checked against the bytes left. */
  count(): number {
    if (this.argument === indefinite) return indefinite;
    const least = this.type === major.map ? 2 : 1;
    if (this.argument * least > this.bytes.length - this.position) {
      throw broken("more items claimed than bytes left", this.position);
    }
    return this.argument;
  }

  /** Integer of a head of type unsigned or negative. */
  integer(): number | bigint {
    if (this.info === 27 && this.wide !== null)
      return this.type === major.unsigned ? this.wide : -1n - this.wide;
    if (this.type === major.unsigned) return this.argument;
    return this.argument === Number.MAX_SAFE_INTEGER ? -1n - BigInt(this.argument) : -1 - this.argument;
  }

  /** Float of a head of type simple with additional information 25, 26 or 27. */
  float(): number {
    if (this.info === 25) return halfToNumber(this.argument);
    if (this.info === 26) {
      scratch.setUint32(0, this.argument);
      return scratch.getFloat32(0);
    }
    for (let index = 0; index < 8; index++) scratch.setUint8(index, this.bytes[this.position - 8 + index]!);
    return scratch.getFloat64(0);
  }

  /** Text behind a head of type text. */
  text(): string {
    if (this.argument !== indefinite) return asText(this.take(this.argument));
    let whole = "";
    // Each chunk is valid UTF-8 by itself (RFC 8949 section 3.2.3).
    for (const chunk of this.chunks(major.text)) whole += asText(chunk);
    return whole;
  }

  /** A copy of the bytes behind a head of type bytes. */
  byteString(): Uint8Array {
    if (this.argument !== indefinite) return this.take(this.argument).slice();
    const chunks = this.chunks(major.bytes);
    const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  /** The next item, whole. */
  value(depth = 0): CborValue {
    this.head();
    return this.valueOfHead(depth);
  }

  /** The item whose head was just read. */
  valueOfHead(depth: number): CborValue {
    switch (this.type) {
      case major.unsigned:
      case major.negative:
        return this.integer();
      case major.bytes:
        return this.byteString();
      case major.text:
        return this.text();
      case major.array:
        return this.arrayItems(this.deeper(depth));
      case major.map:
        return this.mapEntries(this.deeper(depth));
      case major.tag:
        return this.tagged(this.deeper(depth));
      default:
        return this.simple();
    }
  }

  /** Nothing may follow: call behind the last item. */
  finish(): void {
    const left = this.bytes.length - this.position;
    if (left > 0) throw new Fault("trailing-bytes", `${left} bytes behind the item`);
  }

  private deeper(depth: number): number {
    if (depth >= maximumDepth) throw broken(`nested deeper than ${maximumDepth}`, this.position);
    return depth + 1;
  }

  private simple(): CborValue {
    const { info } = this;
    if (info === 31) throw broken("break outside an indefinite item", this.position - 1);
    if (info > 24) return this.float();
    if (info === 24 && this.argument < 32) throw broken("reserved simple value", this.position - 1);
    switch (this.argument) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
        return null;
      case 23:
        return undefined;
      default:
        return new CborSimple(this.argument);
    }
  }

  private arrayItems(depth: number): CborValue[] {
    const count = this.count();
    const items: CborValue[] = [];
    if (count === indefinite) while (!this.takeBreak()) items.push(this.value(depth));
    else for (let index = 0; index < count; index++) items.push(this.value(depth));
    return items;
  }

  private mapEntries(depth: number): CborMap {
    const count = this.count();
    const entries: [CborValue, CborValue][] = [];
    const seen = new Set<string>();
    for (let index = 0; count === indefinite ? !this.takeBreak() : index < count; index++) {
      const start = this.position;
      const key = this.value(depth);
      const identity =
        typeof key === "string" ? `t${key}` : `b${this.bytes.subarray(start, this.position).join()}`;
      if (seen.has(identity))
        throw new Fault("not-well-formed", `the same key twice in a map at byte ${start}`);
      seen.add(identity);
      entries.push([key, this.value(depth)]);
    }
    return new CborMap(entries);
  }

  private tagged(depth: number): CborValue {
    const tag = this.info === 27 && this.wide !== null ? this.wide : this.argument;
    const value = this.value(depth);
    if ((tag === 2 || tag === 3) && value instanceof Uint8Array && value.length <= maximumBignumBytes) {
      const magnitude = bignum(value);
      return narrow(tag === 2 ? magnitude : -1n - magnitude);
    }
    return new CborTag(tag, value);
  }

  private take(length: number): Uint8Array {
    const start = this.position;
    if (length > this.bytes.length - start)
      throw broken(`a string of ${length} bytes goes beyond the input`, start);
    this.position = start + length;
    return this.bytes.subarray(start, this.position);
  }

  private chunks(type: number): Uint8Array[] {
    const chunks: Uint8Array[] = [];
    while (!this.takeBreak()) {
      this.head();
      if (this.type !== type || this.argument === indefinite) {
        throw broken("a chunk of another type inside an indefinite string", this.position - 1);
      }
      chunks.push(this.take(this.argument));
    }
    return chunks;
  }

  private unsigned(length: number): number {
    const { bytes } = this;
    const at = this.position;
    if (at + length > bytes.length) throw broken("input ends inside a head", at);
    this.position = at + length;
    let value = 0;
    for (let index = at; index < at + length; index++) value = value * 256 + bytes[index]!;
    return value;
  }
}

/** The one item that the bytes are. Throws a {@link Fault}. */
export function readCbor(bytes: Uint8Array): CborValue {
  const reader = new CborReader(bytes);
  const value = reader.value();
  reader.finish();
  return value;
}
