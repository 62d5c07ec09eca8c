/** A function on a schedule: who fell silent, and how long the issuer's certificate lasts. Bundled by functions/build.ts. */

import { app } from "@azure/functions";
import { azureAlarms } from "../adapters/azure-alarms.ts";
import { azureFetch } from "../adapters/azure-client.ts";
import { latestStateItems } from "../adapters/cosmos.ts";
import { required } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";
import { traceMetrics } from "../adapters/trace-metrics.ts";
import { insightSchedule } from "../azure-agreements.ts";
import { createInsight } from "../insight.ts";

app.timer("insight", {
  schedule: `%${insightSchedule}%`,
  retry: { strategy: "fixedDelay", maxRetryCount: 2, delayInterval: { seconds: 30 } },
  handler: lazily(() => {
    const { env } = process;
    const fetch = azureFetch(env);
    const days = Number(required(env, "LATEST_DAYS"));
    return createInsight({
      latest: latestStateItems(fetch, required(env, "COSMOS_ENDPOINT"), days),
      metrics: traceMetrics(required(env, "TENANT")),
      issuer: required(env, "ISSUER_CERTIFICATE"),
      silentMinutes: Number(required(env, "SILENT_MINUTES")),
      alarms: azureAlarms(import.meta.dirname, fetch, env),
      now: Date.now,
    });
  }),
});
