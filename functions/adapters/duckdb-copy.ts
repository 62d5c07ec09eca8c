/** Rows of DuckDB as the bytes of a Parquet file. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteText } from "../core/table.ts";
import type { DuckDbMergeOptions } from "./duckdb-merge.ts";

/** Null where the query has no row. @param folder where the file lies meanwhile */
export async function rowsAsFile(
  connection: DuckDBConnection,
  query: string,
  folder: string,
  { codec, version }: Pick<DuckDbMergeOptions, "codec" | "version">,
): Promise<Uint8Array | null> {
  const target = join(folder, "rest.parquet");
  const written = await connection.runAndReadAll(
    `COPY (${query}) TO ${quoteText(target)}
     (FORMAT parquet, PARQUET_VERSION ${version}, COMPRESSION ${codec.toLowerCase()})`,
  );
  const bytes = await readFile(target);
  await rm(target);
  return Number(written.getRows()[0]?.[0]) === 0 ? null : bytes;
}
