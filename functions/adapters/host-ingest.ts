import { readFileSync } from "node:fs";
import { createDecoder } from "../core/decoder.ts";
import { messageIdBytes } from "../core/dedupe.ts";
import type { DecoderSettings } from "../decoder-settings.ts";
import type { IngestPorts } from "../ingest.ts";
import { nodePorts } from "../platform.ts";
import type { Metrics, ObjectStore } from "../ports.ts";
import { parquetSink, rawZone } from "./lake.ts";
import type { BytesAs } from "./parquet.ts";

/** What a handler of a cloud works with. */
export interface HostIngest {
  readonly tenant: string;
  readonly ports: IngestPorts;
}

/** Buckets or containers. */
export interface Zones {
  readonly raw: string;
  readonly curated: string;
  readonly quarantine: string;
}

/** Throws an Error that names the file where it is missing or no JSON. */
export function readSettings(file: string): DecoderSettings {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as DecoderSettings;
  } catch (error) {
    throw new Error(`the decoder's settings can't be read from ${file}: ${(error as Error).message}`);
  }
}

/** Throws an Error that names the profile or binding that makes no sense. */
export function ingestPorts(
  { tenant, profiles, bindings, clockWindow }: DecoderSettings,
  objects: ObjectStore,
  zones: Zones,
  bytesAs: BytesAs,
  metrics: Metrics,
): HostIngest {
  return {
    tenant,
    ports: {
      decoder: createDecoder(profiles, bindings, { ...nodePorts, tenant, clockWindow }),
      raw: rawZone(objects, zones.raw),
      curated: parquetSink(objects, zones.curated, bytesAs),
      quarantine: parquetSink(objects, zones.quarantine, bytesAs),
      metrics,
      identify: (payload) => Buffer.from(nodePorts.sha256(payload), "binary").subarray(0, messageIdBytes),
      now: Date.now,
    },
  };
}
