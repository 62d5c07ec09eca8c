/** Protobuf messages as trees with names, by a table that was made of their descriptor when the profile was checked. */

import { Fault } from "../fault.ts";
import { narrow } from "../integers.ts";
import { ProtobufReader } from "../protobuf-reader.ts";
import * as wire from "../protobuf-wire.ts";
import { emptyObject, TreeTime, type TreeValue } from "../tree.ts";
import type { ProtobufField, ProtobufTypes } from "./protobuf-types.ts";

/** Messages within messages. */
const maximumDepth = 64;

type TreeMessage = Record<string, TreeValue>;

/** How one value of a scalar type is read, and how it is delimited. */
interface Scalar {
  readonly wire: number;
  readonly absent: TreeValue;
  read(reader: ProtobufReader): TreeValue;
}

const zigzag = (value: number | bigint): number | bigint => {
  const exact = BigInt(value);
  return narrow(exact & 1n ? -(exact >> 1n) - 1n : exact >> 1n);
};

const scalarType = (type: number, read: Scalar["read"], absent: TreeValue = 0): Scalar => ({
  wire: type,
  read,
  absent,
});

const scalars: Readonly<Record<string, Scalar>> = {
  double: scalarType(wire.fixed64, (reader) => reader.double()),
  float: scalarType(wire.fixed32, (reader) => reader.float()),
  int32: scalarType(wire.varint, (reader) => reader.uint32() | 0),
  int64: scalarType(wire.varint, (reader) => reader.int64()),
  uint32: scalarType(wire.varint, (reader) => reader.uint32()),
  uint64: scalarType(wire.varint, (reader) => reader.uint64()),
  sint32: scalarType(wire.varint, (reader) => {
    const raw = reader.uint32();
    return (raw >>> 1) ^ -(raw & 1);
  }),
  sint64: scalarType(wire.varint, (reader) => zigzag(reader.uint64())),
  fixed32: scalarType(wire.fixed32, (reader) => reader.fixed32()),
  fixed64: scalarType(wire.fixed64, (reader) => reader.fixed64()),
  sfixed32: scalarType(wire.fixed32, (reader) => reader.fixed32() | 0),
  sfixed64: scalarType(wire.fixed64, (reader) => reader.sfixed64()),
  bool: scalarType(wire.varint, (reader) => reader.bool(), false),
  string: scalarType(wire.delimited, (reader) => reader.text(), ""),
  bytes: scalarType(wire.delimited, (reader) => reader.byteString(), new Uint8Array(0)),
};

interface PlannedField {
  readonly field: ProtobufField;
  readonly scalar: Scalar | null;
  readonly message: PlannedMessage | null;
  /** The tag that a group ends with; 0 for what is no group. */
  readonly end: number;
  /** Names of the other fields of its oneof. */
  readonly rivals: readonly string[];
}

interface PlannedMessage {
  readonly name: string;
  readonly fields: Map<number, PlannedField>;
  /**
   * Fields that are there whether they were sent or not. Messages inherit them: copies of a thousand fields into each message
   * of two bytes would be a hundred megabytes.
   */
  readonly absent: TreeMessage;
  readonly required: string[];
}

/** Reads messages of one type. Throws an Error for a type or field that the table does not have. */
export function protobufReader(types: ProtobufTypes): (bytes: Uint8Array) => TreeValue {
  const plan = planMessage(types.message, types, new Map());
  return (bytes) => simplified(plan.name, readMessage(new ProtobufReader(bytes), plan, undefined, 0, 0));
}

function planMessage(name: string, types: ProtobufTypes, made: Map<string, PlannedMessage>): PlannedMessage {
  const known = made.get(name);
  if (known !== undefined) return known;
  const fields = Object.hasOwn(types.messages, name) ? types.messages[name] : undefined;
  CHECKED: if (fields === undefined) throw new Error(`the descriptor has no message "${name}"`);
  const plan: PlannedMessage = { name, fields: new Map(), absent: emptyObject(), required: [] };
  made.set(name, plan);
  for (const field of fields) {
    const { type, of = "", label } = field;
    const isGroup = type === "group";
    const end = isGroup ? field.number * 8 + wire.endGroup : 0;
    const message = isGroup || type === "message" ? planMessage(of, types, made) : null;
    const scalar = type === "enum" ? enumScalar(of, types) : (scalars[type] ?? null);
    CHECKED: if (message === null && scalar === null)
      throw new Error(`field "${name}.${field.name}" has no type "${type}"`);
    const rivals = fields.filter((other) => other !== field && isRival(other, field)).map(({ name }) => name);
    plan.fields.set(field.number, { field, scalar, message, end, rivals });
    if (label === "repeated") plan.absent[field.name] = [];
    else if (label === undefined && scalar !== null) plan.absent[field.name] = scalar.absent;
    else if (label === "required") plan.required.push(field.name);
  }
  return plan;
}

