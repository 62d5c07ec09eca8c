import { join } from "node:path";
import { settingsFile, type DecoderSettings } from "../agreements.ts";
import { createDecoder } from "../core/decoder.ts";
import { messageIdBytes } from "../core/dedupe.ts";
import type { IngestPorts } from "../ingest.ts";
import { NodeBirths } from "../node-births.ts";
import { nodePorts } from "../platform.ts";
import type { BirthStore, Metrics, ObjectStore } from "../ports.ts";
import { jsonBeside } from "./json-beside.ts";
import { parquetSink, rawZone } from "./lake.ts";

/** What a decoder of a cloud works with. */
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

/** Identity of a message that has no other: the first half of its bytes' SHA-256. */
export const identify = (payload: Uint8Array): Uint8Array =>
  Buffer.from(nodePorts.sha256(payload), "binary").subarray(0, messageIdBytes);

/**
 * @param folder where the bundle and its settings lie
 * @param metricsOf makes the metrics of an environment
 * Throws an Error that names the file, profile or binding that makes no sense: the function then does not start.
 */
export function hostIngest(
  folder: string,
  objects: ObjectStore,
  zones: Zones,
  births: BirthStore,
  metricsOf: (environment: string) => Metrics,
): HostIngest {
  const { tenant, profiles, bindings, clockWindow, codec } = decoderSettings(folder);
  const decoder = createDecoder(profiles, bindings, { ...nodePorts, tenant, clockWindow });
  const metrics = metricsOf(tenant);
  return {
    tenant,
    ports: {
      decoder,
      births: new NodeBirths(decoder.births, births, metrics),
      raw: rawZone(objects, zones.raw),
      curated: parquetSink(objects, zones.curated, "hex", codec),
      quarantine: parquetSink(objects, zones.quarantine, "hex", codec),
      metrics,
      identify,
      now: Date.now,
    },
  };
}

/** Of the folder where the bundle lies. Throws as {@link jsonBeside} does. */
export const decoderSettings = (folder: string): DecoderSettings =>
  jsonBeside(join(folder, settingsFile), "the decoder's settings");
