/** A selection of one table into files: one for each hour that it touches; sorted, encrypted, named by their content. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  columnList,
  quarantineTable,
  quoteIdentifier,
  type TableSchema,
} from "../../functions/core/table.ts";
import { encryption, type Engine } from "./engine.ts";
import { partitionOf, settle } from "./files.ts";
import type { LakeFile } from "./manifest.ts";
import type { PackedHour } from "./packed.ts";

export interface FilesToWrite {
  readonly engine: Engine;
  /** The lake's folder. */
  readonly folder: string;
  readonly table: TableSchema;
  /** A query with the table's columns. */
  readonly select: string;
  /** The hours that it touches; default: they are looked for. */
  readonly hours?: readonly PackedHour[] | undefined;
}

const hourMicros = 3_600_000_000;
/**
 * Distinct values up to which a column is given a dictionary. Trying it on columns that have more, as DuckDB's default
 * of a fifth of the rows does, costs a quarter of the time, and makes the file larger.
 */
const dictionaryValues = 1000;

/** Each file is synced and in its place when it is handed over; no manifest names it yet. */
export async function* writeFiles(request: FilesToWrite): AsyncGenerator<LakeFile> {
  for (const hour of request.hours ?? (await hoursOf(request))) yield await writeHour(request, hour);
}

async function hoursOf({ engine, table, select }: FilesToWrite): Promise<PackedHour[]> {
  const micros = `epoch_us(${quoteIdentifier(table.partitionBy)})`;
  const reader = await engine.writer.runAndReadAll(
    `SELECT CAST(min(${micros}) AS DOUBLE), CAST(max(${micros}) AS DOUBLE), CAST(count(*) AS DOUBLE)
     FROM (${select}) GROUP BY ${micros} // ${hourMicros} ORDER BY 1`,
  );
  return reader.getRows().map((row) => {
    const [minTs = 0, maxTs = 0, rows = 0] = row.map(Number);
    return { from: Math.floor(minTs / hourMicros) * hourMicros, minTs, maxTs, rows };
  });
}

async function writeHour(
  { engine, folder, table, select }: FilesToWrite,
  hour: PackedHour,
): Promise<LakeFile> {
  const { from, rows, minTs, maxTs } = hour;
  const draft = join(folder, "drafts", `${table.name}-${process.hrtime.bigint()}.parquet`);
  const by = quoteIdentifier(table.partitionBy);
  const order = table.sortBy.map(quoteIdentifier).join(", ");
  const shape = columnList(table);
  const where = `${by} >= make_timestamptz(${from}) AND ${by} < make_timestamptz(${from + hourMicros})`;
  try {
    await engine.inBackground(
      `COPY (SELECT ${shape} FROM (${select}) WHERE ${where} ORDER BY ${order}) TO '${draft.replaceAll("'", "''")}'
       (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, DICTIONARY_SIZE_LIMIT ${dictionaryValues}, ENCRYPTION_CONFIG {${encryption}})`,
    );
    const settled = await settle(draft, folder, zoneOf(table), partitionOf(from));
    return { ...settled, table: table.name, rows, minTs, maxTs, shape };
  } finally {
    // A full disk leaves half a file, which would only fill it more.
    await rm(draft, { force: true });
  }
}

const zoneOf = (table: TableSchema): string =>
  table.name === quarantineTable.name ? quarantineTable.name : `curated/${table.name}`;
