/** What Azure Functions does with a batch of Event Hubs. */

import type { HostIngest } from "./adapters/host-ingest.ts";
import { readingsBlock } from "./core/columns.ts";
import { openCloudEvent } from "./core/envelopes/cloud-event.ts";
import { openIotHub } from "./core/envelopes/iot-hub.ts";
import { unreadable, type Opened } from "./core/envelopes/opened.ts";
import { eventHubRecords, type StreamRecord } from "./core/envelopes/stream-records.ts";
import { Fault } from "./core/fault.ts";
import { ingest } from "./ingest.ts";

/** What a hub says of the sender; no device can say it itself. */
const hubsDevice = "iothub-connection-device-id";

/** A message of IoT Hub, or the event that an Event Grid namespace made of one. */
function openEvent(record: StreamRecord, tenant: string, now: () => number): Opened {
  const place = { tenant, position: record.id, receivedAt: (record.arrivalMs ?? now()) * 1_000 };
  if (hubsDevice in record.systemProperties) return openIotHub(record, place);
  return record.data === null
    ? unreadable(new Uint8Array(0), place, new Fault("not-well-formed", "the event has no body"))
    : openCloudEvent(record.data, place);
}

/**
 * Rejects only where a sink fails: the trigger's retry policy then holds the partition and hands the same batch over
 * again, whose objects have the same names. Bad data never holds a partition.
 */
export function createHandler({ tenant, ports }: HostIngest) {
  return async (messages: unknown, triggerMetadata: unknown): Promise<void> => {
    const records = eventHubRecords(messages, triggerMetadata);
    const opened = records.map((record) => openEvent(record, tenant, ports.now));
    const readings = (await ingest(opened, ports)).flat();
    if (readings.length > 0) await ports.curated.write(readingsBlock(readings));
  };
}
