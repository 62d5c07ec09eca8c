/**
 * CBOR (RFC 8949) as values, strictly: what is not well-formed, ill-formed UTF-8, duplicate keys and bytes behind the
 * item are refused.
 */

import * as major from "./cbor-major.ts";
import { broken, CborReader, indefinite } from "./cbor-reader.ts";
import type { CborValue } from "./cbor-values.ts";
import { narrow } from "./integers.ts";
import { bignum, CborMap, CborSimple, CborTag } from "./cbor-values.ts";

export { CborMap, CborSimple, CborTag, type CborValue } from "./cbor-values.ts";

const maximumDepth = 64;
/** Bignums beyond this are no measurement; converting them costs quadratic time. */
const maximumBignumBytes = 256;

/** The one item that the bytes are. Throws a {@link Fault}. */
export function readCbor(bytes: Uint8Array): CborValue {
  const reader = new CborReader(bytes);
  const value = readItem(reader, 0);
  reader.finish();
  return value;
}

/** The next item, whole; `depth` is that of the containers around it. */
export function readItem(reader: CborReader, depth: number): CborValue {
  reader.head();
  return readItemOfHead(reader, depth);
}

/** The item whose head was just read. */
export function readItemOfHead(reader: CborReader, depth: number): CborValue {
  switch (reader.type) {
    case major.unsigned:
    case major.negative:
      return reader.integer();
    case major.bytes:
      return reader.byteString();
    case major.text:
      return reader.text();
    case major.simple:
      return readSimple(reader);
  }
  if (depth >= maximumDepth) throw broken(`nested deeper than ${maximumDepth}`, reader.position);
  if (reader.type === major.array) return readArray(reader, depth + 1);
  return reader.type === major.map ? readMap(reader, depth + 1) : readTagged(reader, depth + 1);
}

function readSimple(reader: CborReader): CborValue {
  const { info, argument } = reader;
  if (info === 31) throw broken("break outside an indefinite item", reader.position - 1);
  if (info > 24) return reader.float();
  if (info === 24 && argument < 32) throw broken("reserved simple value", reader.position - 1);
  switch (argument) {
    case 20:
      return false;
    case 21:
      return true;
    case 22:
      return null;
    case 23:
      return undefined;
    default:
      return new CborSimple(argument);
  }
}

function readArray(reader: CborReader, depth: number): CborValue[] {
  const count = reader.count();
  const items: CborValue[] = [];
  for (let index = 0; count === indefinite ? !reader.takeBreak() : index < count; index++) {
    items.push(readItem(reader, depth));
  }
  return items;
}

function readMap(reader: CborReader, depth: number): CborMap {
  const count = reader.count();
  const entries: [CborValue, CborValue][] = [];
  const seen = new Set<string>();
  for (let index = 0; count === indefinite ? !reader.takeBreak() : index < count; index++) {
    const start = reader.position;
    const key = readItem(reader, depth);
    const identity =
      typeof key === "string" ? `t${key}` : `b${reader.bytes.subarray(start, reader.position).join()}`;
    if (seen.has(identity)) throw broken("the same key twice in a map", start);
    seen.add(identity);
    entries.push([key, readItem(reader, depth)]);
  }
  return new CborMap(entries);
}

function readTagged(reader: CborReader, depth: number): CborValue {
  const tag = reader.exactArgument();
  const value = readItem(reader, depth);
  const isBignum =
    (tag === 2 || tag === 3) && value instanceof Uint8Array && value.length <= maximumBignumBytes;
  if (!isBignum) return new CborTag(tag, value);
  const magnitude = bignum(value);
  return narrow(tag === 2 ? magnitude : -1n - magnitude);
}
