/** One change of the lake: files that come, files that go, and how far it then reaches. */
import type { TableSchema } from "../../functions/core/table.ts";
import type { Engine } from "./engine.ts";
import type { Commit, LakeFile } from "./manifest.ts";
import type { PackedTable } from "./packed.ts";
import type { Portion } from "./staged-batches.ts";

/** Makes files that are part of a change. */
export interface ChangeFiles {
  /** Where they are made: what decides about them is asked there. */
  readonly engine: Engine;
  /** So far. */
  readonly soFar: readonly LakeFile[];
  ofRows(table: TableSchema, packs: readonly PackedTable[]): Promise<void>;
  /** Of files that have the same shape. */
  ofFiles(table: TableSchema, files: readonly LakeFile[]): Promise<void>;
  /** That are in their places already. */
  made(files: readonly LakeFile[]): void;
  /** Of one file, the rows for which `kept` holds, an SQL expression of `o`; `joins` are what else it names. */
  ofSomeRows(table: TableSchema, file: LakeFile, joins: string, kept: string): Promise<void>;
  /** One that was made is not part of the change after all. */
  drop(file: LakeFile): Promise<void>;
}

export interface Change extends Omit<Commit, "add"> {
  /** Staged rows that are in the new files. */
  readonly written?: Portion;
}
