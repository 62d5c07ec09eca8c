/** What a crash left behind in the lake's folder. */
import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { keepAside } from "./damage.ts";
import { filesBelow } from "./files.ts";
import type { Manifest } from "./manifest.ts";

/**
 * Removes drafts, spilled memory, and files whose commit never came: their messages are still in the log. Where the
 * manifest itself was damaged, a file without a record may be one whose record was lost: it is kept aside and told
 * to `onDamage`.
 */
export async function tidy(
  folder: string,
  manifest: Manifest,
  onDamage: (paths: readonly string[]) => void,
): Promise<void> {
  rmSync(join(folder, "spill"), { recursive: true, force: true });
  for (const file of await filesBelow(join(folder, "drafts"))) await rm(file, { force: true });
  const known = new Set(manifest.files.map(({ path }) => path));
  const found = [
    ...(await filesBelow(join(folder, "curated"))),
    ...(await filesBelow(join(folder, "quarantine"))),
  ];
  const unknown = found.map((file) => relative(folder, file)).filter((path) => !known.has(path));
  if (manifest.damagedBytes === 0) {
    for (const path of unknown) await rm(join(folder, path), { force: true });
    return;
  }
  for (const path of unknown) keepAside(folder, path);
  onDamage(["manifest/journal", ...unknown]);
}
