/**
 * The batches that stream services hand to a function, record by record: Kinesis and Firehose to AWS Lambda, Event Hubs
 * to Azure Functions. What is in a record is `iot-rule.ts`'s, `cloud-event.ts`'s or `iot-hub.ts`'s to say.
 */

import { decodeBase64 } from "../text.ts";
import { parseIsoTime } from "../normalise/iso-time.ts";

/** One record of a batch. */
export interface StreamRecord {
  /** What the service calls the record: Kinesis' event id, Firehose's record id, Event Hubs' sequence number. */
  readonly id: string;
  /** Place in its shard or partition; null where the service does not tell. */
  readonly sequenceNumber: string | null;
  readonly partitionKey: string | null;
  /** Milliseconds since 1970; null where the service does not tell. */
  readonly arrivalMs: number | null;
  /** Null where the record's data can't be read: no base64, no body. */
  readonly data: Uint8Array | null;
  /** What a hub adds to a message by itself: the sender's authenticated id among it. */
  readonly systemProperties: Properties;
  /** What the sender added. */
  readonly properties: Properties;
}

export type Properties = Readonly<Record<string, unknown>>;

type Json = Readonly<Record<string, unknown>>;
const none: Properties = {};

function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : none;
}
const array = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const text = (value: unknown): string | null =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : null;

function base64(value: unknown): Uint8Array | null {
  return typeof value === "string" ? decodeBase64(value) : null;
}

/** Records of a Kinesis event. Its arrival time is in seconds with a fraction, unlike Firehose's of the same name. */
export function kinesisRecords(event: unknown): StreamRecord[] {
  return array(object(event)["Records"]).map((record) => {
    const { kinesis, eventID } = object(record);
    const { sequenceNumber, partitionKey, approximateArrivalTimestamp, data } = object(kinesis);
    const seconds = approximateArrivalTimestamp;
    return {
      id: text(eventID) ?? text(sequenceNumber) ?? "",
      sequenceNumber: text(sequenceNumber),
      partitionKey: text(partitionKey),
      arrivalMs: typeof seconds === "number" ? Math.round(seconds * 1_000) : null,
      data: base64(data),
      systemProperties: none,
      properties: none,
    };
  });
}

/** Records of a Firehose transformation event; its arrival time is in milliseconds. */
export function firehoseRecords(event: unknown): StreamRecord[] {
  return array(object(event)["records"]).map((record) => {
    const { recordId, approximateArrivalTimestamp, data, kinesisRecordMetadata } = object(record);
    const { sequenceNumber, partitionKey } = object(kinesisRecordMetadata);
    return {
      id: text(recordId) ?? "",
      sequenceNumber: text(sequenceNumber),
      partitionKey: text(partitionKey),
      arrivalMs: typeof approximateArrivalTimestamp === "number" ? approximateArrivalTimestamp : null,
      data: base64(data),
      systemProperties: none,
      properties: none,
    };
  });
}

const utf8 = new TextEncoder();

/**
 * Messages of an Event Hubs trigger, single or many, with the trigger's metadata: its arrays pair with the messages by
 * index, and its times come without a zone and are in UTC. A body that the host has parsed already is written as JSON
 * again.
 */
export function eventHubRecords(messages: unknown, triggerMetadata: unknown): StreamRecord[] {
  const metadata = object(triggerMetadata);
  const many = Array.isArray(messages);
  const list = many ? (messages as readonly unknown[]) : [messages];
  const of = (name: string, index: number): unknown => {
    const listed = metadata[`${name}Array`];
    if (Array.isArray(listed)) return (listed as readonly unknown[])[index];
    return many && list.length > 1 ? undefined : metadata[name];
  };
  return list.map((body, index) => {
    const systemProperties = object(of("systemProperties", index));
    const sequenceNumber = text(of("sequenceNumber", index)) ?? text(systemProperties["SequenceNumber"]);
    const enqueued = of("enqueuedTimeUtc", index) ?? systemProperties["EnqueuedTimeUtc"];
    const time = typeof enqueued === "string" ? parseIsoTime(enqueued, 0) : null;
    return {
      id: sequenceNumber ?? String(index),
      sequenceNumber,
      partitionKey: text(of("partitionKey", index)) ?? text(systemProperties["PartitionKey"]),
      arrivalMs: time === null ? null : time.micros / 1_000,
      data: bodyBytes(body),
      systemProperties,
      properties: object(of("properties", index)),
    };
  });
}

function bodyBytes(body: unknown): Uint8Array | null {
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (typeof body === "string") return utf8.encode(body);
  return typeof body === "object" && body !== null ? utf8.encode(JSON.stringify(body)) : null;
}
