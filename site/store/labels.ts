/**
 * Names as numbers while rows are sorted and written. DuckDB sorts and writes an ENUM twice as fast as text; its values
 * are made in the order of the text, so the order is the same, and what stands in the file is text.
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteIdentifier, type TableSchema } from "../../functions/core/table.ts";
import { seriesColumns } from "./packed.ts";

export interface LabelledSource {
  readonly table: TableSchema;
  /** Names of DuckDB tables: rows with a `series` each, and what the series stand for. */
  readonly rows: string;
  readonly dictionary: string;
}

/** Calls `work` with a dictionary of the series at hand, whose names are ENUMs meanwhile. */
export async function withLabels<Result>(
  connection: DuckDBConnection,
  { table, rows, dictionary }: LabelledSource,
  work: (dictionary: string) => Promise<Result>,
): Promise<Result> {
  const used = quoteIdentifier(`used_series_${table.name}`);
  await connection.run(
    `CREATE OR REPLACE TABLE ${used} AS SELECT * FROM ${dictionary} WHERE series IN (SELECT DISTINCT series FROM ${rows})`,
  );
  const columns = seriesColumns(table).map(({ name }) => ({
    column: quoteIdentifier(name),
    label: quoteIdentifier(`label_${table.name}_${name}`),
  }));
  const counts = await connection.runAndReadAll(
    `SELECT ${columns.map(({ column }) => `count(${column})`).join(", ")} FROM ${used}`,
  );
  const [row = []] = counts.getRows();
  const named = columns.filter((_, index) => row[index] !== 0n);
  try {
    for (const { column, label } of named) {
      await connection.run(`DROP TYPE IF EXISTS ${label}`);
      await connection.run(
        `CREATE TYPE ${label} AS ENUM (SELECT DISTINCT ${column} FROM ${used} WHERE ${column} IS NOT NULL ORDER BY 1)`,
      );
    }
    const casts = named.map(({ column, label }) => `CAST(${column} AS ${label}) AS ${column}`);
    return await work(`(SELECT * REPLACE (${casts.join(", ")}) FROM ${used})`);
  } finally {
    // What is left where this fails is replaced by the next time.
    const left = [`DROP TABLE ${used}`, ...named.map(({ label }) => `DROP TYPE IF EXISTS ${label}`)];
    for (const statement of left) await connection.run(statement).catch(() => undefined);
  }
}
