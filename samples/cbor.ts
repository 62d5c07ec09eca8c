/**
 * The part of CBOR (RFC 8949) that SenML packs need, written in preferred serialisation (section 4.1): the
 * shortest integer and the shortest float that keeps the value, so that equal packs are equal bytes.
 */

export type CborValue = number | string | boolean | Uint8Array | readonly CborValue[] | CborMap;
/** Entries are written in the order of the map. */
export type CborMap = ReadonlyMap<number | string, CborValue>;

const major = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5 } as const;

function head(type: number, value: number): Buffer {
  const lead = type << 5;
  if (value < 24) return Buffer.of(lead | value);
  if (value < 0x100) return Buffer.of(lead | 24, value);
  if (value < 0x1_0000) return Buffer.of(lead | 25, value >> 8, value & 0xff);
  const bytes = Buffer.alloc(value < 0x1_0000_0000 ? 5 : 9);
  if (bytes.length === 5) {
    bytes[0] = lead | 26;
    bytes.writeUInt32BE(value, 1);
  } else {
    bytes[0] = lead | 27;
    bytes.writeBigUInt64BE(BigInt(value), 1);
  }
  return bytes;
}

/** The half-precision bits of a value, `null` where it needs more (RFC 8949, appendix D, the other way round). */
function halfBits(value: number): number | null {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude === 0) return sign;
  if (magnitude < 2 ** -14) {
    const fraction = magnitude * 2 ** 24;
    return Number.isInteger(fraction) ? sign | fraction : null;
  }
  const exponent = Math.floor(Math.log2(magnitude));
  const fraction = (magnitude / 2 ** exponent - 1) * 1024;
  return exponent <= 15 && Number.isInteger(fraction) ? sign | ((exponent + 15) << 10) | fraction : null;
}

function float(value: number): Buffer {
  const half = halfBits(value);
  if (half !== null) return Buffer.of(0xf9, half >> 8, half & 0xff);
  const single = Math.fround(value) === value;
  const bytes = Buffer.alloc(single ? 5 : 9);
  bytes[0] = single ? 0xfa : 0xfb;
  if (single) bytes.writeFloatBE(value, 1);
  else bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** Whole numbers become integers, as SenML asks for (RFC 8428, section 6). Throws `RangeError` on NaN and infinities. */
export function encodeCbor(value: CborValue): Buffer {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError(`${value} has no place in a SenML pack`);
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return float(value);
    return value >= 0 ? head(major.unsigned, value) : head(major.negative, -1 - value);
  }
  if (typeof value === "boolean") return Buffer.of(value ? 0xf5 : 0xf4);
  if (typeof value === "string") {
    const text = Buffer.from(value, "utf8");
    return Buffer.concat([head(major.text, text.length), text]);
  }
  if (value instanceof Uint8Array) return Buffer.concat([head(major.bytes, value.length), value]);
  if (value instanceof Map) {
    const entries = [...(value as CborMap)].flatMap(([key, entry]) => [encodeCbor(key), encodeCbor(entry)]);
    return Buffer.concat([head(major.map, value.size), ...entries]);
  }
  const items = value as readonly CborValue[];
  return Buffer.concat([head(major.array, items.length), ...items.map(encodeCbor)]);
}
