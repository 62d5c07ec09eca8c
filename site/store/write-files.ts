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

export interface FilesToWrite {
  readonly engine: Engine;
  /** The lake's folder. */
  readonly folder: string;
  readonly table: TableSchema;
  /** A query with the table's columns. */
  readonly select: string;
}

interface Hour {
  /** Microseconds. */
  readonly from: number;
  readonly rows: number;
  readonly minTs: number;
  readonly maxTs: number;
}

const hourMicros = 3_600_000_000;

/** Each file is synced and in its place when it is handed over; no manifest names it yet. */
export async function* writeFiles(request: FilesToWrite): AsyncGenerator<LakeFile> {
  for (const hour of await hoursOf(request)) yield await writeHour(request, hour);
}

async function hoursOf({ engine, table, select }: FilesToWrite): Promise<Hour[]> {
  const by = quoteIdentifier(table.partitionBy);
  const reader = await engine.writer.runAndReadAll(
    `SELECT CAST(epoch_us(date_trunc('hour', ${by})) AS DOUBLE), CAST(count(*) AS DOUBLE), CAST(epoch_us(min(${by})) AS DOUBLE),
       CAST(epoch_us(max(${by})) AS DOUBLE) FROM (${select}) GROUP BY date_trunc('hour', ${by}) ORDER BY 1`,
  );
  return reader.getRows().map((row) => {
    const [from = 0, rows = 0, minTs = 0, maxTs = 0] = row.map(Number);
    return { from, rows, minTs, maxTs };
  });
}

async function writeHour({ engine, folder, table, select }: FilesToWrite, hour: Hour): Promise<LakeFile> {
  const { from, rows, minTs, maxTs } = hour;
  const draft = join(folder, "drafts", `${table.name}-${process.hrtime.bigint()}.parquet`);
  const by = quoteIdentifier(table.partitionBy);
  const order = table.sortBy.map(quoteIdentifier).join(", ");
  const shape = columnList(table);
  const where = `${by} >= make_timestamptz(${from}) AND ${by} < make_timestamptz(${from + hourMicros})`;
  try {
    await engine.writer.run(
      `COPY (SELECT ${shape} FROM (${select}) WHERE ${where} ORDER BY ${order}) TO '${draft.replaceAll("'", "''")}'
       (FORMAT parquet, COMPRESSION zstd, ENCRYPTION_CONFIG {${encryption}})`,
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
