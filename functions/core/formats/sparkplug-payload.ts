/**
 * Sparkplug B payloads (Eclipse Sparkplug 3.0, chapter 6, sparkplug_b.proto) as messages; what a value is depends on its
 * data type, which may stand in an earlier message: `sparkplug-value.ts` makes it of a metric.
 */

import { asText } from "../cbor-values.ts";
import { Fault } from "../fault.ts";
import { ProtobufReader } from "../protobuf-reader.ts";
import * as metricTag from "./sparkplug-metric-tag.ts";
import * as payloadTag from "./sparkplug-payload-tag.ts";

/** Metrics of one payload; more than any edge node is known to have, and few enough to bound the work. */
const maximumMetrics = 20_000;

/** A metric as it was sent. */
export class SparkplugMetric {
  name: string | null = null;
  alias: number | bigint | null = null;
  /** Milliseconds since 1970. */
  timestamp: number | bigint | null = null;
  /** Number of the data type; 0 where the metric states none. */
  datatype = 0;
  historical = false;
  transient = false;
  isNull = false;
  /** Of {@link valueField}. */
  field = 0;
  /** An int, float, double, or 1 for true; of a long the low 32 bits. */
  number = 0;
  /** The high 32 bits of a long. */
  high = 0;
  /** Where in the payload a text, bytes, data set or template is. */
  start = 0;
  end = 0;
  propertiesStart = 0;
  propertiesEnd = 0;
}

export interface SparkplugPayload {
  readonly bytes: Uint8Array;
  /** Milliseconds since 1970; null where the payload states none. */
  readonly timestamp: number | bigint | null;
  /** 0-255 by the specification; null where the payload states none. */
  readonly seq: number | bigint | null;
  readonly metrics: SparkplugMetric[];
  /** `uuid` and `body`, which the specification leaves to applications. */
  readonly uuid: string | null;
  readonly body: Uint8Array | null;
}

/** Throws a {@link Fault} for what is no payload. */
export function readSparkplugPayload(bytes: Uint8Array): SparkplugPayload {
  const reader = new ProtobufReader(bytes);
  const metrics: SparkplugMetric[] = [];
  let timestamp: number | bigint | null = null;
  let seq: number | bigint | null = null;
  let uuid: string | null = null;
  let body: Uint8Array | null = null;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case payloadTag.metric: {
        if (metrics.length >= maximumMetrics)
          throw new Fault("too-large", `more than ${maximumMetrics} metrics in one payload`);
        const outer = reader.enter();
        metrics.push(readMetric(reader));
        reader.leave(outer);
        break;
      }
      case payloadTag.timestamp:
        timestamp = reader.uint64();
        break;
      case payloadTag.seq:
        seq = reader.uint64();
        break;
      case payloadTag.uuid:
        uuid = reader.text();
        break;
      case payloadTag.body:
        body = reader.byteString();
        break;
      default:
        reader.skip(tag);
    }
  }
  return { bytes, timestamp, seq, metrics, uuid, body };
}

/** The metric that {@link ProtobufReader.enter} has entered. */
export function readMetric(reader: ProtobufReader): SparkplugMetric {
  const metric = new SparkplugMetric();
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case metricTag.name:
        metric.name = reader.name();
        break;
      case metricTag.alias:
        metric.alias = reader.uint64();
        break;
      case metricTag.timestamp:
        metric.timestamp = reader.uint64();
        break;
      case metricTag.datatype:
        metric.datatype = reader.uint32();
        break;
      case metricTag.historical:
        metric.historical = reader.bool();
        break;
      case metricTag.transient:
        metric.transient = reader.bool();
        break;
      case metricTag.isNull:
        metric.isNull = reader.bool();
        break;
      case metricTag.properties:
        metric.propertiesStart = reader.delimited();
        metric.propertiesEnd = reader.position;
        break;
      default:
        if (!readValue(reader, tag, metric)) reader.skip(tag);
    }
  }
  return metric;
}

/** Where a value of a metric, a property, a data set's cell or a template's parameter goes. */
export interface RawValue {
  field: number;
  number: number;
  high: number;
  start: number;
  end: number;
}

/** Read a field of a metric's value; false where the field is none. Of several the last one counts, as in any oneof. */
function readValue(reader: ProtobufReader, tag: number, metric: RawValue): boolean {
  switch (tag) {
    case metricTag.double:
      metric.number = reader.double();
      break;
    case metricTag.int:
      metric.number = reader.uint32();
      break;
    case metricTag.long:
      reader.varint();
      metric.number = reader.low;
      metric.high = reader.high;
      break;
    case metricTag.float:
      metric.number = reader.float();
      break;
    case metricTag.boolean:
      metric.number = reader.bool() ? 1 : 0;
      break;
    case metricTag.text:
    case metricTag.bytes:
    case metricTag.dataSet:
    case metricTag.template:
    case metricTag.extension:
      metric.start = reader.delimited();
      metric.end = reader.position;
      break;
    default:
      return false;
  }
  metric.field = tag >> 3;
  return true;
}

/** Text of a value. */
export function valueText(bytes: Uint8Array, value: RawValue): string {
  return asText(bytes, value.start, value.end);
}
