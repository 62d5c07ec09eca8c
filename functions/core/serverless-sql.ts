/** The lake's tables and views in the words of Synapse's serverless SQL (T-SQL), derived from their one definition in `table.ts`. */

import { quarantineTable, readingsTable, type Column, type ColumnType, type TableSchema } from "./table.ts";

export interface ServerlessSqlPlaces {
  /** `https://<account>.blob…/<container>` */
  readonly curated: string;
  readonly quarantine: string;
  /** The most that all queries of a day may read. */
  readonly dailyTerabytes: number;
}

/** Texts are compared as the files' statistics are, so that files and row groups without an answer are left out. */
const collation = "Latin1_General_100_BIN2_UTF8";
const utf8 = (bytes: number | "max"): string => `varchar(${bytes}) COLLATE ${collation}`;

/**
 * Types that a file's columns are read as ("How to use OPENROWSET using serverless SQL pool", Type mapping for Parquet).
 * Bytes are hexadecimal text in the files that functions write.
 */
const types: Record<ColumnType, string> = {
  text: utf8(8_000),
  timestamp: "datetime2(6)",
  double: "float",
  int64: "bigint",
  int32: "int",
  int16: "smallint",
  int8: "smallint",
  bool: "bit",
  bytes: utf8("max"),
};
/** What a name, an id or a code can be at most: without it, a query reserves memory for 8,000 bytes a row. */
const short: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["tenant", "device_id", "lane", "codec", "codec_version", "reason"].map((name) => [name, utf8(256)]),
  ),
  msg_id: utf8(32),
};

const database = "fieldlake";
const name = (identifier: string): string => `[${identifier.replaceAll("]", "]]")}]`;
const text = (value: string): string => `N'${value.replaceAll("'", "''")}'`;
const typeOf = (column: Column): string => short[column.name] ?? types[column.type];

/** Days that `latest` looks back: without a bound it would read every file there is. */
const latestDays = 31;

/** A script to run as the administrator, with `GO` between its batches. To run it again changes nothing. */
export function serverlessSql({ curated, quarantine, dailyTerabytes }: ServerlessSqlPlaces): string {
  return [
    `EXEC sp_set_data_processed_limit @type = N'daily', @limit_tb = ${dailyTerabytes};`,
    `IF DB_ID(${text(database)}) IS NULL CREATE DATABASE ${database} COLLATE ${collation};`,
    `USE ${database};`,
    "IF NOT EXISTS (SELECT * FROM sys.symmetric_keys) CREATE MASTER KEY;",
    "IF NOT EXISTS (SELECT * FROM sys.database_scoped_credentials WHERE name = N'workspace')\n  CREATE DATABASE SCOPED CREDENTIAL workspace WITH IDENTITY = 'Managed Identity';",
    source("curated", curated),
    source("quarantine", quarantine),
    view(readingsTable, "curated"),
    view(quarantineTable, "quarantine"),
    once(readingsTable),
    latest(readingsTable),
  ]
    .map((batch) => `${batch}\nGO\n`)
    .join("");
}

/** What the script has more where insights are declared: views of their tables. */
export const serverlessSqlOfViews = (tables: readonly TableSchema[], folder: string): string =>
  [`USE ${database};`, ...tables.map((table) => view(table, "curated", `${folder}/`))]
    .map((batch) => `${batch}\nGO\n`)
    .join("");

const source = (zone: string, location: string): string =>
  `IF NOT EXISTS (SELECT * FROM sys.external_data_sources WHERE name = ${text(zone)})\n  CREATE EXTERNAL DATA SOURCE ${name(zone)} WITH (LOCATION = ${text(location)}, CREDENTIAL = workspace);`;

/** A view and no external table: only a view knows the folders, by which a query leaves out days. */
function view(table: TableSchema, zone: string, folder = ""): string {
  const columns = table.columns.map((column) => `    ${name(column.name)} ${typeOf(column)}`);
  return [
    `CREATE OR ALTER VIEW ${name(table.name)} AS`,
    "  SELECT files.*, CAST(files.filepath(1) AS date) AS dt, CAST(files.filepath(2) AS tinyint) AS hr",
    `  FROM OPENROWSET(BULK ${text(`${folder}${table.name}/dt=*/hr=*/*.parquet`)}, DATA_SOURCE = ${text(zone)}, FORMAT = 'PARQUET')`,
    "  WITH (",
    columns.join(",\n"),
    "  ) AS files;",
  ].join("\n");
}

const placed = (table: TableSchema, by: string, order: string, where: string): string =>
  `SELECT *, ROW_NUMBER() OVER (PARTITION BY ${by} ORDER BY ${order}) AS place FROM ${name(table.name)}${where}`;
const listed = (table: TableSchema): string => table.columns.map((column) => name(column.name)).join(", ");

const once = (table: TableSchema): string =>
  `CREATE OR ALTER VIEW readings_once AS\n  SELECT ${listed(table)}, dt, hr\n  FROM (${placed(table, "dt, hr, msg_id, sub_device, metric, ts, ts_ns", "ingest_ts", "")}) AS repeats\n  WHERE place = 1;`;

const latest = (table: TableSchema): string =>
  `CREATE OR ALTER VIEW latest AS\n  SELECT ${listed(table)}\n  FROM (${placed(
    table,
    "device_id, sub_device, metric",
    "ts DESC",
    ` WHERE dt >= CAST(DATEADD(day, -${latestDays}, SYSUTCDATETIME()) AS date)`,
  )}) AS places\n  WHERE place = 1;`;
