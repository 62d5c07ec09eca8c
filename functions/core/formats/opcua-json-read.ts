/**
 * OPC UA PubSub messages in JSON (OPC 10000-14 section 7.2.5; values: OPC 10000-6 section 5.4), and the "samples" form
 * that OPC Publisher sends by default (Azure Industrial IoT, messageformats.md).
 */

import { Fault, shown } from "../fault.ts";
import { readJson, type JsonValue } from "../json.ts";
import { parseIsoTime, type Instant } from "../normalise/iso-time.ts";
import { decodeDocument } from "../text.ts";

type JsonObject = { readonly [key: string]: JsonValue };

/** One field of a data set, or one monitored item. */
export interface OpcUaField {
  /** Name of the field; of a monitored item its display name or node. */
  readonly name: string;
  /** 32 bits; 0 is good. The top two tell good, uncertain, bad (OPC 10000-4 section 7.39). */
  readonly statusCode: number;
  readonly sourceTime: Instant | null;
  readonly serverTime: Instant | null;
  /** Undefined where there is none, as for a bad status. */
  readonly value: JsonValue | undefined;
  /** Number of the built-in type (OPC 10000-6 section 5.1.2); null where the message does not say, -1 for any other. */
  readonly type: number | null;
}

export interface OpcUaDataSet {
  /** Name of the writer, else its number; null for monitored items. */
  readonly writer: string | null;
  /** `ua-keyframe`, `ua-deltaframe`, `ua-event`, `ua-keepalive`; null where the message does not say. */
  readonly messageType: string | null;
  readonly sequence: number | bigint | null;
  readonly time: Instant | null;
  /** Server or application that a monitored item is of. */
  readonly source: string | null;
  readonly fields: readonly OpcUaField[];
}

export interface OpcUaMessage {
  readonly publisherId: string | null;
  /** Whether the data sets are monitored items, one each. */
  readonly isSamples: boolean;
  readonly dataSets: readonly OpcUaDataSet[];
}

/** Data sets of one payload, and fields of one data set. */
const maximumParts = 10_000;

/** The messages of a payload: one, or several in an array. Throws a {@link Fault}. */
export function readOpcUaJson(bytes: Uint8Array): OpcUaMessage[] {
  const root = readJson(decodeDocument(bytes));
  const parts = Array.isArray(root) ? (root as readonly JsonValue[]) : [root];
  if (parts.length > maximumParts)
    throw new Fault("too-large", `more than ${maximumParts} messages in one payload`);
  const messages: OpcUaMessage[] = [];
  let loose: { isSamples: boolean; dataSets: OpcUaDataSet[] } | null = null;
  for (const part of parts) {
    const message = objectOf(part, "a message");
    if (Object.hasOwn(message, "Messages") || isNetworkType(message["MessageType"])) {
      loose = null;
      messages.push(networkMessage(message));
      continue;
    }
    const isSample = Object.hasOwn(message, "NodeId");
    if (!isSample && !Object.hasOwn(message, "Payload") && message["MessageType"] !== "ua-keepalive")
      throw new Fault("schema", "neither Messages nor Payload nor NodeId: no OPC UA message");
    // Items and data sets without a network header follow each other as one message.
    if (loose === null || loose.isSamples !== isSample) {
      loose = { isSamples: isSample, dataSets: [] };
      messages.push({ publisherId: null, ...loose });
    }
    loose.dataSets.push(isSample ? sample(message) : dataSetMessage(message));
  }
  return messages;
}

function isNetworkType(type: JsonValue | undefined): boolean {
  return typeof type === "string" && ["ua-data", "ua-metadata", "ua-connection", "ua-status"].includes(type);
}

function networkMessage(message: JsonObject): OpcUaMessage {
  // A message with a single data set has it in place of the array (section 7.2.5.3).
  const sets = message["Messages"] ?? [];
  const list = Array.isArray(sets) ? (sets as readonly JsonValue[]) : [sets];
  if (list.length > maximumParts)
    throw new Fault("too-large", `more than ${maximumParts} data sets in one message`);
  const id = message["PublisherId"];
  return {
    publisherId: id === undefined || id === null ? null : scalarText(id, "PublisherId"),
    isSamples: false,
    dataSets: list.map((set) => dataSetMessage(objectOf(set, "a data set message"))),
  };
}

function dataSetMessage(message: JsonObject): OpcUaDataSet {
  const writer = message["DataSetWriterName"] ?? message["DataSetWriterId"];
  const type = message["MessageType"];
  const payload = message["Payload"];
  return {
    writer: writer === undefined || writer === null ? null : scalarText(writer, "DataSetWriterId"),
    messageType: typeof type === "string" ? type : null,
    sequence: sequenceOf(message["SequenceNumber"]),
    time: timeOf(message["Timestamp"]),
    source: null,
    fields: payload === undefined || payload === null ? [] : fieldsOf(payload, message["Status"]),
  };
}

