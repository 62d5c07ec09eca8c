/** An in-memory lake of decoded messages, with the real columns and DuckDB's real SQL. */
import { DuckDBInstance, DuckDBTimestampTZValue, type DuckDBAppender } from "@duckdb/node-api";
import type { Decoded } from "../../../functions/core/model.ts";
import {
  duckdbDdl,
  frameTable,
  readingsTable,
  type Column,
  type TableSchema,
} from "../../../functions/core/table.ts";
import type { QueryResult } from "../../../site/ports.ts";

type Row = Readonly<Record<string, unknown>>;

const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function append(appender: DuckDBAppender, { type }: Column, value: unknown): void {
  if (value === null || value === undefined) appender.appendNull();
  else if (type === "text") appender.appendVarchar(String(value));
  else if (type === "timestamp")
    appender.appendTimestampTZ(new DuckDBTimestampTZValue(BigInt(Number(value))));
  else if (type === "double") appender.appendDouble(Number(value));
  else if (type === "int64") appender.appendBigInt(BigInt(value as number));
  else if (type === "int32") appender.appendInteger(Number(value));
  else if (type === "int16") appender.appendSmallInt(Number(value));
  else if (type === "int8") appender.appendTinyInt(Number(value));
  else if (type === "bool") appender.appendBoolean(value === true);
  else appender.appendBlob(value as Uint8Array);
}

/** JSON-safe values as the site gives them. */
function safe(value: unknown): unknown {
  return typeof value === "bigint"
    ? value.toString()
    : typeof value === "object" && value !== null
      ? String(value)
      : value;
}

/** The columns of the quarantine that the command line reads. */
const quarantineTable: TableSchema = {
  name: "quarantine",
  doc: "",
  columns: readingsTable.columns.filter(({ name }) => /^(device_id|msg_id|codec|codec_version)$/.test(name)),
  sortBy: [],
  partitionBy: "ingest_ts",
};

export async function memoryLake(decoded?: Decoded) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const fill = async (schema: TableSchema, rows: readonly Row[]) => {
    await connection.run(duckdbDdl(schema).replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"));
    const appender = await connection.createAppender(schema.name);
    for (const row of rows) {
      for (const column of schema.columns) append(appender, column, row[camel(column.name)]);
      appender.endRow();
    }
    appender.flushSync();
    appender.closeSync();
  };
  const add = async ({ readings, frames, quarantined }: Decoded) => {
    await fill(readingsTable, readings as unknown as Row[]);
    const tables = new Map(frames.map(({ table }) => [table.name, table]));
    for (const table of tables.values()) {
      const axes = table.columns.map(({ name }) => camel(name));
      const rows = frames
        .filter((frame) => frame.table.name === table.name)
        .map((frame) => ({
          ...frame,
          ...Object.fromEntries(axes.map((axis, index) => [axis, frame.values[index]])),
        }));
      await fill(frameTable(table), rows);
    }
    await fill(
      quarantineTable,
      quarantined.map((entry) => ({ ...entry, deviceId: entry.message.deviceId })),
    );
  };
  if (decoded !== undefined) await add(decoded);
  return {
    add,
    async query(sql: string): Promise<QueryResult> {
      const reader = await connection.runAndReadAll(sql);
      const names = reader.columnNames();
      const types = reader.columnTypes();
      return {
        columns: names.map((name, index) => ({ name, type: String(types[index]) })),
        rows: reader.getRows().map((row) => row.map(safe)),
        truncated: false,
        milliseconds: 1,
      };
    },
    close(): void {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
