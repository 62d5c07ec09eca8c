/** One change of the lake: files that come, files that go, and how far it then reaches. */
import type { TableSchema } from "../../functions/core/table.ts";
import type { Commit, LakeFile } from "./manifest.ts";
import type { PackedTable } from "./packed.ts";
import type { Portion } from "./staged-batches.ts";

/** Makes files that are part of a change. */
export interface ChangeFiles {
  ofRows(table: TableSchema, packs: readonly PackedTable[]): Promise<void>;
  /** Of files that have the same shape. */
  ofFiles(table: TableSchema, files: readonly LakeFile[]): Promise<void>;
  /** That are in their places already. */
  made(files: readonly LakeFile[]): void;
}

export interface Change extends Omit<Commit, "add"> {
  /** Staged rows that are in the new files. */
  readonly written?: Portion;
}
