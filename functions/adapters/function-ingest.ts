import { readFileSync } from "node:fs";
import { join } from "node:path";
import { settingsFile, type DecoderSettings } from "../agreements.ts";
import { createDecoder } from "../core/decoder.ts";
import { messageIdBytes } from "../core/dedupe.ts";
import type { IngestPorts } from "../ingest.ts";
import { nodePorts } from "../platform.ts";
import { azureFetch } from "./azure-client.ts";
import { blobObjects } from "./blob.ts";
import { required, type Environment } from "./environment.ts";
import { parquetSink, rawZone } from "./lake.ts";
import { traceMetrics } from "./trace-metrics.ts";

export interface FunctionIngest {
  readonly tenant: string;
  readonly ports: IngestPorts;
}

/** Throws an Error that names the variable or profile that makes no sense: the function then does not start. */
export function functionIngest(env: Environment): FunctionIngest {
  const settings = readFileSync(join(required(env, "AzureWebJobsScriptRoot"), settingsFile), "utf8");
  const { tenant, profiles, bindings, clockWindow } = JSON.parse(settings) as DecoderSettings;
  const container = (zone: string): string => required(env, `${zone}_CONTAINER`);
  const objects = blobObjects(azureFetch(env));
  return {
    tenant,
    ports: {
      decoder: createDecoder(profiles, bindings, { ...nodePorts, tenant, clockWindow }),
      raw: rawZone(objects, container("RAW")),
      curated: parquetSink(objects, container("CURATED"), "hex"),
      quarantine: parquetSink(objects, container("QUARANTINE"), "hex"),
      metrics: traceMetrics(tenant),
      identify: (payload) => Buffer.from(nodePorts.sha256(payload), "binary").subarray(0, messageIdBytes),
      now: Date.now,
    },
  };
}
