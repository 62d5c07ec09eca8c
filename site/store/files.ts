/** Files of the lake: written aside, synced, named by their content, and only then known to the manifest. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LakeFile } from "./manifest.ts";

/** `dt=YYYY-MM-DD/hr=HH` of a moment in microseconds. */
export function partitionOf(micros: number): string {
  const iso = new Date(Math.floor(micros / 1000)).toISOString();
  return `dt=${iso.slice(0, 10)}/hr=${iso.slice(11, 13)}`;
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Syncs a finished draft and moves it to `<folder>/<partition>/<hash>.parquet`; returns path (relative), hash and size. */
export async function settle(
  draft: string,
  root: string,
  folder: string,
  partition: string,
): Promise<Pick<LakeFile, "path" | "sha256" | "bytes">> {
  await sync(draft);
  const sha256 = await sha256Of(draft);
  const { size: bytes } = await stat(draft);
  const path = join(folder, partition, `${sha256.slice(0, 32)}.parquet`);
  const target = join(root, path);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await rename(draft, target);
  await sync(dirname(target));
  return { path, sha256, bytes };
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
