import { createHash } from "node:crypto";
import { manifestFolder } from "../agreements.ts";
import type { CloudRules } from "../alarms/cloud-rules.ts";
import { markDue } from "../cloud-insights/due-hours.ts";
import { isChangedName } from "../lake/changed-name.ts";
import type { LatestState, Metrics, ObjectStore } from "../ports.ts";
import { inTurns } from "./in-turns.ts";
import { summarise } from "./parquet-reader.ts";

export interface LandedPorts {
  readonly objects: ObjectStore;
  readonly latest: LatestState;
  readonly metrics: Metrics;
  /** Rules that look at what landed; null where there are none. */
  readonly rules: CloudRules | null;
  /** Whether insights are declared: the hour of the file is due then. */
  readonly marksDue: boolean;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Series under way at the same time. */
const parallel = 32;

/**
 * Manifest and latest state of a file of the curated zone, and what rules say to it. Events of a file come at least once, in any order: the manifest
 * is written once, the latest state and what rules know of a series only move forward.
 *
 * @param container the bucket or container that the file is in
 */
export async function recordLanded(
  container: string,
  file: string,
  { objects, latest, metrics, rules, marksDue, now }: LandedPorts,
): Promise<void> {
  // Its rows have landed before, in the files whose place it takes; what rests on those is to cite this one.
  if (isChangedName(file)) {
    if (marksDue) await markDue(objects, container, file);
    return;
  }
  const [table = "", ...path] = file.split("/");
  const bytes = await objects.read(container, file);
  const {
    latest: values,
    watched,
    ...summary
  } = await summarise(bytes, table, (metric) => Boolean(rules?.watches(table, metric)));
  await latest.keep(values);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const record = { file, table, bytes: bytes.length, sha256, ...summary };
  const manifest = Buffer.from(`${JSON.stringify(record)}\n`);
  await objects.create(container, `${manifestFolder}/${table}/${path.join("/")}.json`, manifest);
  if (marksDue) await markDue(objects, container, file);
  // Behind what others wait for: detectors take their time.
  if (rules !== null) await inTurns(rules.tasks(table, watched), parallel);
  metrics.put({
    LandedRows: summary.rows,
    FreshnessSeconds: (now() * 1_000 - summary.lastIngestTs) / 1_000_000,
  });
}
