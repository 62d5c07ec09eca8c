/** The same rows as each target writes them: columns and types of the one row schema, bytes as bytes or as hexadecimal text. */
import {
  duckdbType,
  frameTable,
  optional,
  quarantineTable,
  quoteIdentifier,
  readingsTable,
  type Column,
  type TableSchema,
} from "../../functions/core/table.ts";
import type { CopyEngine } from "./copy-engine.ts";
import { DamagedFile } from "./places.ts";

/** What a file holds, told by itself. */
export interface RowForm {
  readonly schema: TableSchema;
  /** Its rows, with the schema's columns and DuckDB's own types. */
  readonly select: string;
}

/** Columns that every frame table has. */
const framed = new Map(frameTable({ name: "frames", columns: [] }).columns.map((one) => [one.name, one]));

/** @throws {@link DamagedFile} where it is no file of the table, or can't be read */
export async function formOf(engine: CopyEngine, table: string, scan: string): Promise<RowForm> {
  const described = await engine.rows(`DESCRIBE SELECT * FROM ${scan}`).catch((error: Error) => {
    throw new DamagedFile(`it can't be read: ${firstLine(error)}`);
  });
  const types = new Map(described.map(([name, type]) => [String(name), String(type)]));
  const schema = schemaOf(table, types);
  const columns = schema.columns.map((column) => {
    const type = types.get(column.name);
    const name = quoteIdentifier(column.name);
    if (type === undefined && !column.nullable) throw new DamagedFile(`it has no column ${column.name}`);
    return `${valueOf(column, type)} AS ${name}`;
  });
  return { schema, select: `SELECT ${columns.join(", ")} FROM ${scan}` };
}

function valueOf(column: Column, type: string | undefined): string {
  const name = quoteIdentifier(column.name);
  if (type === undefined) return `NULL::${duckdbType(column)}`;
  if (column.type === "bytes" && type === "VARCHAR") return `unhex(${name})`;
  return type === duckdbType(column) ? name : `${name}::${duckdbType(column)}`;
}

function schemaOf(table: string, types: ReadonlyMap<string, string>): TableSchema {
  const known = [readingsTable, quarantineTable].find(({ name }) => name === table);
  if (known !== undefined) {
    const names = new Set(known.columns.map(({ name }) => name));
    const other = [...types.keys()].find((name) => !names.has(name));
    if (other !== undefined) throw new DamagedFile(`it has a column ${other}, which ${table} has not`);
    return known;
  }
  const columns = [...types].map(([name, type]) => {
    const common = framed.get(name);
    if (common === undefined && type !== "DOUBLE")
      throw new DamagedFile(`its column ${name} is ${type}, and an axis of a frame is DOUBLE`);
    return common ?? optional(name, "double", "");
  });
  return { name: table, doc: "", columns, sortBy: ["device_id", "ts"], partitionBy: "ts" };
}

/** Of a select with DuckDB's own types: bytes as the clouds' lakes have them. */
export function hexSelect({ columns }: TableSchema, select: string): string {
  const values = columns.map(({ name, type }) => {
    const quoted = quoteIdentifier(name);
    return type === "bytes" ? `lower(hex(${quoted})) AS ${quoted}` : quoted;
  });
  return `SELECT ${values.join(", ")} FROM (${select})`;
}

export const firstLine = ({ message }: Error): string => message.split("\n")[0] ?? "";
