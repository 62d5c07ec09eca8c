/** Bytes to text and back, strictly: ill-formed input is a fault, never a replacement character. */

import { Fault } from "./fault.ts";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const markedUtf8 = new TextDecoder("utf-8", { fatal: true });

/** Decode UTF-8 (RFC 3629); ill-formed sequences are refused. */
export function decodeUtf8(bytes: Uint8Array, decoder = strictUtf8): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Fault("not-well-formed", "text is not valid UTF-8");
  }
}

/** The same of a whole document: a byte order mark that it begins with is no part of it (RFC 8259 section 8.1 allows so). */
export const decodeDocument = (bytes: Uint8Array): string => decodeUtf8(bytes, markedUtf8);

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const valuesOf = (letters: string): Int8Array => {
  const values = new Int8Array(128).fill(-1);
  for (let value = 0; value < letters.length; value++) values[letters.charCodeAt(value)] = value;
  return values;
};
const base64Values = valuesOf(alphabet);
const base64urlValues = valuesOf(alphabet.replace("+/", "-_"));

/**
 * Decode base64 with the URL-safe alphabet (RFC 4648 section 5). RFC 8428 omits the padding; senders
 * that write it are understood. Returns null where the text is not base64url.
 */
export function decodeBase64url(text: string): Uint8Array | null {
  return decoded(text, base64urlValues);
}

/** Decode base64 (RFC 4648 section 4), with or without padding. Returns null where the text is not base64. */
export function decodeBase64(text: string): Uint8Array | null {
  return decoded(text, base64Values);
}

function decoded(text: string, values: Int8Array): Uint8Array | null {
  let length = text.length;
  if (length % 4 === 0 && length > 0 && text.charCodeAt(length - 1) === 0x3d) {
    length -= text.charCodeAt(length - 2) === 0x3d ? 2 : 1;
  }
  if (length % 4 === 1) return null;
  const bytes = new Uint8Array((length * 3) >> 2);
  let pending = 0;
  let bits = 0;
  let at = 0;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    const value = code < 128 ? values[code]! : -1;
    if (value < 0) return null;
    pending = ((pending << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = pending >> bits;
    }
  }
  return bytes;
}

/** Lower-case hexadecimal digits of bytes. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte < 16 ? `0${byte.toString(16)}` : byte.toString(16);
  return text;
}

/** Bytes of hexadecimal digits; null where the text is not an even number of them. */
export function fromHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Number.parseInt(text.slice(2 * index, 2 * index + 2), 16);
  }
  return bytes;
}
