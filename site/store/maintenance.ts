/** Background work on files that are no longer hot: small ones become one, exact duplicates and old data go. */
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { smallestFiles } from "../../functions/core/merged-rows.ts";
import { filesBelow } from "./files.ts";
import type { LakeCore } from "./lake-core.ts";
import type { LakeSettings } from "../settings.ts";

const dayMicros = 86_400_000_000;
/** By itself the lake leaves a partition of fewer files alone. */
const fewFiles = 4;
/** Rows and bytes that one compaction merges, so that it stays short and in memory; a file of half as many is not small. */
const mostRows = 500_000;
const mostBytes = 64 * 1024 * 1024;

/** One partition merged at the most, and retention; bounded work, to be called when there is nothing else to do. */
export async function maintain(
  core: LakeCore,
  retention: LakeSettings["retentionDays"],
): Promise<{ merged: number; removed: number }> {
  const removed = await expire(core, retention);
  const merged = await compactOne(core, fewFiles);
  return { merged, removed };
}

/**
 * The files of one hour and shape as one, where there are at least `least`; resolves with how many were merged, 0 where
 * nothing is left to merge. Where one partition can't be merged, the next one may be; the first error is told where none was.
 */
export async function compactOne(core: LakeCore, least: number): Promise<number> {
  const own = core.manifest.files.filter(({ derived }) => derived === undefined);
  const partitions = Map.groupBy(own, ({ path, shape }) => `${dirname(path)} ${shape}`);
  const errors: unknown[] = [];
  for (const partition of partitions.values()) {
    const files = smallestFiles(partition, ({ rows, bytes }) => [rows, bytes], [mostRows, mostBytes]);
    const schema = core.schemaOf(files[0]?.table ?? "");
    if (files.length < least || schema === undefined) continue;
    try {
      await core.change(async (made) => {
        await made.ofFiles(schema, files);
        return { remove: files.map(({ path }) => path) };
      });
      return files.length;
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return 0;
}

/** A file goes when its newest row is too old; a raw one by the hour of its partition. */
async function expire(
  core: LakeCore,
  { raw, curated, quarantine }: LakeSettings["retentionDays"],
): Promise<number> {
  const now = Date.now() * 1000;
  const old = core.manifest.files.filter(({ path, maxTs }) => {
    const days = path.startsWith("quarantine/") ? quarantine : curated;
    return days > 0 && maxTs < now - days * dayMicros;
  });
  if (old.length > 0) {
    await core.change(async () => ({ remove: old.map(({ path }) => path) }));
  }
  const segments = raw === 0 ? [] : await filesBelow(join(core.folder, "raw"));
  const oldSegments = segments.filter((file) => {
    const [, day, hour] = /dt=(\d{4}-\d\d-\d\d)\/hr=(\d\d)\//.exec(file) ?? [];
    return day !== undefined && Date.parse(`${day}T${hour}:59:59Z`) * 1000 < now - raw * dayMicros;
  });
  for (const file of oldSegments) await rm(file, { force: true });
  return old.length + oldSegments.length;
}
