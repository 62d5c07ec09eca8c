/** DuckDB merges files in a folder of its own: sorting goes to disk beyond what memory it may take. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { mergedRows } from "../core/merged-rows.ts";
import { quarantineTable, quoteText, readingsTable } from "../core/table.ts";
import type { MergedFile, MergeFiles } from "../lake/compaction.ts";
import { inEngine } from "./duckdb-engine.ts";
import type { ParquetCodec } from "./parquet.ts";

export interface DuckDbMergeOptions {
  /** As DuckDB has it: `512MB`. */
  readonly memory: string;
  /** Of the files that are made. */
  readonly codec: ParquetCodec;
  /** `V2` has encodings that make files smaller by a quarter, for engines that are known to read them. */
  readonly version: "V1" | "V2";
}

/** As the lake's other files are; a question about one device then reads little. */
const groupRows = 100_000;

export function duckDbMerge(options: DuckDbMergeOptions): MergeFiles {
  return async (table, files) => {
    const folder = await mkdtemp(join(tmpdir(), "fieldlake-merge-"));
    try {
      const paths: string[] = [];
      for (const [index, read] of files.entries()) {
        const path = join(folder, `${index}.parquet`);
        await writeFile(path, await read());
        paths.push(path);
      }
      return await inEngine(folder, options.memory, (connection) =>
        mergeAll(connection, table, paths, folder, options),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

async function mergeAll(
  connection: DuckDBConnection,
  table: string,
  paths: readonly string[],
  folder: string,
  { codec, version }: DuckDbMergeOptions,
): Promise<MergedFile[]> {
  const shaped: string[] = [];
  for (const path of paths) shaped.push(await shapeOf(connection, path));
  const merged: MergedFile[] = [];
  for (const [shape, of] of Map.groupBy(paths.keys(), (index) => shaped[index] as string)) {
    if (of.length < 2) continue;
    const list = of.map((index) => quoteText(paths[index] as string)).join(", ");
    const scan = `read_parquet([${list}], hive_partitioning = false)`;
    const columns = (JSON.parse(shape) as [string, string][]).map(([name]) => name);
    const target = join(folder, `merged-${merged.length}.parquet`);
    const rows = await count(
      connection,
      `COPY (${mergedRows(columns, sortOf(table, columns), scan)}) TO ${quoteText(target)}
       (FORMAT parquet, PARQUET_VERSION ${version}, COMPRESSION ${codec.toLowerCase()}, ROW_GROUP_SIZE ${groupRows})`,
    );
    const before = await count(connection, `SELECT count(*) FROM ${scan}`);
    merged.push({ bytes: await readFile(target), of, rows, repeats: before - rows });
    await rm(target);
  }
  return merged;
}

/** Names and types of a file's columns. */
async function shapeOf(connection: DuckDBConnection, path: string): Promise<string> {
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${quoteText(path)})`);
  return JSON.stringify(described.getRows().map(([name, type]) => [name, type]));
}

const count = async (connection: DuckDBConnection, sql: string): Promise<number> =>
  Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0]);

/** Tables of frames have the device's samples one behind the other. */
function sortOf(table: string, columns: readonly string[]): readonly string[] {
  const known = [readingsTable, quarantineTable].find(({ name }) => name === table);
  return (known?.sortBy ?? ["device_id", "ts"]).filter((name) => columns.includes(name));
}
