/** A function on `BlobCreated` of the curated zone: manifest and latest state of each file, what rules say to it. Bundled by functions/build.ts. */

import { azureAlarms } from "../adapters/azure-alarms.ts";
import { azureFetch } from "../adapters/azure-client.ts";
import { blobObjects } from "../adapters/blob.ts";
import { latestStateItems } from "../adapters/cosmos.ts";
import { required } from "../adapters/environment.ts";
import { recordLanded, type LandedPorts } from "../adapters/landed-file.ts";
import { lazily } from "../adapters/lazily.ts";
import { traceMetrics } from "../adapters/trace-metrics.ts";
import { insightsOn } from "../agreements.ts";
import { triggers } from "../azure-agreements.ts";
import { landedBlobs } from "../landed-blobs.ts";
import { onEventHub } from "../on-event-hub.ts";

/** @param container address of the curated container: events of anything else are none of ours */
export function createHandler(container: string, ports: LandedPorts) {
  return async (events: unknown): Promise<void> => {
    for (const file of landedBlobs(events, container)) await recordLanded(container, file, ports);
  };
}

/** Five minutes apart for more than an hour; what fails then is in the lake all the same, and only its manifest is missing. */
const retries = 20;
onEventHub(
  "landed",
  triggers.landed,
  retries,
  lazily(() => {
    const { env } = process;
    const fetch = azureFetch(env);
    const days = Number(required(env, "LATEST_DAYS"));
    return createHandler(required(env, "CURATED_CONTAINER"), {
      objects: blobObjects(fetch),
      latest: latestStateItems(fetch, required(env, "COSMOS_ENDPOINT"), days),
      metrics: traceMetrics(required(env, "TENANT")),
      rules: azureAlarms(import.meta.dirname, fetch, env)?.landing ?? null,
      marksDue: env[insightsOn] !== undefined,
      now: Date.now,
    });
  }),
);
