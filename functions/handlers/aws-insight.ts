/** Lambda on a schedule: who fell silent, and how long the issuer's certificate lasts. Bundled by functions/build.ts. */

import { X509Certificate } from "node:crypto";
import { awsAccess, required } from "../adapters/aws-client.ts";
import { latestStateTable } from "../adapters/dynamodb.ts";
import { embeddedMetrics } from "../adapters/embedded-metrics.ts";
import { lazily } from "../adapters/lambda-ingest.ts";
import type { LatestState, Metrics } from "../ports.ts";

export interface InsightPorts {
  readonly latest: LatestState;
  readonly metrics: Metrics;
  /** PEM of the certificate that signs devices. */
  readonly issuer: string;
  /** Minutes after which a device counts as silent. */
  readonly silentMinutes: number;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Devices that a finding names; beyond, only the number counts. */
const named = 1_000;
const millisecondsPerDay = 86_400_000;

export function createHandler({ latest, metrics, issuer, silentMinutes, now }: InsightPorts) {
  const expires = new X509Certificate(issuer).validToDate.getTime();
  return async (): Promise<void> => {
    const at = now() * 1_000;
    const silent = await latest.silentSince(at - silentMinutes * 60_000_000, named);
    await latest.record("silent-devices", at, { silentMinutes, devices: silent });
    metrics.put({
      SilentDevices: silent.length,
      IssuerDaysLeft: Math.floor((expires - now()) / millisecondsPerDay),
    });
  };
}

export const handler = lazily(() => {
  const access = awsAccess(process.env);
  const table = required(process.env, "LATEST_TABLE");
  return createHandler({
    latest: latestStateTable(access, table, Number(required(process.env, "LATEST_DAYS"))),
    metrics: embeddedMetrics(required(process.env, "TENANT")),
    issuer: required(process.env, "ISSUER_CERTIFICATE"),
    silentMinutes: Number(required(process.env, "SILENT_MINUTES")),
    now: Date.now,
  });
});
