/** Rows of Parquet files, by an engine that is not ours. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** @param select columns or expressions. Rows are ordered by all of them. */
export async function parquetRows(
  files: readonly Uint8Array[],
  select: string,
): Promise<Record<string, unknown>[]> {
  if (files.length === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), "parquet-"));
  try {
    const paths = await Promise.all(
      files.map(async (bytes, index) => {
        const path = join(folder, `${index}.parquet`);
        await writeFile(path, bytes);
        return `'${path}'`;
      }),
    );
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const answer = await connection.runAndReadAll(
      `SELECT ${select} FROM read_parquet([${paths.join(", ")}], union_by_name = true) ORDER BY ALL`,
    );
    const rows = answer.getRowObjectsJson();
    connection.closeSync();
    instance.closeSync();
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** All columns of all rows, in an order that depends on nothing but them. */
export const rowAnswer = (files: readonly Uint8Array[]): Promise<Record<string, unknown>[]> =>
  parquetRows(files, "*");
