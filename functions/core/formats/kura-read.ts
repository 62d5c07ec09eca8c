/**
 * Payloads of Eclipse Kura (eclipse-kura/kura, kurapayload.proto): the message definition as a table.
 */

import { Fault, shown } from "../fault.ts";
import type { TreeObject, TreeValue } from "../tree.ts";
import { protobufReader } from "./protobuf-read.ts";
import type { ProtobufField, ProtobufScalar } from "./protobuf-types.ts";

/** The names of ValueType, and the fields that hold a value of each. */
const valueTypes = [
  ["DOUBLE", "double_value", "double"],
  ["FLOAT", "float_value", "float"],
  ["INT64", "long_value", "int64"],
  ["INT32", "int_value", "int32"],
  ["BOOL", "bool_value", "bool"],
  ["STRING", "string_value", "string"],
  ["BYTES", "bytes_value", "bytes"],
] as const;
export type KuraValueType = (typeof valueTypes)[number][0];

const scalar = (number: number, name: string, type: ProtobufScalar): ProtobufField => ({
  number,
  name,
  type,
  label: "optional",
});

/** Degrees, metres and metres a second; the order of the message definition. */
export const kuraPlaces = ["latitude", "longitude", "altitude", "precision", "heading", "speed"] as const;

const readPayload = protobufReader({
  message: "payload",
  messages: {
    payload: [
      scalar(1, "timestamp", "int64"),
      { number: 3, name: "position", type: "message", of: "position" },
      { number: 5000, name: "metric", type: "message", of: "metric", label: "repeated" },
      scalar(5001, "body", "bytes"),
    ],
    position: [
      ...kuraPlaces.map((name, index) => scalar(index + 1, name, "double")),
      scalar(7, "timestamp", "int64"),
      scalar(8, "satellites", "int32"),
      scalar(9, "status", "int32"),
    ],
    metric: [
      scalar(1, "name", "string"),
      scalar(2, "type", "uint32"),
      ...valueTypes.map(([, name, type], index) => scalar(index + 3, name, type)),
    ],
  },
  enums: {},
});

export interface KuraMetric {
  readonly name: string;
  readonly type: KuraValueType;
  /** Null where the metric has no value of its type. */
  readonly value: TreeValue;
}

export interface KuraPayload {
  /** Milliseconds since 1970. */
  readonly timestamp: number | bigint | null;
  readonly position: TreeObject | null;
  readonly metrics: readonly KuraMetric[];
  readonly body: Uint8Array | null;
  /** Metrics that can't be read: no name, or no known type. */
  readonly problems: readonly Fault[];
}

/** Throws a {@link Fault} for what is no payload. */
export function readKura(bytes: Uint8Array): KuraPayload {
  const payload = readPayload(bytes) as TreeObject;
  const metrics: KuraMetric[] = [];
  const problems: Fault[] = [];
  for (const metric of payload["metric"] as readonly TreeObject[]) {
    const { name, type } = metric;
    const known = valueTypes[type as number];
    if (typeof name !== "string") problems.push(new Fault("schema", "a metric without a name"));
    else if (known === undefined)
      problems.push(new Fault("unknown-type", `${shown(name)} is of type ${String(type as number)}`));
    else metrics.push({ name, type: known[0], value: metric[known[1]] ?? null });
  }
  return {
    timestamp: (payload["timestamp"] ?? null) as number | bigint | null,
    position: (payload["position"] ?? null) as TreeObject | null,
    metrics,
    body: (payload["body"] ?? null) as Uint8Array | null,
    problems,
  };
}
