/** The views that everybody queries: files of the manifest and staged rows as one. */
import {
  duckdbType,
  quoteIdentifier,
  quoteText,
  readingsTable,
  type TableSchema,
} from "../../functions/core/table.ts";
import { encryption } from "./engine.ts";
import type { LakeFile } from "./manifest.ts";
import type { RowsTable } from "./rows-table.ts";

/** Files of one shape. (DuckDB 1.5 fails on `union_by_name` together with encryption.) */
export function fileScan(folder: string, files: readonly Pick<LakeFile, "path" | "shape">[]): string {
  const paths = files.map(({ path }) => quoteText(`${folder}/${path}`)).join(", ");
  return `read_parquet([${paths}], encryption_config = {${encryption}}, hive_partitioning = false)`;
}

/** One table's view. */
export const tableView = ({ name }: TableSchema, rows: string): string =>
  `CREATE OR REPLACE VIEW ${quoteIdentifier(name)} AS ${rows}`;

/** Rows of `files`, then staged ones. */
export function tableSelect(
  table: TableSchema,
  folder: string,
  files: readonly Pick<LakeFile, "path" | "shape">[],
  staged: RowsTable | undefined,
): string {
  const parts: string[] = [];
  // Two versions of a layout may differ in columns.
  for (const shape of Map.groupBy(files, (file) => file.shape).values()) {
    parts.push(`SELECT * FROM ${fileScan(folder, shape)}`);
  }
  if (staged !== undefined) parts.push(staged.select);
  if (parts.length === 0) parts.push(emptySelect(table));
  return parts.join(" UNION ALL BY NAME ");
}

function emptySelect(table: TableSchema): string {
  const columns = table.columns.map(
    (column) => `NULL::${duckdbType(column)} AS ${quoteIdentifier(column.name)}`,
  );
  return `SELECT ${columns.join(", ")} WHERE false`;
}

/** What {@link latestView} and {@link rateView} are called. */
export const derivedViews: readonly string[] = ["latest", "rows_per_minute"];

/** For everybody, or for the questions of one connection, where it comes first. */
type ViewKind = "VIEW" | "TEMP VIEW";

/** Newest value of each device, sub-device and metric, wide tables included. */
export function latestView(frames: readonly TableSchema[], kind: ViewKind = "VIEW"): string {
  const columns =
    "tenant, device_id, sub_device, metric, ts, value_double, value_int, value_bool, value_text, value_bytes, unit, quality, flags";
  const newest = (from: string, by: string, select: string) =>
    `SELECT ${select} FROM (SELECT *, row_number() OVER (PARTITION BY ${by} ORDER BY ts DESC) AS place FROM ${from}) WHERE place = 1`;
  const wide = frames.map((table) => {
    const axes = table.columns
      .filter(({ type }) => type === "double")
      .map(({ name }) => quoteIdentifier(name));
    const row = newest(quoteIdentifier(table.name), "device_id", "*");
    return `SELECT tenant, device_id, NULL AS sub_device, metric, ts, value_double, NULL AS value_int, NULL AS value_bool,
      NULL AS value_text, NULL AS value_bytes, NULL AS unit, quality, flags
      FROM (UNPIVOT (${row}) ON ${axes.join(", ")} INTO NAME metric VALUE value_double)`;
  });
  return `CREATE OR REPLACE ${kind} latest AS ${[newest(readingsTable.name, "device_id, sub_device, metric", columns), ...wide].join(" UNION ALL ")}`;
}

/** Rows that arrived in each minute. */
export function rateView(frames: readonly TableSchema[], kind: ViewKind = "VIEW"): string {
  const parts = [readingsTable.name, ...frames.map(({ name }) => name)].map(
    (name) => `SELECT ingest_ts FROM ${quoteIdentifier(name)}`,
  );
  return `CREATE OR REPLACE ${kind} rows_per_minute AS
    SELECT date_trunc('minute', ingest_ts) AS minute, count(*) AS rows FROM (${parts.join(" UNION ALL ")}) GROUP BY 1`;
}
