/**
 * Names as numbers while rows are sorted and written. DuckDB sorts and writes an ENUM twice as fast as text; its values
 * are put in the order of the text, so the order is the same, and what stands in the file is text.
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteIdentifier, quoteText, type TableSchema } from "../../functions/core/table.ts";
import { seriesColumns } from "./packed.ts";

/** More series at a time share too few rows each to be worth it. */
const mostLabelled = 5000;

export interface LabelledSeries {
  readonly table: TableSchema;
  /** DuckDB table of all series. */
  readonly dictionary: string;
  /** Those that are wanted, by their number: a value for each series column. */
  readonly series: ReadonlyMap<number, readonly (string | null)[]>;
}

/** Calls `work` with a DuckDB table of the wanted series, whose names are ENUMs. */
export async function withLabels<Result>(
  connection: DuckDBConnection,
  { table, dictionary, series }: LabelledSeries,
  work: (dictionary: string) => Promise<Result>,
): Promise<Result> {
  if (series.size > mostLabelled) return work(dictionary);
  const labelled = quoteIdentifier(`labelled_${table.name}`);
  const columns = seriesColumns(table).map(({ name }, index) => {
    const values = new Set([...series.values()].flatMap((one) => one[index] ?? []));
    const [column, label] = [quoteIdentifier(name), quoteIdentifier(`label_${table.name}_${name}`)];
    return { column, values: [...values], type: values.size === 0 ? "VARCHAR" : label };
  });
  const named = columns.filter(({ values }) => values.length > 0);
  // What a time before left where it failed goes first.
  const drops = [
    `DROP TABLE IF EXISTS ${labelled}`,
    ...named.map(({ type }) => `DROP TYPE IF EXISTS ${type}`),
  ].join("; ");
  const casts = columns.map(({ column, type }) => `CAST(${column} AS ${type}) AS ${column}`);
  const makes = [
    ...named.map(({ type, values }) => `CREATE TYPE ${type} AS ENUM (${inOrder(values).join(", ")})`),
    `CREATE TABLE ${labelled} AS SELECT series, ${casts.join(", ")} FROM ${dictionary}
     WHERE series IN (${[...series.keys()].join(", ")})`,
  ].join("; ");
  try {
    await connection.run(`${drops}; ${makes}`);
    return await work(labelled);
  } finally {
    await connection.run(drops).catch(() => undefined);
  }
}

/** As DuckDB compares texts: by their UTF-8 bytes. */
function inOrder(values: readonly string[]): string[] {
  const bytes = values.map((value) => Buffer.from(value)).sort((left, right) => left.compare(right));
  return bytes.map((value) => quoteText(value.toString()));
}
