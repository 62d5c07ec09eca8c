/** A function on a schedule: small files of the curated zone become larger ones. Bundled by functions/build.ts. */

import { app } from "@azure/functions";
import { azureFetch } from "../adapters/azure-client.ts";
import { blobList } from "../adapters/blob-list.ts";
import { blobObjects, blobRemoval } from "../adapters/blob.ts";
import { duckDbMerge } from "../adapters/duckdb-merge.ts";
import { required } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";
import type { ParquetCodec } from "../adapters/parquet.ts";
import { traceMetrics } from "../adapters/trace-metrics.ts";
import { runCompaction, type CompactionPlaces } from "../lake/compaction-run.ts";
import type { CompactionPorts } from "../lake/compaction.ts";
import type { Metrics } from "../ports.ts";

/** Every six hours: NCRONTAB. The timer's lease lets one instance run at a time. */
const schedule = "0 20 */6 * * *";
/** What Flex Consumption's instance of 2 GB has room for, beside Node. */
const memory = "512MB";
/** Milliseconds: well before the host's end of an invocation, so that the merge at hand is in the lake by then. */
const longest = 15 * 60_000;

export const createHandler =
  (places: CompactionPlaces, ports: Omit<CompactionPorts, "until">, metrics: Pick<Metrics, "put">) =>
  async (): Promise<void> => {
    await runCompaction(places, longest, ports, metrics);
  };

app.timer("compaction", {
  schedule,
  handler: lazily(() => {
    const { env } = process;
    const fetch = azureFetch(env);
    const codec = required(env, "PARQUET_CODEC") as ParquetCodec;
    // zstd is for DuckDB alone; Synapse documents no encoding of the second version.
    const merge = duckDbMerge({ memory, codec, version: codec === "ZSTD" ? "V2" : "V1" });
    const store = { objects: blobObjects(fetch), list: blobList(fetch), removal: blobRemoval(fetch) };
    return createHandler(
      { curated: required(env, "CURATED_CONTAINER"), quarantine: required(env, "QUARANTINE_CONTAINER") },
      { ...store, merge, complain: console.error, now: Date.now },
      traceMetrics(required(env, "TENANT")),
    );
  }),
});
