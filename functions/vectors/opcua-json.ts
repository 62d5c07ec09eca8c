/** OPC UA PubSub messages in the vectors' form: times in nanoseconds since 1970, quality in a word. */

import type { OpcUaDataSet, OpcUaField } from "../core/formats/opcua-json-read.ts";
import { readOpcUaJson } from "../core/formats/opcua-json-read.ts";
import type { Instant } from "../core/normalise/iso-time.ts";

type Form = Readonly<Record<string, unknown>>;

const qualities = ["good", "uncertain", "bad", "bad"] as const;

const nanoseconds = ({ micros, nanoseconds: beyond }: Instant): bigint =>
  BigInt(micros) * 1_000n + BigInt(beyond ?? 0);

export function readOpcUaVector(bytes: Uint8Array): Form {
  const messages = readOpcUaJson(bytes).map(({ publisherId, isSamples, dataSets }) =>
    isSamples
      ? { rows: dataSets.flatMap(({ fields }) => fields.map(rowForm)) }
      : { ...(publisherId === null ? {} : { publisherId }), messages: dataSets.map(dataSetForm) },
  );
  return messages.length === 1 ? messages[0]! : { networkMessages: messages };
}

function dataSetForm({ writer, messageType, sequence, time, fields }: OpcUaDataSet): Form {
  return {
    ...(writer === null ? {} : { writer }),
    ...(messageType === null ? {} : { messageType }),
    ...(sequence === null ? {} : { sequence }),
    ...(time === null ? {} : { timeNs: nanoseconds(time) }),
    rows: fields.map(rowForm),
  };
}

function rowForm({ name, statusCode, sourceTime, value }: OpcUaField): Form {
  return {
    name,
    quality: qualities[statusCode >>> 30],
    statusCode,
    ...(sourceTime === null ? {} : { sourceTimeNs: nanoseconds(sourceTime) }),
    ...(value === undefined ? {} : { value }),
  };
}
