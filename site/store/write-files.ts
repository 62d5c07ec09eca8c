/** The rows of one hour of a table into a file: encrypted, named by its content. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { columnList, quarantineTable, quoteText, type TableSchema } from "../../functions/core/table.ts";
import { encryption, type Engine } from "./engine.ts";
import { partitionOf, settle } from "./files.ts";
import type { LakeFile } from "./manifest.ts";

/** Microseconds: where it begins, and what its rows reach from and to. */
export interface Hour {
  readonly from: number;
  readonly minTs: number;
  readonly maxTs: number;
}

export interface Selection {
  readonly engine: Pick<Engine, "main">;
  /** The lake's folder. */
  readonly folder: string;
  readonly table: TableSchema;
  /** The rows of one hour with the table's columns, in the order of the file. */
  readonly select: string;
}

export const hourMicros = 3_600_000_000;
/**
 * Distinct values up to which a column is given a dictionary. Trying it on columns that have more, as DuckDB's default
 * of a fifth of the rows does, costs a quarter of the time, and makes the file larger.
 */
const dictionaryValues = 1000;
/**
 * A quarter of DuckDB's default: a question about one device reads less, and writing holds less in memory, for a tenth
 * more on disk.
 */
const groupRows = 30_720;

/** The file is synced and in its place; no manifest names it yet. */
export async function writeHour(selection: Selection, { from, minTs, maxTs }: Hour): Promise<LakeFile> {
  const { engine, folder, table, select } = selection;
  const draft = join(folder, "drafts", `${table.name}-${process.hrtime.bigint()}.parquet`);
  const shape = columnList(table);
  try {
    const written = await engine.main.runAndReadAll(
      `COPY (${select}) TO ${quoteText(draft)}
       (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, DICTIONARY_SIZE_LIMIT ${dictionaryValues},
        ROW_GROUP_SIZE ${groupRows}, ENCRYPTION_CONFIG {${encryption}})`,
    );
    const settled = await settle(draft, folder, zoneOf(table), partitionOf(from));
    const rows = Number(written.getRows()[0]?.[0]);
    return { ...settled, table: table.name, rows, minTs, maxTs, shape };
  } finally {
    // A full disk leaves half a file, which would only fill it more.
    await rm(draft, { force: true });
  }
}

const zoneOf = (table: TableSchema): string =>
  table.name === quarantineTable.name ? quarantineTable.name : `curated/${table.name}`;
