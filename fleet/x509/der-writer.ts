/** Writes DER (ITU-T X.690): as much of it as certificates, requests and revocation lists take. */
import { Tag } from "./der-reader.ts";

/** One element: tag, length, contents in order. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const part of contents) length += part.length;
  const lengthBytes =
    length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x1_0000 ? 2 : length < 0x100_0000 ? 3 : 4;
  const bytes = Buffer.allocUnsafe(2 + lengthBytes + length);
  bytes[0] = tag;
  if (lengthBytes === 0) {
    bytes[1] = length;
  } else {
    bytes[1] = 0x80 | lengthBytes;
    bytes.writeUIntBE(length, 2, lengthBytes);
  }
  let at = 2 + lengthBytes;
  for (const part of contents) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export const sequence = (...contents: readonly Uint8Array[]): Buffer => element(Tag.sequence, ...contents);
export const set = (...contents: readonly Uint8Array[]): Buffer => element(Tag.set, ...contents);
export const octetString = (bytes: Uint8Array): Buffer => element(Tag.octetString, bytes);
export const utf8String = (text: string): Buffer => element(Tag.utf8String, Buffer.from(text));
export const nullValue = element(Tag.null);
export const trueValue = element(Tag.boolean, Buffer.of(0xff));

/** `[number]`, constructed: explicit tagging, or an implicit one of something constructed. */
export const context = (number: number, ...contents: readonly Uint8Array[]): Buffer =>
  element(0xa0 | number, ...contents);
/** `[number] IMPLICIT` of something primitive. */
export const contextPrimitive = (number: number, bytes: Uint8Array): Buffer => element(0x80 | number, bytes);

/** The number that these bytes are, first byte highest; never negative. */
export function integer(magnitude: Uint8Array): Buffer {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start += 1;
  const bytes = magnitude.subarray(start);
  const isHigh = ((bytes[0] ?? 0) & 0x80) !== 0;
  return isHigh ? element(Tag.integer, zero, bytes) : element(Tag.integer, bytes.length === 0 ? zero : bytes);
}

const zero = Buffer.of(0);

/** A number of this process, 0 to 2^53 - 1. */
export function smallInteger(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return integer(bytes);
}

export const bitString = (bytes: Uint8Array, unusedBits = 0): Buffer =>
  element(Tag.bitString, Buffer.of(unusedBits), bytes);

/** From dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes: number[] = [];
  for (const part of [first * 40 + second, ...rest]) {
    const septets = [part & 0x7f];
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) {
      septets.unshift((left & 0x7f) | 0x80);
    }
    bytes.push(...septets);
  }
  return element(Tag.oid, Buffer.from(bytes));
}

/** UTCTime until 2049, GeneralizedTime from then on, whole seconds (RFC 5280, 4.1.2.5). */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, "");
  return date.getUTCFullYear() < 2050
    ? element(Tag.utcTime, Buffer.from(digits.slice(2), "latin1"))
    : element(Tag.generalizedTime, Buffer.from(digits, "latin1"));
}
