/** The values of Sparkplug B that hold other values: data sets, templates, property sets. */

import { Fault } from "../fault.ts";
import { ProtobufReader } from "../protobuf-reader.ts";
import type { RawValue, SparkplugMetric } from "./sparkplug-payload.ts";
import * as dataType from "./sparkplug-datatype.ts";
import * as valueField from "./sparkplug-field.ts";
import { readMetric } from "./sparkplug-payload.ts";
import { misplaced, simpleValue, type SparkplugScalar, type SparkplugSimple } from "./sparkplug-value.ts";

/** A table: typed columns, rows of cells in their order. */
export interface SparkplugDataSet {
  readonly columns: readonly string[];
  /** Numbers of data types. */
  readonly types: readonly number[];
  readonly rows: readonly (readonly (SparkplugScalar | null)[])[];
}

/** A value of several metrics; a definition describes a kind of value and is none. */
export interface SparkplugTemplate {
  readonly isDefinition: boolean;
  /** Name of the definition that an instance is of. */
  readonly reference: string | null;
  readonly version: string | null;
  readonly metrics: readonly SparkplugMetric[];
}

export type SparkplugValue = SparkplugSimple | SparkplugDataSet | SparkplugTemplate;

/** The value of a metric that is not null; see {@link simpleValue}. Throws a {@link Fault}. */
export function metricValue(bytes: Uint8Array, raw: RawValue, type: number): SparkplugValue {
  const { field, start, end } = raw;
  if (type === dataType.dataSet || (type === dataType.unknown && field === valueField.dataSet)) {
    if (field !== valueField.dataSet) throw misplaced(raw, type);
    return readDataSet(bytes, start, end);
  }
  if (type === dataType.template || (type === dataType.unknown && field === valueField.template)) {
    if (field !== valueField.template) throw misplaced(raw, type);
    return readTemplate(bytes, start, end);
  }
  return simpleValue(bytes, raw, type);
}

/** A reader of the message between two places of a payload. */
function within(bytes: Uint8Array, start: number, end: number): ProtobufReader {
  const reader = new ProtobufReader(bytes);
  reader.position = start;
  reader.end = end;
  return reader;
}

/** The bounds of the message in a delimited field. */
interface Slice {
  readonly start: number;
  readonly end: number;
}
const slice = (reader: ProtobufReader): Slice => ({ start: reader.delimited(), end: reader.position });

function readDataSet(bytes: Uint8Array, start: number, end: number): SparkplugDataSet {
  const reader = within(bytes, start, end);
  let stated: number | null = null;
  const columns: string[] = [];
  const types: number[] = [];
  const rowSlices: Slice[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 8) stated = reader.unsigned();
    else if (tag === 18) columns.push(reader.text());
    else if (tag === 24) types.push(reader.uint32());
    else if (tag === 26) {
      // Packed, as proto3 encoders write what the definition, in proto2, has one by one.
      const outer = reader.enter();
      while (reader.position < reader.end) types.push(reader.uint32());
      reader.leave(outer);
    } else if (tag === 34) rowSlices.push(slice(reader));
    else reader.skip(tag);
  }
  if ((stated ?? columns.length) !== columns.length || types.length !== columns.length) {
    throw new Fault(
      "schema",
      `a data set of ${stated} columns has ${columns.length} names and ${types.length} types`,
    );
  }
  return { columns, types, rows: rowSlices.map((row) => readRow(bytes, row, types)) };
}

function readRow(bytes: Uint8Array, row: Slice, types: readonly number[]): (SparkplugScalar | null)[] {
  const reader = within(bytes, row.start, row.end);
  const cells: (SparkplugScalar | null)[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag !== 10) {
      reader.skip(tag);
      continue;
    }
    const type = types[cells.length];
    if (type === undefined)
      throw new Fault("schema", `a row of a data set has more than ${types.length} cells`);
    const { start, end } = slice(reader);
    const raw = readVariant(within(bytes, start, end), cellFields);
    // A cell without a value is how the encoders write null.
    cells.push(raw.field === 0 ? null : (simpleValue(bytes, raw, type) as SparkplugScalar));
  }
  if (cells.length !== types.length)
    throw new Fault("schema", `a row of a data set has ${cells.length} cells, not ${types.length}`);
  return cells;
}

/** Fields of a value by their number in a message that numbers them otherwise than a metric does. */
type VariantFields = Readonly<Record<number, number>>;
const cellFields: VariantFields = { 1: 10, 2: 11, 3: 12, 4: 13, 5: 14, 6: 15 };
const propertyFields: VariantFields = { 3: 10, 4: 11, 5: 12, 6: 13, 7: 14, 8: 15 };

interface Variant extends RawValue {
  /** Data type and null flag of a property. */
  type: number;
  isNull: boolean;
}

function readVariant(reader: ProtobufReader, fields: VariantFields): Variant {
  const raw: Variant = { field: 0, number: 0, high: 0, start: 0, end: 0, type: 0, isNull: false };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const field = fields[tag >>> 3] ?? 0;
    const type = tag & 7;
    if (field === 0) {
      if (tag === 8) raw.type = reader.uint32();
      else if (tag === 16) raw.isNull = reader.bool();
      else reader.skip(tag);
      continue;
    }
    if (field === 10 && type === 0) raw.number = reader.uint32();
    else if (field === 11 && type === 0) {
      reader.varint();
      raw.number = reader.low;
      raw.high = reader.high;
    } else if (field === 12 && type === 5) raw.number = reader.float();
    else if (field === 13 && type === 1) raw.number = reader.double();
    else if (field === 14 && type === 0) raw.number = reader.bool() ? 1 : 0;
    else if (field === 15 && type === 2) {
      raw.start = reader.delimited();
      raw.end = reader.position;
    } else {
      reader.skip(tag);
      continue;
    }
    raw.field = field;
  }
  return raw;
}

/** The metrics' own values, templates perhaps, are read when they are asked for: nesting is the asker's to bound. */
function readTemplate(bytes: Uint8Array, start: number, end: number): SparkplugTemplate {
  const reader = within(bytes, start, end);
  let isDefinition = false;
  let reference: string | null = null;
  let version: string | null = null;
  const metrics: SparkplugMetric[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 10) version = reader.text();
    else if (tag === 18) {
      const outer = reader.enter();
      metrics.push(readMetric(reader));
      reader.leave(outer);
    } else if (tag === 34) reference = reader.text();
    else if (tag === 40) isDefinition = reader.bool();
    else reader.skip(tag);
  }
  return { isDefinition, reference, version, metrics };
}

/** The scalar properties of a metric: engineering unit, quality and whatever else a node tells of it. */
export function readProperties(
  bytes: Uint8Array,
  start: number,
  end: number,
): ReadonlyMap<string, SparkplugScalar | null> {
  const reader = within(bytes, start, end);
  const keys: string[] = [];
  const values: (SparkplugScalar | null)[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 10) keys.push(reader.text());
    else if (tag === 18) {
      const { start: from, end: to } = slice(reader);
      const raw = readVariant(within(bytes, from, to), propertyFields);
      const scalar = raw.field !== 0 && !raw.isNull;
      values.push(scalar ? (simpleValue(bytes, raw, raw.type) as SparkplugScalar) : null);
    } else reader.skip(tag);
  }
  if (keys.length !== values.length)
    throw new Fault("schema", `a property set has ${keys.length} keys and ${values.length} values`);
  return new Map(keys.map((key, index) => [key, values[index]!]));
}
