/** Lambda on a schedule: who fell silent, and how long the issuer's certificate lasts. Bundled by functions/build.ts. */

import { awsAlarms } from "../adapters/aws-alarms.ts";
import { awsAccess } from "../adapters/aws-client.ts";
import { latestStateTable } from "../adapters/dynamodb.ts";
import { embeddedMetrics } from "../adapters/embedded-metrics.ts";
import { required } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";
import { createInsight } from "../insight.ts";

export const handler = lazily(() => {
  const access = awsAccess(process.env);
  const table = required(process.env, "LATEST_TABLE");
  return createInsight({
    latest: latestStateTable(access, table, Number(required(process.env, "LATEST_DAYS"))),
    metrics: embeddedMetrics(required(process.env, "TENANT")),
    issuer: required(process.env, "ISSUER_CERTIFICATE"),
    silentMinutes: Number(required(process.env, "SILENT_MINUTES")),
    alarms: awsAlarms(import.meta.dirname, access, process.env),
    now: Date.now,
  });
});
