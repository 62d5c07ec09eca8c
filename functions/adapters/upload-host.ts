import type { DecoderSettings } from "../agreements.ts";
import { createDecoder } from "../core/decoder.ts";
import type { BatchLimits } from "../core/files/file-batches.ts";
import { Dispatcher } from "../core/dispatch.ts";
import { NodeBirths } from "../node-births.ts";
import { nodePorts } from "../platform.ts";
import type { BirthStore, KeptNode, Metrics, ObjectStore, StoredFiles } from "../ports.ts";
import type { UploadPorts } from "../uploaded-file.ts";
import { identify, decoderSettings, type Zones } from "./host-ingest.ts";
import { parquetSink } from "./lake.ts";

/** In memory, with the rows that come of it, some 200 MB of a function's 2 GB. */
const batchLimits: BatchLimits = { messages: 20_000, bytes: 16 << 20 };

/** What a function that decodes uploaded files works with. Throws as {@link decoderSettings} and the decoder do. */
export function uploadHost(
  folder: string,
  files: StoredFiles,
  objects: ObjectStore,
  zones: Omit<Zones, "raw">,
  metricsOf: (environment: string) => Metrics,
  batch: BatchLimits = batchLimits,
): UploadPorts {
  const settings = decoderSettings(folder);
  return uploadPorts(settings, files, objects, zones, metricsOf(settings.tenant), batch);
}

/** The same with settings that are at hand. Throws as the decoder does. */
export function uploadPorts(
  { tenant, profiles, bindings, clockWindow, codec }: DecoderSettings,
  files: StoredFiles,
  objects: ObjectStore,
  zones: Omit<Zones, "raw">,
  metrics: Metrics,
  batch: BatchLimits = batchLimits,
): UploadPorts {
  const dispatcher = new Dispatcher(bindings, new Map(profiles.map((profile) => [profile.name, profile])));
  return {
    ...{ tenant, files, objects, batch, curated: zones.curated },
    profileOf: (deviceId, channel) => dispatcher.find(deviceId, channel),
    decoding() {
      const decoder = createDecoder(profiles, bindings, { ...nodePorts, tenant, clockWindow });
      return {
        decoder,
        metrics,
        births: new NodeBirths(decoder.births, birthsOfFile(), metrics),
        curated: parquetSink(objects, zones.curated, "hex", codec),
        quarantine: parquetSink(objects, zones.quarantine, "hex", codec),
        identify,
        now: Date.now,
      };
    },
  };
}

/** A file is decoded by the births that are in it: those that came live are the stream's, and of another time. */
function birthsOfFile(): BirthStore {
  const nodes = new Map<string, KeptNode>();
  let writes = 0;
  return {
    maximumBytes: Infinity,
    load: (ids) => Promise.resolve(new Map([...nodes].filter(([id]) => ids.includes(id)))),
    keep(id, bytes) {
      const revision = String(++writes);
      nodes.set(id, { bytes, revision });
      return Promise.resolve(revision);
    },
  };
}
