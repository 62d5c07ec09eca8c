import { createHash } from "node:crypto";
import { manifestFolder } from "../agreements.ts";
import type { LatestState, Metrics, ObjectStore } from "../ports.ts";
import { summarise } from "./parquet-reader.ts";

export interface LandedPorts {
  readonly objects: ObjectStore;
  readonly latest: LatestState;
  readonly metrics: Metrics;
  /** Milliseconds since 1970. */
  now(): number;
}

/**
 * Manifest and latest state of a file of the curated zone. Events of a file come at least once, in any order: the manifest
 * is written once, the latest state only moves forward.
 *
 * @param container the bucket or container that the file is in
 */
export async function recordLanded(
  container: string,
  file: string,
  { objects, latest, metrics, now }: LandedPorts,
): Promise<void> {
  const [table = "", ...path] = file.split("/");
  const bytes = await objects.read(container, file);
  const { latest: values, ...summary } = await summarise(bytes, table);
  await latest.keep(values);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const record = { file, table, bytes: bytes.length, sha256, ...summary };
  const manifest = Buffer.from(`${JSON.stringify(record)}\n`);
  await objects.create(container, `${manifestFolder}/${table}/${path.join("/")}.json`, manifest);
  metrics.put({
    LandedRows: summary.rows,
    FreshnessSeconds: (now() * 1_000 - summary.lastIngestTs) / 1_000_000,
  });
}
