/** The arithmetic of raw values, shared by the compiled and the interpreted reader so that they can't differ. */

import type { FrameField } from "./raw-binary-layout.ts";

const word = 4_294_967_296;

/** A 64-bit integer from its halves: a number wherever that is exact. `high` is signed for a signed type. */
export function wideInteger(high: number, low: number): number | bigint {
  const exact = high < 0x20_0000 && (high > -0x20_0000 || (high === -0x20_0000 && low > 0));
  return exact ? high * word + low : BigInt(high) * BigInt(word) + BigInt(low);
}

/** How a raw number becomes a value. */
export interface Scaling {
  /** Division by an integer is exact to the last decimal where multiplication by its reciprocal isn't (0.1, 0.005). */
  readonly divisor: number | null;
  readonly factor: number;
  readonly offset: number;
}

/** The scaling of a field; null where the value is the raw number. */
export function scalingOf(field: FrameField): Scaling | null {
  const { scale = 1, offset = 0 } = field;
  if (scale === 1 && offset === 0) return null;
  const reciprocal = Math.round(1 / scale);
  const divides = Math.abs(reciprocal) > 1 && Number.isSafeInteger(reciprocal) && 1 / reciprocal === scale;
  return { divisor: divides ? reciprocal : null, factor: scale, offset };
}

export function applyScaling(raw: number | bigint, scaling: Scaling): number {
  const number = Number(raw);
  const scaled = scaling.divisor === null ? number * scaling.factor : number / scaling.divisor;
  return scaling.offset === 0 ? scaled : scaled + scaling.offset;
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
