/** Background work on files that are no longer hot: small ones become one, exact duplicates and old data go. */
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { filesBelow } from "./files.ts";
import type { LakeCore } from "./lake-core.ts";
import type { LakeFile } from "./manifest.ts";
import type { LakeSettings } from "../settings.ts";
import { fileScan } from "./views.ts";

const dayMicros = 86_400_000_000;
/** A partition of fewer files is left alone. */
const fewFiles = 4;
/** Rows that one compaction merges, so that it stays short. */
const mostRows = 2_000_000;

/** One partition merged at the most, and retention; bounded work, to be called when there is nothing else to do. */
export async function maintain(
  core: LakeCore,
  retention: LakeSettings["retentionDays"],
): Promise<{ merged: number; removed: number }> {
  const removed = await expire(core, retention);
  const merged = await compactOne(core);
  return { merged, removed };
}

async function compactOne(core: LakeCore): Promise<number> {
  const partitions = new Map<string, LakeFile[]>();
  for (const file of core.manifest.files) {
    const key = `${dirname(file.path)} ${file.shape}`;
    partitions.set(key, [...(partitions.get(key) ?? []), file]);
  }
  for (const files of partitions.values()) {
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    if (files.length < fewFiles || rows > mostRows) continue;
    const [{ table }] = files as [LakeFile, ...LakeFile[]];
    const schema = core.schemaOf(table);
    if (schema === undefined) continue;
    // Repeats that came after their id was forgotten are equal in everything but their arrival.
    const select = `SELECT DISTINCT * FROM ${fileScan(core.folder, files)}`;
    await core.change(async (write) => {
      await write(schema, select);
      return { remove: files.map(({ path }) => path) };
    });
    return files.length;
  }
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
