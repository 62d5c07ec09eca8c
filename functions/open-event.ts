/** A record of the event hub that the azure target's broker fills: a CloudEvent of Event Grid, or a message of IoT Hub; and one of the environment itself. */

import { openCloudEvent } from "./core/envelopes/cloud-event.ts";
import { openOwnMessage } from "./core/envelopes/own-message.ts";
import { openIotHub } from "./core/envelopes/iot-hub.ts";
import { unreadable, type Opened } from "./core/envelopes/opened.ts";
import type { StreamRecord } from "./core/envelopes/stream-records.ts";
import { Fault } from "./core/fault.ts";

/** IoT Hub marks what it routes with the device that it authenticated. */
const hubMark = "iothub-connection-device-id";

export function openEvent(record: StreamRecord, tenant: string, now: () => number): Opened {
  const place = { tenant, position: positionOf(record), receivedAt: (record.arrivalMs ?? now()) * 1_000 };
  if (hubMark in record.systemProperties) return openIotHub(record, place);
  const { data } = record;
  return data === null
    ? unreadable(new Uint8Array(0), place, new Fault("not-well-formed", "the event has no body"))
    : (openOwnMessage(data, place) ?? openCloudEvent(data, place));
}

/** A sequence number is one partition's; the time of arrival tells partitions apart. */
const positionOf = ({ id, partitionKey, arrivalMs }: StreamRecord): string =>
  [partitionKey, arrivalMs, id].filter((part) => part !== null).join("/");
