/** DuckDB merges files in a folder of its own: sorting goes to disk beyond what memory it may take. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { mergedRows } from "../core/merged-rows.ts";
import { quarantineTable, quoteIdentifier, quoteText, readingsTable } from "../core/table.ts";
import type { Merge, MergedFile, MergeFiles } from "../lake/compaction.ts";
import { inTurns } from "./in-turns.ts";
import { inScratch } from "./duckdb-engine.ts";
import type { ParquetCodec } from "./parquet.ts";

export interface DuckDbMergeOptions {
  /** As DuckDB has it: `512MB`. */
  readonly memory: string;
  /** Of the files that are made. */
  readonly codec: ParquetCodec;
  /** `V2` has encodings that make files smaller by a quarter, for engines that are known to read them. */
  readonly version: "V1" | "V2";
}

const readAtOnce = 8;

/** As the lake's other files are; a question about one device then reads little. */
const groupRows = 100_000;

export function duckDbMerge(options: DuckDbMergeOptions): MergeFiles {
  return (table, files) =>
    inScratch("merge", options.memory, async (connection, folder) => {
      const paths = files.map((_read, index) => join(folder, `${index}.parquet`));
      const fetches = files.map((read, index) => async () => writeFile(paths[index] as string, await read()));
      await inTurns(fetches, readAtOnce);
      return mergeAll(connection, table, paths, folder, options);
    });
}

async function mergeAll(
  connection: DuckDBConnection,
  table: string,
  paths: readonly string[],
  folder: string,
  options: DuckDbMergeOptions,
): Promise<Merge> {
  const unreadable = new Map<number, string>();
  const shapes = new Map<number, string>();
  for (const [index, path] of paths.entries()) {
    const shape = await orReason(shapeOf(connection, path));
    if ("why" in shape) unreadable.set(index, shape.why);
    else shapes.set(index, shape.answer);
  }
  const merged: MergedFile[] = [];
  for (const [shape, group] of Map.groupBy(shapes.keys(), (index) => shapes.get(index) as string)) {
    const columns = (JSON.parse(shape) as [string, string][]).map(([name]) => name);
    let of = group;
    const files = () => of.map((index) => paths[index] as string);
    if (of.length < 2) continue;
    let made = await orReason(mergeAlike(connection, table, columns, files(), folder, options));
    if ("why" in made) {
      // A file may end in its middle, behind a footer that is whole.
      const damaged = await unreadOf(connection, columns, of, paths);
      if (damaged.size === 0) throw new Error(made.why);
      for (const [index, why] of damaged) unreadable.set(index, why);
      of = of.filter((index) => !damaged.has(index));
      if (of.length < 2) continue;
      made = { answer: await mergeAlike(connection, table, columns, files(), folder, options) };
    }
    merged.push({ ...made.answer, of });
  }
  return { merged, unreadable };
}

async function mergeAlike(
  connection: DuckDBConnection,
  table: string,
  columns: readonly string[],
  paths: readonly string[],
  folder: string,
  { codec, version }: DuckDbMergeOptions,
): Promise<Omit<MergedFile, "of">> {
  const scan = scanOf(paths);
  const target = join(folder, "merged.parquet");
  const rows = await count(
    connection,
    `COPY (${mergedRows(columns, sortOf(table, columns), scan)}) TO ${quoteText(target)}
     (FORMAT parquet, PARQUET_VERSION ${version}, COMPRESSION ${codec.toLowerCase()}, ROW_GROUP_SIZE ${groupRows})`,
  );
  const before = await count(connection, `SELECT count(*) FROM ${scan}`);
  const bytes = await readFile(target);
  await rm(target);
  return { bytes, rows, repeats: before - rows };
}

/** Why files can't be read to their end, by their places. */
async function unreadOf(
  connection: DuckDBConnection,
  columns: readonly string[],
  of: readonly number[],
  paths: readonly string[],
): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  const all = `max(hash(${columns.map(quoteIdentifier).join(", ")}))`;
  for (const index of of) {
    const read = await orReason(connection.run(`SELECT ${all} FROM ${scanOf([paths[index] as string])}`));
    if ("why" in read) found.set(index, read.why);
  }
  return found;
}

const scanOf = (paths: readonly string[]): string =>
  `read_parquet([${paths.map(quoteText).join(", ")}], hive_partitioning = false)`;

const orReason = async <Answer>(
  asked: Promise<Answer>,
): Promise<{ readonly answer: Answer } | { readonly why: string }> =>
  asked.then(
    (answer) => ({ answer }),
    (error: Error) => ({ why: error.message }),
  );

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
