/** Sparkplug B payloads in the vectors' form: the message as it is, its values typed. */

import { metricValue, type SparkplugValue } from "../core/formats/sparkplug-groups.ts";
import type { SparkplugMetric } from "../core/formats/sparkplug-payload.ts";
import { readSparkplugPayload } from "../core/formats/sparkplug-payload.ts";

/** Names of the data types by number (Sparkplug 3.0, section 6.4.16); 0 stands for a metric that states no type. */
const sparkplugTypes = [
  "Unknown",
  "Int8",
  "Int16",
  "Int32",
  "Int64",
  "UInt8",
  "UInt16",
  "UInt32",
  "UInt64",
  "Float",
  "Double",
  "Boolean",
  "String",
  "DateTime",
  "Text",
  "UUID",
  "DataSet",
  "Bytes",
  "File",
  "Template",
  "PropertySet",
  "PropertySetList",
  "Int8Array",
  "Int16Array",
  "Int32Array",
  "Int64Array",
  "UInt8Array",
  "UInt16Array",
  "UInt32Array",
  "UInt64Array",
  "FloatArray",
  "DoubleArray",
  "BooleanArray",
  "StringArray",
  "DateTimeArray",
] as const;

type Form = Readonly<Record<string, unknown>>;

const typeName = (type: number): string => (sparkplugTypes as readonly string[])[type] ?? String(type);

export function readSparkplugVector(bytes: Uint8Array): Form {
  const { timestamp, seq, metrics, uuid, body } = readSparkplugPayload(bytes);
  return {
    ...(timestamp === null ? {} : { timestamp }),
    ...(seq === null ? {} : { seq }),
    ...(uuid === null ? {} : { uuid }),
    ...(body === null ? {} : { body }),
    metrics: metrics.map((metric) => metricForm(bytes, metric)),
  };
}

function metricForm(bytes: Uint8Array, metric: SparkplugMetric): Form {
  const { name, alias, timestamp, datatype, historical, transient, isNull } = metric;
  return {
    ...(name === null ? {} : { name }),
    ...(alias === null ? {} : { alias }),
    ...(timestamp === null ? {} : { timestamp }),
    ...(datatype === 0 ? {} : { datatype: typeName(datatype) }),
    ...(historical ? { isHistorical: true } : {}),
    ...(transient ? { isTransient: true } : {}),
    ...(isNull ? { isNull: true } : {}),
    value: isNull ? null : valueForm(bytes, metricValue(bytes, metric, datatype)),
  };
}

function valueForm(bytes: Uint8Array, value: SparkplugValue): unknown {
  if (typeof value !== "object" || value instanceof Uint8Array || Array.isArray(value)) return value;
  if ("columns" in value)
    return { columns: value.columns, types: value.types.map(typeName), rows: value.rows };
  if (!("metrics" in value)) return value;
  const { isDefinition, reference, version, metrics } = value;
  return {
    ...(version === null ? {} : { version }),
    ...(reference === null ? {} : { templateRef: reference }),
    ...(isDefinition ? { isDefinition } : {}),
    metrics: metrics.map((metric) => metricForm(bytes, metric)),
  };
}
