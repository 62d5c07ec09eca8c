/** Lambda on `Object Created` of the curated zone: manifest and latest state of each file. Bundled by functions/build.ts. */

import { createHash } from "node:crypto";
import type { S3ObjectCreatedNotificationEvent } from "aws-lambda";
import { manifestFolder } from "../aws-agreements.ts";
import { awsAccess } from "../adapters/aws-client.ts";
import { latestStateTable } from "../adapters/dynamodb.ts";
import { embeddedMetrics } from "../adapters/embedded-metrics.ts";
import { required } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";
import { summarise } from "../adapters/parquet-reader.ts";
import { s3Objects } from "../adapters/s3.ts";
import type { LatestState, Metrics, ObjectStore } from "../ports.ts";

export interface LandedPorts {
  readonly objects: ObjectStore;
  readonly latest: LatestState;
  readonly metrics: Metrics;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Delivered at least once, in any order: the manifest is written once, the latest state only moves forward. */
export function createHandler({ objects, latest, metrics, now }: LandedPorts) {
  return async ({ detail }: S3ObjectCreatedNotificationEvent): Promise<void> => {
    const { bucket, object } = detail;
    const [table = "", ...path] = object.key.split("/");
    const bytes = await objects.read(bucket.name, object.key);
    const { latest: values, ...summary } = await summarise(bytes, table);
    await latest.keep(values);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const record = { file: object.key, table, bytes: bytes.length, sha256, ...summary };
    const manifest = Buffer.from(`${JSON.stringify(record)}\n`);
    await objects.create(bucket.name, `${manifestFolder}/${table}/${path.join("/")}.json`, manifest);
    metrics.put({
      LandedRows: summary.rows,
      FreshnessSeconds: (now() * 1_000 - summary.lastIngestTs) / 1_000_000,
    });
  };
}

export const handler = lazily(() => {
  const access = awsAccess(process.env);
  const table = required(process.env, "LATEST_TABLE");
  return createHandler({
    objects: s3Objects(access),
    latest: latestStateTable(access, table, Number(required(process.env, "LATEST_DAYS"))),
    metrics: embeddedMetrics(required(process.env, "TENANT")),
    now: Date.now,
  });
});
