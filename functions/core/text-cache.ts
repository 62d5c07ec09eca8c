/**
 * Texts that come again and again: names of metrics, labels of records. Comparing bytes with a text that is there costs a
 * fraction of making it anew, and gives the same string, which is compared by address.
 */

import { asText } from "./cbor-values.ts";

/** Texts remembered, one a slot; a power of two. */
const slots = 1_024;
/** Longer ones are values rather than names. */
const longest = 64;

const known: ({ readonly bytes: Uint8Array; readonly text: string } | undefined)[] = new Array(slots).fill(
  undefined,
);

/** Text of the bytes from `start` to `end`, which is likely to come again. Throws a {@link Fault} for ill-formed UTF-8. */
export function repeatedText(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length > longest || length === 0) return asText(bytes, start, end);
  let hash = length;
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
  const slot = (hash ^ (hash >>> 15)) & (slots - 1);
  const entry = known[slot];
  if (entry !== undefined && isSame(entry.bytes, bytes, start, length)) return entry.text;
  const text = asText(bytes, start, end);
  known[slot] = { bytes: bytes.slice(start, end), text };
  return text;
}

function isSame(one: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (one.length !== length) return false;
  for (let index = 0; index < length; index++) if (one[index] !== bytes[start + index]) return false;
  return true;
}