const isRival = (one: ProtobufField, other: ProtobufField): boolean =>
  one.oneof !== undefined && one.oneof === other.oneof;

/** An enum is the name of its value; one that the descriptor does not have is its number. */
function enumScalar(name: string, { enums }: ProtobufTypes): Scalar {
  const labels = Object.hasOwn(enums, name) ? enums[name]! : null;
  CHECKED: if (labels === null) throw new Error(`the descriptor has no enum "${name}"`);
  const labelOf = (number: number): TreeValue => {
    const key = String(number);
    return Object.hasOwn(labels, key) ? labels[key]! : number;
  };
  return scalarType(wire.varint, (reader) => labelOf(reader.uint32() | 0), labelOf(0));
}

function readMessage(
  reader: ProtobufReader,
  plan: PlannedMessage,
  begun: TreeMessage | undefined,
  depth: number,
  end: number,
): TreeMessage {
  if (depth >= maximumDepth) throw new Fault("not-well-formed", `nested deeper than ${maximumDepth}`);
  const into = begun ?? (Object.create(plan.absent) as TreeMessage);
  for (let tag = reader.tag(); tag !== end; tag = reader.tag()) {
    // Where a group has no end, the tag is 0 and there is nothing to go past, which is a fault.
    const planned = plan.fields.get(tag >>> 3);
    if (planned === undefined || !readField(reader, planned, tag & 7, into, depth)) reader.skip(tag);
  }
  const missing = plan.required.find((name) => into[name] === undefined);
  if (missing !== undefined) throw new Fault("schema", `${plan.name} has no ${missing}, which is required`);
  return into;
}

/** False where the field is sent as another type than the descriptor has: it is then one that is not known. */
function readField(
  reader: ProtobufReader,
  { field, scalar, message, end, rivals }: PlannedField,
  type: number,
  into: TreeMessage,
  depth: number,
): boolean {
  const { name, label } = field;
  const several = label === "repeated";
  if (scalar !== null) {
    if (type === scalar.wire) {
      if (several) listOf(into, name).push(scalar.read(reader));
      else into[name] = scalar.read(reader);
      for (const rival of rivals) into[rival] = undefined;
      return true;
    }
    if (type !== wire.delimited || !several) return false;
    const outer = reader.enter();
    const items = listOf(into, name);
    while (reader.position < reader.end) items.push(scalar.read(reader));
    reader.leave(outer);
    return true;
  }
  if (type !== (end ? wire.startGroup : wire.delimited)) return false;
  const outer = end || reader.enter();
  // A message that comes in pieces is the sum of them (protobuf.dev, "Encoding", last one wins).
  const before = several || label === "map" ? null : into[name];
  const isObject = typeof before === "object" && before !== null && !(before instanceof TreeTime);
  const value = readMessage(reader, message!, isObject ? (before as TreeMessage) : undefined, depth + 1, end);
  if (!end) reader.leave(outer);
  if (label === "map") putEntry(into, name, value);
  else if (several) listOf(into, name).push(simplified(message!.name, value));
  else into[name] = simplified(message!.name, value);
  for (const rival of rivals) into[rival] = undefined;
  return true;
}

/** The items of a repeated field. What is inherited is nobody's to add to. */
function listOf(into: TreeMessage, name: string): TreeValue[] {
  return (Object.hasOwn(into, name) ? into[name] : (into[name] = [])) as TreeValue[];
}

/** A map is sent as messages of a key and a value; the last one of a key counts. */
function putEntry(into: TreeMessage, name: string, { key, value }: TreeMessage): void {
  const map = (into[name] ??= emptyObject()) as TreeMessage;
  map[String(key as string)] = value;
}

/** Messages of google.protobuf that stand for a value: times, durations in seconds, wrappers. */
function simplified(name: string, message: TreeMessage): TreeMessage | TreeValue {
  if (!name.startsWith("google.protobuf.")) return message;
  const seconds = Number(message["seconds"] ?? 0);
  const nanoseconds = Number(message["nanos"] ?? 0);
  if (name === "google.protobuf.Timestamp") {
    const micros = Math.floor(nanoseconds / 1_000);
    return new TreeTime(seconds * 1_000_000 + micros, nanoseconds - micros * 1_000 || null);
  }
  if (name === "google.protobuf.Duration") return seconds + nanoseconds / 1e9;
  return /^google\.protobuf\.\w+Value$/.test(name) && "value" in message ? message["value"] : message;
}
