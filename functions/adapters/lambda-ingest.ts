import { join } from "node:path";
import { settingsFile } from "../decoder-settings.ts";
import { awsAccess, required, type Environment } from "./aws-client.ts";
import { embeddedMetrics } from "./embedded-metrics.ts";
import { ingestPorts, readSettings, type HostIngest } from "./host-ingest.ts";
import { s3Objects } from "./s3.ts";

export type LambdaIngest = HostIngest;

/** Throws an Error that names the variable or profile that makes no sense: the function then does not start. */
export function lambdaIngest(env: Environment): LambdaIngest {
  const settings = readSettings(join(required(env, "LAMBDA_TASK_ROOT"), settingsFile));
  const zone = (name: string): string => required(env, `${name}_BUCKET`);
  const zones = { raw: zone("RAW"), curated: zone("CURATED"), quarantine: zone("QUARANTINE") };
  const metrics = embeddedMetrics(settings.tenant);
  return ingestPorts(settings, s3Objects(awsAccess(env)), zones, "hex", metrics);
}

/** A handler that is made by its first event: a module that is only loaded needs no environment. */
export function lazily<Event, Answer>(
  make: () => (event: Event) => Promise<Answer>,
): (event: Event) => Promise<Answer> {
  let made: ((event: Event) => Promise<Answer>) | undefined;
  return (event) => (made ??= make())(event);
}
