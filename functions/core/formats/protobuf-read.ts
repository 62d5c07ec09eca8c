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

const scalars: Readonly<Record<string, Scalar>> = {
  double: { wire: wire.fixed64, absent: 0, read: (reader) => reader.double() },
  float: { wire: wire.fixed32, absent: 0, read: (reader) => reader.float() },
  int32: { wire: wire.varint, absent: 0, read: (reader) => reader.uint32() | 0 },
  int64: { wire: wire.varint, absent: 0, read: (reader) => reader.int64() },
  uint32: { wire: wire.varint, absent: 0, read: (reader) => reader.uint32() },
  uint64: { wire: wire.varint, absent: 0, read: (reader) => reader.uint64() },
  sint32: {
    wire: wire.varint,
    absent: 0,
    read: (reader) => {
      const raw = reader.uint32();
      return (raw >>> 1) ^ -(raw & 1);
    },
  },
  sint64: { wire: wire.varint, absent: 0, read: (reader) => zigzag(reader.uint64()) },
  fixed32: { wire: wire.fixed32, absent: 0, read: (reader) => reader.fixed32() },
  fixed64: { wire: wire.fixed64, absent: 0, read: (reader) => reader.fixed64() },
  sfixed32: { wire: wire.fixed32, absent: 0, read: (reader) => reader.fixed32() | 0 },
  sfixed64: { wire: wire.fixed64, absent: 0, read: (reader) => reader.sfixed64() },
  bool: { wire: wire.varint, absent: false, read: (reader) => reader.bool() },
  string: { wire: wire.delimited, absent: "", read: (reader) => reader.text() },
  bytes: { wire: wire.delimited, absent: new Uint8Array(0), read: (reader) => reader.byteString() },
};

interface PlannedField {
  readonly field: ProtobufField;
  readonly scalar: Scalar | null;
  readonly message: PlannedMessage | null;
}

interface PlannedMessage {
  readonly name: string;
  readonly fields: Map<number, PlannedField>;
  /** Names and values of fields that are there whether they were sent or not. */
  readonly absent: [string, TreeValue][];
  readonly required: string[];
}

/** Reads messages of one type. Throws an Error for a type or field that the table does not have. */
export function protobufReader(types: ProtobufTypes): (bytes: Uint8Array) => TreeValue {
  const plan = planMessage(types.message, types, new Map());
  return (bytes) => simplified(plan.name, readMessage(new ProtobufReader(bytes), plan, emptyObject(), 0));
}

function planMessage(name: string, types: ProtobufTypes, made: Map<string, PlannedMessage>): PlannedMessage {
  const known = made.get(name);
  if (known !== undefined) return known;
  const fields = Object.hasOwn(types.messages, name) ? types.messages[name] : undefined;
  CHECKED: if (fields === undefined) throw new Error(`the descriptor has no message "${name}"`);
  const plan: PlannedMessage = { name, fields: new Map(), absent: [], required: [] };
  made.set(name, plan);
  for (const field of fields) {
    const { type, of = "", label } = field;
    const message = type === "message" ? planMessage(of, types, made) : null;
    const scalar = type === "enum" ? enumScalar(of, types) : (scalars[type] ?? null);
    CHECKED: if (message === null && scalar === null)
      throw new Error(`field "${name}.${field.name}" has no type "${type}"`);
    plan.fields.set(field.number, { field, scalar, message });
    if (label === "repeated") plan.absent.push([field.name, []]);
    else if (label === undefined && scalar !== null) plan.absent.push([field.name, scalar.absent]);
    else if (label === "required") plan.required.push(field.name);
  }
  return plan;
}

/** An enum is the name of its value; one that the descriptor does not have is its number. */
function enumScalar(name: string, { enums }: ProtobufTypes): Scalar {
  const labels = Object.hasOwn(enums, name) ? enums[name]! : null;
  CHECKED: if (labels === null) throw new Error(`the descriptor has no enum "${name}"`);
  const labelOf = (number: number): TreeValue => {
    const key = String(number);
    return Object.hasOwn(labels, key) ? labels[key]! : number;
  };
  return { wire: wire.varint, absent: labelOf(0), read: (reader) => labelOf(reader.uint32() | 0) };
}

function readMessage(
  reader: ProtobufReader,
  plan: PlannedMessage,
  into: TreeMessage,
  depth: number,
): TreeMessage {
  if (depth >= maximumDepth) throw new Fault("not-well-formed", `nested deeper than ${maximumDepth}`);
  for (const [name, value] of plan.absent) into[name] ??= Array.isArray(value) ? [] : value;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
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
  { field, scalar, message }: PlannedField,
  type: number,
  into: TreeMessage,
  depth: number,
): boolean {
  const { name, label } = field;
  if (scalar !== null) {
    if (type === scalar.wire) {
      if (label === "repeated") (into[name] as TreeValue[]).push(scalar.read(reader));
      else into[name] = scalar.read(reader);
      return true;
    }
    if (type !== wire.delimited || label !== "repeated") return false;
    const outer = reader.enter();
    const items = into[name] as TreeValue[];
    while (reader.position < reader.end) items.push(scalar.read(reader));
    reader.leave(outer);
    return true;
  }
  if (type !== wire.delimited) return false;
  const outer = reader.enter();
  // A message that comes in pieces is the sum of them (protobuf.dev, "Encoding", last one wins).
  const before = label === undefined || label === "optional" ? into[name] : undefined;
  const isObject = typeof before === "object" && before !== null && !(before instanceof TreeTime);
  const value = readMessage(reader, message!, isObject ? (before as TreeMessage) : emptyObject(), depth + 1);
  reader.leave(outer);
  if (label === "map") putEntry(into, name, value);
  else if (label === "repeated") (into[name] as TreeValue[]).push(simplified(message!.name, value));
  else into[name] = simplified(message!.name, value);
  return true;
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
