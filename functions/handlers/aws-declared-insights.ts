/** Lambda on a schedule: roll-ups and declared insights of what landed. Bundled by functions/build.ts. */

import { awsAccess } from "../adapters/aws-client.ts";
import { embeddedMetrics } from "../adapters/embedded-metrics.ts";
import { required } from "../adapters/environment.ts";
import { insightSettings } from "../adapters/insight-settings.ts";
import { lazily } from "../adapters/lazily.ts";
import { s3Kept } from "../adapters/s3-kept.ts";
import { s3List } from "../adapters/s3-list.ts";
import { s3Objects, s3Removal } from "../adapters/s3.ts";
import { functionBounds, type InsightPorts } from "../cloud-insights/ports.ts";
import { runInsights, type InsightRun } from "../cloud-insights/run.ts";

export const createHandler = (ports: InsightPorts) => (): Promise<InsightRun> => runInsights(ports);

export const handler = lazily(() => {
  const { env } = process;
  const access = awsAccess(env);
  const tenant = required(env, "TENANT");
  return createHandler({
    ...{ objects: s3Objects(access), list: s3List(access), kept: s3Kept(access), removal: s3Removal(access) },
    ...{ metrics: embeddedMetrics(tenant), container: required(env, "CURATED_BUCKET"), tenant },
    ...{ bounds: functionBounds, complain: console.error, now: Date.now },
    ...insightSettings(import.meta.dirname),
  });
});
