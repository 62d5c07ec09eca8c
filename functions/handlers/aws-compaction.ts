/** Lambda on a schedule: small files of the curated zone become larger ones. Bundled by functions/build.ts. */

import { awsAccess } from "../adapters/aws-client.ts";
import { duckDbMerge } from "../adapters/duckdb-merge.ts";
import { embeddedMetrics } from "../adapters/embedded-metrics.ts";
import { required } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";
import { s3List } from "../adapters/s3-list.ts";
import { s3Objects, s3Removal } from "../adapters/s3.ts";
import { runCompaction, type CompactionPlaces } from "../lake/compaction-run.ts";
import type { Compacted, CompactionPorts } from "../lake/compaction.ts";
import type { Metrics } from "../ports.ts";

/** What a function of 2 GB has room for, beside Node and the merged files that it holds. */
const memory = "512MB";
/** Milliseconds: five minutes before Lambda ends it, so that the merge at hand is in the lake by then. */
const longest = 10 * 60_000;

export const createHandler =
  (places: CompactionPlaces, ports: Omit<CompactionPorts, "until">, metrics: Pick<Metrics, "put">) =>
  (): Promise<Compacted> =>
    runCompaction(places, longest, ports, metrics);

export const handler = lazily(() => {
  const { env } = process;
  const access = awsAccess(env);
  const store = { objects: s3Objects(access), list: s3List(access), removal: s3Removal(access) };
  // As the decoder's files; Athena documents no encoding of the second version.
  const merge = duckDbMerge({ memory, codec: "ZSTD", version: "V1" });
  return createHandler(
    { curated: required(env, "CURATED_BUCKET"), quarantine: required(env, "QUARANTINE_BUCKET") },
    { ...store, merge, complain: console.error, now: Date.now },
    embeddedMetrics(required(env, "TENANT")),
  );
});
