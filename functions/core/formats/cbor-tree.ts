/** CBOR items as a tree with names, for the mapping. */

import type { CborValue } from "../cbor-values.ts";
import { CborMap, CborSimple, CborTag } from "../cbor-values.ts";
import { Fault, shown } from "../fault.ts";
import { parseIsoTime } from "../normalise/iso-time.ts";
import { emptyObject, TreeTime, type TreeValue } from "../tree.ts";

/**
 * Names are texts and integers; an integer is as good as its digits. Times by tag 0 and 1 (RFC 8949 section 3.4) are
 * times, decimal fractions and bigfloats numbers, what any other tag says about a value is left to the profile.
 * Throws a {@link Fault} for a map with other names.
 */
export function treeOfCbor(value: CborValue): TreeValue {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return (value as readonly CborValue[]).map(treeOfCbor);
  if (value instanceof CborMap) return objectOf(value);
  if (value instanceof CborTag) return untagged(value);
  return value instanceof CborSimple ? undefined : (value as never);
}

function objectOf({ entries }: CborMap): TreeValue {
  const object = emptyObject();
  for (const [key, item] of entries) {
    if (typeof key !== "string" && typeof key !== "number" && typeof key !== "bigint")
      throw new Fault("schema", `a map has the name ${shown(key)}; a text or integer is expected`);
    const name = String(key);
    if (name in object) throw new Fault("not-well-formed", `the name ${shown(name)} comes twice`);
    object[name] = treeOfCbor(item);
  }
  return object;
}

function untagged({ tag, value }: CborTag): TreeValue {
  switch (tag) {
    case 0: {
      const time = typeof value === "string" ? parseIsoTime(value, null) : null;
      if (time === null) throw new Fault("schema", `tag 0 of ${shown(value)}, which is no time`);
      return new TreeTime(time.micros, time.nanoseconds);
    }
    case 1:
      if (typeof value !== "number")
        throw new Fault("schema", `tag 1 of ${shown(value)}, which is no number`);
      return new TreeTime(Math.round(value * 1_000_000), null);
    case 4:
    case 5:
      return scaledNumber(value, tag);
    default:
      return treeOfCbor(value);
  }
}

/** [exponent, mantissa] to the base 10 or 2 (RFC 8949 section 3.4.4). */
function scaledNumber(value: CborValue, tag: 4 | 5): number {
  const [exponent, mantissa] =
    Array.isArray(value) && value.length === 2 ? (value as readonly unknown[]) : [];
  const whole = typeof mantissa === "bigint" || (typeof mantissa === "number" && Number.isInteger(mantissa));
  if (typeof exponent !== "number" || !Number.isInteger(exponent) || !whole)
    throw new Fault("schema", `tag ${tag} of what is no exponent and mantissa`);
  // By way of decimal text: multiplying by a power of ten would round twice.
  return tag === 4 ? Number(`${mantissa}e${exponent}`) : Number(mantissa) * 2 ** exponent;
}
