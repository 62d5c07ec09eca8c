/**
 * The one definition of the lake's tables: names, types, order and meaning of their columns.
 * Every engine's DDL and the column order of every Parquet file are derived from it, so that the same
 * SQL reads the same columns on every target.
 */

import type { FrameTable } from "./model.ts";

/**
 * Physical types. `timestamp` is microseconds since 1970 in UTC (Parquet `TIMESTAMP(isAdjustedToUTC=true, MICROS)`):
 * Spark and Iceberg v2 read no nanoseconds.
 */
export type ColumnType =
  "text" | "timestamp" | "double" | "int64" | "int32" | "int16" | "int8" | "bool" | "bytes";

export interface Column {
  /** lower_snake; unique within its table. */
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly doc: string;
}

export interface TableSchema {
  readonly name: string;
  readonly doc: string;
  /** In the order of the Parquet file. */
  readonly columns: readonly Column[];
  /** Sort order inside a file: row-group statistics on these columns do the pruning. */
  readonly sortBy: readonly string[];
  /** The timestamp whose UTC date and hour name the partition. */
  readonly partitionBy: string;
}

export const required = (name: string, type: ColumnType, doc: string): Column => ({
  name,
  type,
  nullable: false,
  doc,
});
export const optional = (name: string, type: ColumnType, doc: string): Column => ({
  name,
  type,
  nullable: true,
  doc,
});

const tenant = required("tenant", "text", "Customer environment, from the authenticated envelope");
const deviceId = required("device_id", "text", "Authenticated device, never taken from the payload");
const ts = required("ts", "timestamp", "Event time");
const tsRaw = optional("ts_raw", "timestamp", "The device's own time where ts is not it");
const provenance: readonly Column[] = [
  required("quality", "int8", "0 good, 1 uncertain, 2 bad, 3 stale"),
  required(
    "flags",
    "int32",
    "Bits: 1 late, 2 clock-suspect, 4 ts-from-ingest, 8 seq-gap, 16 historical, 32 nan, 64 saturated, 128 warned",
  ),
  optional("seq", "int64", "The device's own counter"),
  required("ingest_ts", "timestamp", "Arrival at the broker or upload"),
  required("msg_id", "bytes", "16 bytes: first half of the message's SHA-256, the key of deduplication"),
  required("lane", "text", "live or offline"),
  required("codec", "text", "Device profile that decoded the message"),
  required("codec_version", "text", "Version of that profile"),
];

/** The long table: one measured value a row. Column order is that of {@link Reading}. */
export const readingsTable: TableSchema = {
  name: "readings",
  doc: "One measured value a row; exactly one value column is set, none where quality is 2 (bad)",
  columns: [
    tenant,
    deviceId,
    optional("sub_device", "text", "Gateway child, SenML name prefix or Cayenne LPP channel"),
    ts,
    tsRaw,
    optional("ts_ns", "int16", "0-999: nanoseconds beyond ts"),
    required("metric", "text", "What was measured: a stable lower_snake path"),
    optional("value_double", "double", "A real number; never NaN or infinite"),
    optional("value_int", "int64", "An integer by declaration; beyond int64 it is in value_text"),
    optional("value_bool", "bool", "A switch, presence or state"),
    optional("value_text", "text", "A label, an enumerated state or an integer beyond int64"),
    optional("value_bytes", "bytes", "Opaque data"),
    optional("unit", "text", "SenML/IANA unit symbol"),
    ...provenance,
  ],
  sortBy: ["device_id", "metric", "ts"],
  partitionBy: "ts",
};

/** Messages that could not be decoded, whole, so that a newer decoder can replay them. */
export const quarantineTable: TableSchema = {
  name: "quarantine",
  doc: "A message, or the bad part of one, that could not be decoded, with its original bytes",
  columns: [
    required("tenant", "text", "Customer environment"),
    required("device_id", "text", "Authenticated device"),
    required("channel", "text", "Topic below the device's root"),
    required("received_at", "timestamp", "Arrival at the broker or upload"),
    required("reason", "text", "From the closed list of functions/core/model.ts"),
    required("detail", "text", "What was wrong, at most 500 characters"),
    required("payload", "bytes", "The original bytes"),
    required("msg_id", "bytes", "16 bytes: the message's identity"),
    required("lane", "text", "live or offline"),
    required("codec", "text", "Device profile that refused it"),
    required("codec_version", "text", "Version of that profile"),
  ],
  sortBy: ["device_id", "received_at"],
  partitionBy: "received_at",
};

/** Column names that an axis of a frame table may not have. */
export const reservedFrameColumns: readonly string[] = [tenant, deviceId, ts, tsRaw, ...provenance].map(
  (column) => column.name,
);

/** The wide table of one declared layout at 10 Hz or more: one sample a row, an axis a column. */
export function frameTable(table: FrameTable): TableSchema {
  return {
    name: table.name,
    doc: "One sample of a high-rate frame a row; an axis is null where the sensor gave no reading",
    columns: [
      tenant,
      deviceId,
      ts,
      tsRaw,
      ...table.columns.map(({ name, unit }) =>
        optional(name, "double", unit === null ? "Unit not stated" : `Unit: ${unit}`),
      ),
      ...provenance,
    ],
    sortBy: ["device_id", "ts"],
    partitionBy: "ts",
  };
}

const duckdbTypes: Record<ColumnType, string> = {
  text: "VARCHAR",
  timestamp: "TIMESTAMPTZ",
  double: "DOUBLE",
  int64: "BIGINT",
  int32: "INTEGER",
  int16: "SMALLINT",
  int8: "TINYINT",
  bool: "BOOLEAN",
  bytes: "BLOB",
};

/** DuckDB's type of a column; TIMESTAMPTZ is what DuckDB writes to Parquet as adjusted to UTC. */
export function duckdbType(column: Column): string {
  return duckdbTypes[column.type];
}

/** An SQL identifier in double quotes, whatever it contains. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** An SQL text literal, whatever it contains. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * DuckDB's CREATE TABLE of a table, optionally under another name (a staging table, for example).
 * Frame tables of two profile versions may differ in columns, hence no `if not exists`.
 */
export function duckdbDdl(table: TableSchema, name: string = table.name): string {
  const columns = table.columns.map(
    (column) =>
      `  ${quoteIdentifier(column.name)} ${duckdbType(column)}${column.nullable ? "" : " NOT NULL"}`,
  );
  return `CREATE TABLE ${quoteIdentifier(name)} (\n${columns.join(",\n")}\n)`;
}

/** Column names in file order, quoted, for a SELECT or COPY list. */
export function columnList(table: TableSchema): string {
  return table.columns.map((column) => quoteIdentifier(column.name)).join(", ");
}
