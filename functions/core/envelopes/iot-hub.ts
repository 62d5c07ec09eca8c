/**
 * Messages of IoT Hub in its Event Hubs endpoint: the body is the payload, the authenticated device is a system property
 * of the hub's. Topics are the hub's own, so that the channel comes as an application property, `channel`.
 * Source: Microsoft Learn, "Create and read IoT Hub messages", "System properties of device-to-cloud messages".
 */

import { topicOf } from "../envelope.ts";
import { Fault } from "../fault.ts";
import { parseIsoTime } from "../normalise/iso-time.ts";
import { addressed, unreadable, type Opened, type StreamPlace } from "./opened.ts";
import type { StreamRecord } from "./stream-records.ts";

/** Never throws: a record without a device comes with its fault. */
export function openIotHub(record: StreamRecord, place: StreamPlace): Opened {
  const { data, systemProperties, properties } = record;
  const deviceId = systemProperties["iothub-connection-device-id"];
  if (data === null || typeof deviceId !== "string") {
    const missing = data === null ? "body" : "iothub-connection-device-id";
    return unreadable(data ?? new Uint8Array(0), place, new Fault("schema", `the message has no ${missing}`));
  }
  const enqueued = systemProperties["iothub-enqueuedtime"];
  const time = typeof enqueued === "string" ? parseIsoTime(enqueued, 0) : null;
  const { channel } = properties;
  const contentType = systemProperties["content-type"] ?? systemProperties["contentType"];
  return addressed(
    data,
    topicOf({ deviceId, channel: typeof channel === "string" ? channel : "telemetry" }),
    deviceId,
    { ...place, receivedAt: time?.micros ?? place.receivedAt },
    typeof contentType === "string" ? contentType : null,
  );
}