function fieldsOf(payload: JsonValue, status: JsonValue | undefined): OpcUaField[] {
  const names = objectOf(payload, "Payload");
  const keys = Object.keys(names);
  if (keys.length > maximumParts)
    throw new Fault("too-large", `more than ${maximumParts} fields in one data set`);
  const whole = statusOf(status);
  return keys.map((name) => fieldOf(name, names[name]!, whole));
}

function sample(message: JsonObject): OpcUaDataSet {
  const name = message["DisplayName"] ?? message["NodeId"];
  const source = message["ApplicationUri"] ?? message["EndpointUrl"];
  // The value may stand in the item itself, beside its times.
  const value = message["Value"] ?? null;
  const inner = isDataValue(value) ? value : message;
  return {
    writer: null,
    messageType: null,
    sequence: sequenceOf(message["SequenceNumber"]),
    time: timeOf(message["Timestamp"]),
    source: source === undefined || source === null ? null : scalarText(source, "EndpointUrl"),
    fields: [dataValue(scalarText(name!, "NodeId"), inner, inner, statusOf(message["Status"]))],
  };
}

/** Built-in types by their number, as far as a value is read by its type: OPC Publisher writes names in their place. */
const typeNames =
  "- Boolean SByte Byte Int16 UInt16 Int32 UInt32 Int64 UInt64 Float Double - - - ByteString - - - StatusCode - LocalizedText".split(
    " ",
  );

const dataValueKeys = new Set([
  "Value",
  "UaType",
  "StatusCode",
  "Status",
  "SourceTimestamp",
  "SourcePicoseconds",
  "ServerTimestamp",
  "ServerPicoseconds",
]);

/** Whether a value comes with its status and times, rather than being one with fields of its own. */
function isDataValue(value: JsonValue): value is JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => dataValueKeys.has(key));
}

function isVariant(value: JsonValue | undefined): value is JsonObject {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.hasOwn(value, "Body") &&
    Object.keys(value).every((key) => key === "Type" || key === "Body" || key === "Dimensions")
  );
}

/** A field by name: a value, a value with its type, or one with status and times. */
function fieldOf(name: string, given: JsonValue, status: number): OpcUaField {
  return isDataValue(given) ? dataValue(name, given, given, status) : dataValue(name, null, given, status);
}

/** @param parts the object that has the status and times beside the value; null where there is only the value */
function dataValue(name: string, parts: JsonObject | null, given: JsonValue, status: number): OpcUaField {
  let value: JsonValue | undefined = parts ? parts["Value"] : given;
  let type = parts ? parts["UaType"] : undefined;
  if (isVariant(value)) {
    type = value["Type"];
    value = value["Body"];
  }
  const code = parts ? (parts["StatusCode"] ?? parts["Status"]) : undefined;
  return {
    name,
    statusCode: code === undefined ? status : statusOf(code),
    sourceTime: parts ? timeOf(parts["SourceTimestamp"], parts["SourcePicoseconds"]) : null,
    serverTime: parts ? timeOf(parts["ServerTimestamp"], parts["ServerPicoseconds"]) : null,
    value,
    type: typeof type === "string" ? typeNames.indexOf(type) : typeof type === "number" ? type : null,
  };
}

/** A status code: a number, or an object with its number and symbol; an absent one is good. */
function statusOf(status: JsonValue | undefined): number {
  if (status === undefined || status === null) return 0;
  const code =
    typeof status === "object" && !Array.isArray(status) ? ((status as JsonObject)["Code"] ?? 0) : status;
  if (typeof code !== "number" || !Number.isInteger(code) || code < 0 || code > 0xffff_ffff)
    throw new Fault("schema", `status code ${shown(code)}: a number of 32 bits`);
  return code;
}

/**
 * A time with its digits of 100 ns, and the picoseconds beyond in units of 10. The smallest date stands for none.
 * A text that is no time is a fault: to guess would put the value somewhere else.
 */
function timeOf(text: JsonValue | undefined, tens: JsonValue | undefined = 0): Instant | null {
  if (text === undefined || text === null) return null;
  const time = typeof text === "string" ? parseIsoTime(text, 0) : null;
  if (time === null) throw new Fault("schema", `time ${shown(text)}: ISO 8601 is expected`);
  if (time.micros <= smallestDate) return null;
  const beyond = typeof tens === "number" && tens > 0 && tens < 10_000 ? Math.floor(tens / 100) : 0;
  return beyond === 0 ? time : { micros: time.micros, nanoseconds: (time.nanoseconds ?? 0) + beyond };
}

/** 1601-01-01, and with it 0001-01-01: how OPC UA writes that there is no time. */
const smallestDate = -11_644_473_600_000_000;

function sequenceOf(value: JsonValue | undefined): number | bigint | null {
  return typeof value === "bigint" || Number.isSafeInteger(value) ? (value as number | bigint) : null;
}

function scalarText(value: JsonValue, what: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  throw new Fault("schema", `${what} is ${shown(JSON.stringify(value))}, a text or number is expected`);
}

function objectOf(value: JsonValue, what: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Fault("schema", `${what} is no object`);
  return value as JsonObject;
}
