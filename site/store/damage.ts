/** Files of the lake that are not what the manifest says. Their content decides, not what an engine says of it. */
import { mkdirSync, renameSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { sha256Of } from "./files.ts";
import type { LakeFile, Manifest } from "./manifest.ts";

/**
 * DuckDB's types of errors that a statement brings about by itself (`Exception::ExceptionTypeToString` in its
 * sources). Any other may come of a file: flipped bits show as Invalid Input, Invalid, IO and INTERNAL errors.
 */
const statementFaults: ReadonlySet<string> = new Set([
  "Binder",
  "Catalog",
  "Conversion",
  "Divide by Zero",
  "INTERRUPT",
  "Mismatch Type",
  "Not implemented",
  "Out of Memory",
  "Out of Range",
  "Parameter Not Allowed",
  "Parameter Not Resolved",
  "Parser",
  "Permission",
  "Syntax",
]);

/** Whether it is worth looking at the files. */
export function mayComeOfDamage({ message }: Error): boolean {
  const [, type] = /^([A-Za-z ]+?) Error: /.exec(message) ?? [];
  return type !== undefined && !statementFaults.has(type);
}

/** Missing or of another size; with `content` also of another hash, which reads all of them. */
export async function findDamaged(
  folder: string,
  files: readonly LakeFile[],
  depth: "size" | "content",
): Promise<LakeFile[]> {
  const damaged: LakeFile[] = [];
  for (const file of files) {
    if (!(await isWhole(join(folder, file.path), file, depth))) damaged.push(file);
  }
  return damaged;
}

/** Throws where it can't be told (no descriptor left, no permission): such a file may be whole. */
async function isWhole(path: string, file: LakeFile, depth: "size" | "content"): Promise<boolean> {
  try {
    const { size } = await stat(path);
    if (size !== file.bytes) return false;
    return depth === "size" || (await sha256Of(path)) === file.sha256;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EIO" || code === "EISDIR" || code === "ENOTDIR") return false;
    throw error;
  }
}

/** Moves them to `damaged/` and takes them out of the manifest. Their messages are still in the raw zone. */
export function setAside(folder: string, manifest: Manifest, damaged: readonly LakeFile[]): void {
  if (damaged.length === 0) return;
  for (const { path } of damaged) keepAside(folder, path);
  manifest.commit({ add: [], remove: damaged.map(({ path }) => path) });
}

/** What is wrong with a file can still be found out, and may be mended: it is never removed. */
export function keepAside(folder: string, path: string): void {
  const aside = join(folder, "damaged");
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  try {
    renameSync(join(folder, path), join(aside, basename(path)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
