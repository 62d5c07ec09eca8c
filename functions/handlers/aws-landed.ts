/** Lambda on `Object Created` of the curated zone: manifest and latest state of each file, what rules say to it. Bundled by functions/build.ts. */

import type { S3ObjectCreatedNotificationEvent } from "aws-lambda";
import { awsAlarms } from "../adapters/aws-alarms.ts";
import { awsAccess } from "../adapters/aws-client.ts";
import { latestStateTable } from "../adapters/dynamodb.ts";
import { embeddedMetrics } from "../adapters/embedded-metrics.ts";
import { required } from "../adapters/environment.ts";
import { recordLanded, type LandedPorts } from "../adapters/landed-file.ts";
import { lazily } from "../adapters/lazily.ts";
import { insightsOn } from "../agreements.ts";
import { s3Objects } from "../adapters/s3.ts";

export function createHandler(ports: LandedPorts) {
  return ({ detail }: S3ObjectCreatedNotificationEvent): Promise<void> =>
    recordLanded(detail.bucket.name, detail.object.key, ports);
}

export const handler = lazily(() => {
  const access = awsAccess(process.env);
  const table = required(process.env, "LATEST_TABLE");
  return createHandler({
    objects: s3Objects(access),
    latest: latestStateTable(access, table, Number(required(process.env, "LATEST_DAYS"))),
    metrics: embeddedMetrics(required(process.env, "TENANT")),
    rules: awsAlarms(import.meta.dirname, access, process.env)?.landing ?? null,
    marksDue: process.env[insightsOn] !== undefined,
    now: Date.now,
  });
});
