import { readFileSync } from "node:fs";
import { join } from "node:path";
import { settingsFile, type LambdaSettings } from "../aws-agreements.ts";
import { createDecoder } from "../core/decoder.ts";
import { messageIdBytes } from "../core/dedupe.ts";
import type { IngestPorts } from "../ingest.ts";
import { nodePorts } from "../platform.ts";
import { awsAccess } from "./aws-client.ts";
import { embeddedMetrics } from "./embedded-metrics.ts";
import { required, type Environment } from "./environment.ts";
import { parquetSink, rawZone } from "./lake.ts";
import { s3Objects } from "./s3.ts";

export interface LambdaIngest {
  readonly tenant: string;
  readonly ports: IngestPorts;
}

/** Throws an Error that names the variable or profile that makes no sense: the function then does not start. */
export function lambdaIngest(env: Environment): LambdaIngest {
  const settings = readFileSync(join(required(env, "LAMBDA_TASK_ROOT"), settingsFile), "utf8");
  const { tenant, profiles, bindings, clockWindow } = JSON.parse(settings) as LambdaSettings;
  const bucket = (zone: string): string => required(env, `${zone}_BUCKET`);
  const objects = s3Objects(awsAccess(env));
  return {
    tenant,
    ports: {
      decoder: createDecoder(profiles, bindings, { ...nodePorts, tenant, clockWindow }),
      raw: rawZone(objects, bucket("RAW")),
      curated: parquetSink(objects, bucket("CURATED"), "hex"),
      quarantine: parquetSink(objects, bucket("QUARANTINE"), "hex"),
      metrics: embeddedMetrics(tenant),
      identify: (payload) => Buffer.from(nodePorts.sha256(payload), "binary").subarray(0, messageIdBytes),
      now: Date.now,
    },
  };
}
