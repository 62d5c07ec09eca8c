/** Rows of a lake's files with the columns of their table, whoever wrote them. */
import type { DuckDBConnection } from "@duckdb/node-api";
import {
  duckdbType,
  frameTable,
  quoteIdentifier,
  quoteText,
  reservedFrameColumns,
  type Column,
  type TableSchema,
} from "../core/table.ts";

/** Names and types of columns, by DuckDB's words. */
type Shape = ReadonlyMap<string, string>;

/** Of all files together: a column that one of them lacks is null there. */
const scanOf = (paths: readonly string[]): string =>
  `read_parquet([${paths.map(quoteText).join(", ")}], union_by_name = true, hive_partitioning = false)`;

async function shapeOf(connection: DuckDBConnection, scan: string): Promise<Shape> {
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${scan}`);
  return new Map(described.getRows().map(([name, type]) => [String(name), String(type)]));
}

/**
 * The table of frames that files are of: what is not every frame's own is an axis. Two versions of a layout may differ in axes.
 *
 * @param known axes that it has, whether these files have them or not
 */
export async function frameTableOf(
  connection: DuckDBConnection,
  name: string,
  paths: readonly string[],
  known: readonly string[] = [],
): Promise<TableSchema> {
  const shape = await shapeOf(connection, scanOf(paths));
  const found = [...shape].filter(([, type]) => type === "DOUBLE").map(([column]) => column);
  const axes = new Set([...known, ...found].filter((column) => !reservedFrameColumns.includes(column)));
  return frameTable({ name, columns: [...axes].map((axis) => ({ name: axis, unit: null })) });
}

/** Of a table of frames. */
export const axesOf = ({ columns }: TableSchema): string[] =>
  columns.map(({ name }) => name).filter((name) => !reservedFrameColumns.includes(name));

/** A SELECT of a table's columns from files that are its own. */
export async function shapedRows(
  connection: DuckDBConnection,
  table: TableSchema,
  paths: readonly string[],
): Promise<string> {
  if (paths.length === 0) return noRows(table);
  const scan = scanOf(paths);
  const shape = await shapeOf(connection, scan);
  return `SELECT ${table.columns.map((column) => shaped(column, shape.get(column.name))).join(", ")} FROM ${scan}`;
}

export function noRows({ columns }: Pick<TableSchema, "columns">): string {
  return `SELECT ${columns.map((column) => shaped(column, undefined)).join(", ")} WHERE false`;
}

/** Bytes are hexadecimal text where AWS's JSON reader wrote them, times without a zone are UTC. */
function shaped(column: Column, type: string | undefined): string {
  const [name, wanted] = [quoteIdentifier(column.name), duckdbType(column)];
  if (type === undefined) return `NULL::${wanted} AS ${name}`;
  if (type === wanted || (type === "TIMESTAMP WITH TIME ZONE" && wanted === "TIMESTAMPTZ")) return name;
  if (wanted === "BLOB" && type === "VARCHAR") return `unhex(${name}) AS ${name}`;
  return `${name}::${wanted} AS ${name}`;
}
