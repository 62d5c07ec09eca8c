/** A function on `BlobCreated` of the curated zone: manifest and latest state of each file. Bundled by functions/build.ts. */

import { createHash } from "node:crypto";
import { manifestFolder } from "../agreements.ts";
import { azureFetch } from "../adapters/azure-client.ts";
import { blobObjects } from "../adapters/blob.ts";
import { latestStateItems } from "../adapters/cosmos.ts";
import { required } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";
import { summarise } from "../adapters/parquet-reader.ts";
import { traceMetrics } from "../adapters/trace-metrics.ts";
import { triggers } from "../azure-agreements.ts";
import { landedBlobs } from "../landed-blobs.ts";
import { onEventHub } from "../on-event-hub.ts";
import type { LatestState, Metrics, ObjectStore } from "../ports.ts";

export interface LandedPorts {
  readonly objects: ObjectStore;
  readonly latest: LatestState;
  readonly metrics: Metrics;
  /** Address of the curated container: events of anything else are none of ours. */
  readonly container: string;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Delivered at least once, in any order: the manifest is written once, the latest state only moves forward. */
export function createHandler({ objects, latest, metrics, container, now }: LandedPorts) {
  return async (events: unknown): Promise<void> => {
    for (const key of landedBlobs(events, container)) {
      const [table = "", ...path] = key.split("/");
      const bytes = await objects.read(container, key);
      const { latest: values, ...summary } = await summarise(bytes, table);
      await latest.keep(values);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const record = { file: key, table, bytes: bytes.length, sha256, ...summary };
      const manifest = Buffer.from(`${JSON.stringify(record)}\n`);
      await objects.create(container, `${manifestFolder}/${table}/${path.join("/")}.json`, manifest);
      metrics.put({
        LandedRows: summary.rows,
        FreshnessSeconds: (now() * 1_000 - summary.lastIngestTs) / 1_000_000,
      });
    }
  };
}

/** Five minutes apart for more than an hour; what fails then is in the lake all the same, and only its manifest is missing. */
const retries = 20;
onEventHub(
  "landed",
  triggers.landed,
  retries,
  lazily(() => {
    const { env } = process;
    const fetch = azureFetch(env);
    const days = Number(required(env, "LATEST_DAYS"));
    return createHandler({
      objects: blobObjects(fetch),
      latest: latestStateItems(fetch, required(env, "COSMOS_ENDPOINT"), days),
      metrics: traceMetrics(required(env, "TENANT")),
      container: required(env, "CURATED_CONTAINER"),
      now: Date.now,
    });
  }),
);
