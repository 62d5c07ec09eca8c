/** The arithmetic of raw values, shared by the compiled and the interpreted reader so that they can't differ. */

import { Fault } from "../fault.ts";
import { decodeUtf8 } from "../text.ts";
import type { DerivedField, FrameField } from "./raw-binary-layout.ts";

/** The raw pattern of "no reading" as a number, or a bigint beyond 2^53; null where there is none. */
export function noneOf(field: FrameField): number | bigint | null {
  if (field.none === undefined) return null;
  const exact = typeof field.none === "string" ? BigInt(field.none) : field.none;
  const number = Number(exact);
  return typeof exact === "bigint" && !Number.isSafeInteger(number) ? exact : number;
}

/** The number whose decimal digits are the hexadecimal ones of a raw number; NaN where they are others. */
export function decimalOfBcd(raw: number): number {
  const digits = raw.toString(16);
  return /\D/.test(digits) ? NaN : Number(digits);
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

/** Text of a fixed-width field; null where the bytes are no UTF-8. */
export function paddedText(bytes: Uint8Array): string | null {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0 || bytes[end - 1] === 0x20)) end--;
  try {
    return decodeUtf8(bytes.subarray(0, end));
  } catch (thrown) {
    if (thrown instanceof Fault) return null;
    throw thrown;
  }
}

const scratch = new DataView(new ArrayBuffer(8));

/** A float by its bits, as halves of 32; for bytes in an order that no DataView reads. */
export function floatOfBits(bits: number): number {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
}
export function doubleOfBits(high: number, low: number): number {
  scratch.setUint32(0, high);
  scratch.setUint32(4, low);
  return scratch.getFloat64(0);
}

/** What a derived value is: null where one of those that it follows from has no reading, undefined where one is absent. */
export function derivedValue({ rule }: DerivedField, of: readonly unknown[]): number | null | undefined {
  if (of.includes(undefined)) return undefined;
  if (!of.every((value) => typeof value === "number")) return null;
  switch (rule) {
    case "unit-quaternion": {
      const rest = (of as readonly number[]).reduce((left, value) => left - value * value, 1);
      // The parts are rounded, so that their squares may add up to a little more than 1.
      return Math.sqrt(Math.max(0, rest));
    }
  }
}
