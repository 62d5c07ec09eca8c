/** Values of Sparkplug B metrics, by their data type: everything but data sets and templates. */

import { Fault } from "../fault.ts";
import { narrow, signed64, unsigned64 } from "../integers.ts";
import { decodeUtf8 } from "../text.ts";
import type { RawValue } from "./sparkplug-payload.ts";
import * as dataType from "./sparkplug-datatype.ts";
import * as valueField from "./sparkplug-field.ts";
import { valueText } from "./sparkplug-payload.ts";
import { packedElements } from "./sparkplug-packed.ts";

const word = 4_294_967_296;

export type SparkplugScalar = number | bigint | boolean | string;
/** What a value can be that needs no other message within it. */
export type SparkplugSimple = SparkplugScalar | Uint8Array | readonly SparkplugScalar[];

/**
 * A value that is not null.
 * Integers are taken from whichever integer field is there: UInt32 stands in `long_value` by some encoders, in
 * `int_value` by others and the specification; a negative Int8 or Int16 in 8, 16, 32 or 64 bits.
 * Throws a {@link Fault} for a value that its type does not have.
 * @param type the metric's own, or the one of its birth; 0 reads the field as it is
 */
export function simpleValue(bytes: Uint8Array, raw: RawValue, type: number): SparkplugSimple {
  switch (type) {
    case dataType.unknown:
      return untyped(bytes, raw);
    case dataType.int8:
      return signed(raw, 8);
    case dataType.int16:
      return signed(raw, 16);
    case dataType.int32:
      return signed(raw, 32);
    case dataType.int64:
      return raw.field === valueField.int ? raw.number : int64(raw);
    case dataType.uint8:
      return unsigned(raw, 0xff, type);
    case dataType.uint16:
      return unsigned(raw, 0xffff, type);
    case dataType.uint32:
      return unsigned(raw, 0xffff_ffff, type);
    case dataType.uint64:
    case dataType.dateTime:
      return uint64(raw, type);
    case dataType.float:
    case dataType.double:
      if (raw.field !== valueField.double && raw.field !== valueField.float) throw misplaced(raw, type);
      return raw.number;
    case dataType.boolean:
      if (raw.field !== valueField.boolean) throw misplaced(raw, type);
      return raw.number !== 0;
    case dataType.string:
    case dataType.text:
    case dataType.uuid:
      if (raw.field !== valueField.text) throw misplaced(raw, type);
      return valueText(bytes, raw);
    case dataType.bytes:
    case dataType.file:
      if (raw.field !== valueField.bytes) throw misplaced(raw, type);
      return bytes.slice(raw.start, raw.end);
  }
  if (type < dataType.int8Array || type > dataType.dateTimeArray)
    throw new Fault("unknown-type", `there is no data type ${type} for a metric`);
  if (raw.field !== valueField.bytes) throw misplaced(raw, type);
  return packedArray(bytes.subarray(raw.start, raw.end), type);
}

/** What a value without a type says by itself; integers are unsigned. */
function untyped(bytes: Uint8Array, raw: RawValue): SparkplugSimple {
  switch (raw.field) {
    case valueField.long:
      return uint64(raw, dataType.uint64);
    case valueField.boolean:
      return raw.number !== 0;
    case valueField.text:
      return valueText(bytes, raw);
    case valueField.bytes:
      return bytes.slice(raw.start, raw.end);
    case valueField.int:
    case valueField.float:
    case valueField.double:
      return raw.number;
    default:
      throw new Fault("schema", "a metric has neither a value nor is_null");
  }
}

export function misplaced({ field }: RawValue, type: number): Fault {
  return new Fault("schema", `a value of data type ${type} is in field ${field} of its metric`);
}

function signed(raw: RawValue, bits: 8 | 16 | 32): number {
  const type = bits === 8 ? dataType.int8 : bits === 16 ? dataType.int16 : dataType.int32;
  const { field, number } = raw;
  if (field !== valueField.int && field !== valueField.long) throw misplaced(raw, type);
  const half = 2 ** (bits - 1);
  const high = field === valueField.long ? raw.high : 0;
  if (high === 0 && number < half) return number;
  // Two's complement of the type's own width, of 16 bits, of 32, or of 64.
  if (high === 0 && number < 2 * half) return number - 2 * half;
  if (high === 0 && number >= 0x1_0000 - half && number < 0x1_0000) return number - 0x1_0000;
  if ((high === 0 || high === word - 1) && number >= word - half) return number - word;
  throw new Fault("value-range", `${high * word + number} is not of data type ${type}`);
}

function int64(raw: RawValue): number | bigint {
  if (raw.field !== valueField.long) throw misplaced(raw, dataType.int64);
  return signed64(raw.high | 0, raw.number);
}

function unsigned(raw: RawValue, most: number, type: number): number {
  if (raw.field !== valueField.int && raw.field !== valueField.long) throw misplaced(raw, type);
  const value = raw.field === valueField.long ? raw.high * word + raw.number : raw.number;
  if (value > most) throw new Fault("value-range", `${value} is not of data type ${type}`);
  return value;
}

function uint64(raw: RawValue, type: number): number | bigint {
  const { field, high, number } = raw;
  if (field === valueField.int) return number;
  if (field !== valueField.long) throw misplaced(raw, type);
  return unsigned64(high, number);
}

function packedArray(bytes: Uint8Array, type: number): SparkplugScalar[] {
  const element = packedElements[type - dataType.int8Array];
  if (element === null || element === undefined)
    return type === dataType.dateTimeArray - 1 ? textArray(bytes) : booleanArray(bytes);
  const [read, size] = element;
  if (bytes.length % size !== 0) {
    throw new Fault(
      "not-well-formed",
      `${bytes.length} bytes are no array of data type ${type}: ${size} an element`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values: SparkplugScalar[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const value = view[read](at, true);
    values.push(typeof value === "bigint" ? narrow(value) : value);
  }
  return values;
}

/** Four bytes of count, then a bit an element, the most significant first. */
function booleanArray(bytes: Uint8Array): boolean[] {
  const { length } = bytes;
  const count = length < 4 ? -1 : new DataView(bytes.buffer, bytes.byteOffset, length).getUint32(0, true);
  if (length !== 4 + Math.ceil(count / 8)) {
    throw new Fault(
      "not-well-formed",
      `a BooleanArray of ${length} bytes does not hold the ${count} it claims`,
    );
  }
  return Array.from(
    { length: count },
    (_, index) => ((bytes[4 + (index >> 3)]! >> (7 - (index & 7))) & 1) === 1,
  );
}

/** Texts, each closed by a zero. */
function textArray(bytes: Uint8Array): string[] {
  if (bytes.length > 0 && bytes[bytes.length - 1] !== 0)
    throw new Fault("not-well-formed", "the last text of a StringArray is not closed");
  const texts: string[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0, start);
    texts.push(decodeUtf8(bytes.subarray(start, end)));
    start = end + 1;
  }
  return texts;
}
