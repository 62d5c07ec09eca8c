import { awsAccess } from "./aws-client.ts";
import { birthsTable } from "./dynamodb-births.ts";
import { embeddedMetrics } from "./embedded-metrics.ts";
import { required, type Environment } from "./environment.ts";
import { hostIngest, type HostIngest } from "./host-ingest.ts";
import { s3Objects } from "./s3.ts";

export type LambdaIngest = HostIngest;

/** Throws an Error that names the variable or profile that makes no sense: the function then does not start. */
export function lambdaIngest(env: Environment): LambdaIngest {
  const bucket = (zone: string): string => required(env, `${zone}_BUCKET`);
  const zones = { raw: bucket("RAW"), curated: bucket("CURATED"), quarantine: bucket("QUARANTINE") };
  const access = awsAccess(env);
  const births = birthsTable(access, required(env, "BIRTHS_TABLE"));
  return hostIngest(required(env, "LAMBDA_TASK_ROOT"), s3Objects(access), zones, births, embeddedMetrics);
}
