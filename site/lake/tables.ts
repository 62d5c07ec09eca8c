/** What the site adds to the lake's table definitions: the quarantine, and how rows are held before they are files. */
import { createHash } from "node:crypto";
import {
  duckdbType,
  frameTable,
  readingsTable,
  type Column,
  type TableSchema,
} from "../../functions/core/table.ts";
import type { FrameTable } from "../../functions/core/model.ts";

export type Zone = "curated" | "quarantine";

const text = (name: string, doc: string): Column => ({ name, type: "text", nullable: false, doc });

/** Messages that could not be decoded, whole. Partitioned by arrival: an event time is what they may lack. */
export const quarantineTable: TableSchema = {
  name: "quarantine",
  doc: "One message a row that could not be decoded, or not entirely, with its original bytes",
  columns: [
    text("tenant", "Customer environment, from the authenticated envelope"),
    text("device_id", "Authenticated device, never taken from the payload"),
    text("channel", "Topic below the device's own root"),
    { name: "received_at", type: "timestamp", nullable: false, doc: "Arrival at the broker or upload" },
    text("lane", "live or offline"),
    text("reason", "Why, from a closed list"),
    text("detail", "What exactly, at most 500 characters"),
    text("codec", "Device profile that was tried; none where no binding matched"),
    text("codec_version", "Version of that profile"),
    { name: "msg_id", type: "bytes", nullable: false, doc: "16 bytes: first half of the message's SHA-256" },
    { name: "payload", type: "bytes", nullable: false, doc: "The original bytes" },
  ],
  sortBy: ["device_id", "received_at"],
  partitionBy: "received_at",
};

/** How a batch names the table of its rows: small enough to travel with each. */
export type TableReference = "readings" | "quarantine" | FrameTable;

export function tableOf(reference: TableReference): TableSchema {
  if (reference === "readings") return readingsTable;
  return reference === "quarantine" ? quarantineTable : frameTable(reference);
}

export function zoneOf(table: string): Zone {
  return table === quarantineTable.name ? "quarantine" : "curated";
}

/** Names a table's columns and types: files of one schema can be read together. 12 hex digits. */
export function schemaId(table: TableSchema): string {
  const columns = table.columns.map(({ name, type }) => `${name} ${type}`).join(",");
  return createHash("sha256").update(`${table.name}(${columns})`).digest("hex").slice(0, 12);
}

/** Text that differs from row to row; all other text repeats and is held once, in a dictionary. */
const variableText: ReadonlySet<string> = new Set(["value_text", "detail"]);

/** A column of fixed width as DuckDB's vectors hold it. */
export interface FixedColumn {
  readonly column: Column;
  /** DuckDB's type in the staging table. */
  readonly type: string;
  /** Bytes a row. */
  readonly width: number;
}

/**
 * How rows wait to become files: the columns that repeat (device, metric, codec, …) as one integer into a
 * dictionary, those of fixed width as they are, the rest as text or bytes.
 */
export interface StagedLayout {
  readonly dictionary: readonly Column[];
  readonly fixed: readonly FixedColumn[];
  readonly variable: readonly Column[];
}

const widths: Partial<Record<Column["type"], number>> = {
  timestamp: 8,
  double: 8,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  bool: 1,
};

export function stagedLayout(table: TableSchema): StagedLayout {
  const dictionary: Column[] = [];
  const fixed: FixedColumn[] = [];
  const variable: Column[] = [];
  for (const column of table.columns) {
    const width = widths[column.type];
    // 16 bytes travel as DuckDB's UUID, a type of fixed width; the files hold bytes.
    if (column.name === "msg_id") fixed.push({ column, type: "UUID", width: 16 });
    else if (width !== undefined) fixed.push({ column, type: duckdbType(column), width });
    else if (column.type === "text" && !variableText.has(column.name)) dictionary.push(column);
    else variable.push(column);
  }
  return { dictionary, fixed, variable };
}
