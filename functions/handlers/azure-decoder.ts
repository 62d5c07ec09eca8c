/** A function on Event Hubs: both stream profiles of the azure target. Bundled by functions/build.ts. */

import type { InvocationContext } from "@azure/functions";
import { functionIngest, type FunctionIngest } from "../adapters/function-ingest.ts";
import { lazily } from "../adapters/lazily.ts";
import { triggers } from "../azure-agreements.ts";
import { readingsBlock } from "../core/columns.ts";
import { eventHubRecords } from "../core/envelopes/stream-records.ts";
import { ingest } from "../ingest.ts";
import { onEventHub } from "../on-event-hub.ts";
import { openEvent } from "../open-event.ts";

/**
 * Throws only where a sink fails. The trigger's own retries then bring the batch again for as long as the hub keeps it;
 * without them its checkpoint would move past what was not written.
 */
export function createHandler({ tenant, ports }: FunctionIngest) {
  return async (events: unknown, { triggerMetadata }: Pick<InvocationContext, "triggerMetadata">) => {
    const records = eventHubRecords(events, triggerMetadata);
    const readings = (
      await ingest(
        records.map((record) => openEvent(record, tenant, ports.now)),
        ports,
      )
    ).flat();
    if (readings.length > 0) await ports.curated.write(readingsBlock(readings));
  };
}

/** For ever: what is not written stays in the hub until its retention ends. */
const unlimited = -1;
onEventHub(
  "decode",
  triggers.decoder,
  unlimited,
  lazily(() => createHandler(functionIngest(process.env, import.meta.dirname))),
);
