/** What functions are handed, in the vectors' form. */

import { readJson } from "../core/json.ts";
import { Fault } from "../core/fault.ts";
import {
  eventHubRecords,
  firehoseRecords,
  kinesisRecords,
  type StreamRecord,
} from "../core/envelopes/stream-records.ts";
import { decodeUtf8 } from "../core/text.ts";

type Form = Readonly<Record<string, unknown>>;

/** @param expected says which of the facts about a record a vector is about */
export function readEnvelopeVector(bytes: Uint8Array, expected: Form): Form {
  const event = readJson(decodeUtf8(bytes)) as Form;
  if (Array.isArray(event["Records"])) return form("kinesis", kinesisRecords(event), expected);
  if (Array.isArray(event["records"])) return form("firehose", firehoseRecords(event), expected);
  if (event["messages"] === undefined)
    throw new Fault("schema", "no envelope that a stream hands to a function");
  return form("eventhub", eventHubRecords(event["messages"], event["triggerMetadata"]), expected, event);
}

function form(kind: string, records: readonly StreamRecord[], expected: Form, event: Form = {}): Form {
  const wanted = Array.isArray(expected["records"]) ? (expected["records"] as readonly Form[]) : [];
  const metadata = (event["triggerMetadata"] ?? {}) as Form;
  return {
    kind,
    records: records.map((record, index) => {
      const { id, sequenceNumber, partitionKey, arrivalMs, data, systemProperties, properties } = record;
      if (data === null) throw new Fault("not-well-formed", `record ${id} has no readable data`);
      const times = metadata["enqueuedTimeUtcArray"] as readonly unknown[] | undefined;
      const facts: Form = {
        id,
        sequenceNumber,
        partitionKey,
        arrivalMs,
        deviceId: systemProperties["iothub-connection-device-id"],
        enqueuedTimeUtc: times?.[index] ?? metadata["enqueuedTimeUtc"],
        systemProperties,
        properties,
        payloadHex: Buffer.from(data).toString("hex"),
        payloadText: Buffer.from(data).toString("utf8"),
      };
      const asked = wanted[index] ?? {};
      // Kinesis knows a record by two names, its event id and its sequence number.
      const named = asked["id"] === sequenceNumber ? { ...facts, id: sequenceNumber } : facts;
      return Object.fromEntries(Object.entries(named).filter(([key]) => key in asked));
    }),
  };
}
