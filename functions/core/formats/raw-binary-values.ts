/** The arithmetic of raw values, shared by the compiled and the interpreted reader so that they can't differ. */

import type { FrameField } from "./raw-binary-layout.ts";

const word = 4_294_967_296;

/** A 64-bit integer from its halves: a number wherever that is exact. `high` is signed for a signed type. */
export function wideInteger(high: number, low: number): number | bigint {
  const exact = high < 0x20_0000 && (high > -0x20_0000 || (high === -0x20_0000 && low > 0));
  return exact ? high * word + low : BigInt(high) * BigInt(word) + BigInt(low);
}

/** The raw pattern of "no reading" as a number, or a bigint beyond 2^53; null where there is none. */
export function noneOf(field: FrameField): number | bigint | null {
  if (field.none === undefined) return null;
  const exact = typeof field.none === "string" ? BigInt(field.none) : field.none;
  const number = Number(exact);
  return typeof exact === "bigint" && !Number.isSafeInteger(number) ? exact : number;
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}
