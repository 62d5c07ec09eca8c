/** A function on a schedule: roll-ups and declared insights of what landed. Bundled by functions/build.ts. */

import { app } from "@azure/functions";
import { azureFetch } from "../adapters/azure-client.ts";
import { blobKept } from "../adapters/blob-kept.ts";
import { blobList } from "../adapters/blob-list.ts";
import { blobObjects, blobRemoval } from "../adapters/blob.ts";
import { required } from "../adapters/environment.ts";
import { insightSettings } from "../adapters/insight-settings.ts";
import { lazily } from "../adapters/lazily.ts";
import { traceMetrics } from "../adapters/trace-metrics.ts";
import { insightSchedule } from "../azure-agreements.ts";
import { functionBounds, type InsightPorts } from "../cloud-insights/ports.ts";
import { runInsights, type InsightRun } from "../cloud-insights/run.ts";

export const createHandler = (ports: InsightPorts) => (): Promise<InsightRun> => runInsights(ports);

const handler = lazily(() => {
  const { env } = process;
  const fetch = azureFetch(env);
  const tenant = required(env, "TENANT");
  return createHandler({
    ...{
      objects: blobObjects(fetch),
      list: blobList(fetch),
      kept: blobKept(fetch),
      removal: blobRemoval(fetch),
    },
    ...{ metrics: traceMetrics(tenant), container: required(env, "CURATED_CONTAINER"), tenant },
    ...{ bounds: functionBounds, complain: console.error, now: Date.now },
    ...insightSettings(import.meta.dirname),
  });
});

app.timer("declared-insights", {
  schedule: `%${insightSchedule}%`,
  retry: { strategy: "fixedDelay", maxRetryCount: 2, delayInterval: { seconds: 30 } },
  handler: () => handler().then(() => undefined),
});
