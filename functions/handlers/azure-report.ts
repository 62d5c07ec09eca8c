/** A function on a schedule: a report of the environment into the lake, as HTML and PDF. Bundled by functions/build.ts. */

import { app } from "@azure/functions";
import { azureFetch } from "../adapters/azure-client.ts";
import { azureReportSource } from "../adapters/azure-report-source.ts";
import { blobList } from "../adapters/blob-list.ts";
import { blobObjects, blobRemoval } from "../adapters/blob.ts";
import { required, type Environment } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";
import { scheduledReports } from "../adapters/report-settings.ts";
import { reportSchedule } from "../azure-agreements.ts";
import { runReport, type ReportPorts, type ReportRun } from "../cloud-report/run.ts";

/** What `over` names takes the place of what the settings say. */
export function handlerOf(env: Environment, over: Partial<ReportPorts> = {}): () => Promise<ReportRun> {
  const fetch = azureFetch(env);
  const ports: ReportPorts = {
    ...{ objects: blobObjects(fetch), list: blobList(fetch), removal: blobRemoval(fetch) },
    source: azureReportSource(fetch, env),
    ...{ container: required(env, "CURATED_CONTAINER"), environment: required(env, "TENANT") },
    ...{ declaration: scheduledReports(env), complain: console.error, now: Date.now },
    ...over,
  };
  return () => runReport(ports);
}

const handler = lazily(() => handlerOf(process.env));

app.timer("report", {
  schedule: `%${reportSchedule}%`,
  retry: { strategy: "fixedDelay", maxRetryCount: 2, delayInterval: { seconds: 30 } },
  handler: () => handler().then(() => undefined),
});
