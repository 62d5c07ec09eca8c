/** What CBOR items (RFC 8949) look like as values, and how their bytes become them. */

import { decodeUtf8 } from "./text.ts";

/** Any CBOR item. Integers beyond 2^53-1 are bigint; every float is a number. */
export type CborValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | undefined
  | Uint8Array
  | readonly CborValue[]
  | CborMap
  | CborTag
  | CborSimple;

/** A map with its entries in order; keys may be any item. */
export class CborMap {
  readonly entries: readonly (readonly [CborValue, CborValue])[];
  constructor(entries: readonly (readonly [CborValue, CborValue])[]) {
    this.entries = entries;
  }
}

/** A tagged item (RFC 8949 section 3.4) other than a bignum, which is read as an integer. */
export class CborTag {
  readonly tag: number | bigint;
  readonly value: CborValue;
  constructor(tag: number | bigint, value: CborValue) {
    this.tag = tag;
    this.value = value;
  }
}

/** A simple value without a meaning of its own: 0-19 and 32-255. */
export class CborSimple {
  readonly number: number;
  constructor(number: number) {
    this.number = number;
  }
}

/** Text of the bytes from `start` to `end`. Short ASCII, the ordinary case, is faster letter by letter. */
export function asText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 24) return decodeUtf8(bytes.subarray(start, end));
  let text = "";
  for (let index = start; index < end; index++) {
    const byte = bytes[index]!;
    if (byte > 127) return decodeUtf8(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** An IEEE 754 binary16 by its bits (RFC 8949 appendix D). */
export function halfToNumber(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const magnitude =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
        ? fraction === 0
          ? Infinity
          : NaN
        : (1024 + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

/** An unsigned integer of any length, most significant byte first (RFC 8949 section 3.4.3). */
export function bignum(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}
