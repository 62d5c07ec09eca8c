/** Rows by column, as typed memory: what a decode worker hands to the lake without anybody copying row by row. */
import type { Column, TableSchema } from "../../functions/core/table.ts";

/** Text columns that repeat from row to row; each combination is one entry of a dictionary, its number a column. */
const seriesNames = new Set([
  "tenant",
  "device_id",
  "sub_device",
  "metric",
  "unit",
  "reason",
  "channel",
  "lane",
  "codec",
  "codec_version",
]);

const isSeries = ({ name }: Column): boolean => seriesNames.has(name);
export const seriesColumns = (table: TableSchema): Column[] => table.columns.filter(isSeries);
export const valueColumns = (table: TableSchema): Column[] =>
  table.columns.filter((column) => !isSeries(column));

/** Bytes of text that stand in the column itself; longer ones are kept apart. */
export const inlineBytes = 12;
/** Text and bytes as DuckDB keeps short ones (`duckdb_string_t` of duckdb.h): length, then up to 12 bytes. */
const stringWidth = 4 + inlineBytes;

/** Bytes of one value in memory. Message ids are DuckDB UUIDs. */
export function widthOf({ name, type }: Column): number {
  if (name === "msg_id") return 16;
  const widths = {
    text: stringWidth,
    bytes: stringWidth,
    timestamp: 8,
    double: 8,
    int64: 8,
    int32: 4,
    int16: 2,
    int8: 1,
    bool: 1,
  };
  return widths[type];
}

export interface PackedColumn {
  /** Offset of the values in the pack's memory, little-endian; `null` where no row has one. */
  readonly values: number | null;
  /** Offset of a bit a row, 1 where there is a value; `null` where all have one. */
  readonly valid: number | null;
  /** Row number and value of text and bytes that are too long for the column. */
  readonly long: readonly (readonly [number, string | Uint8Array])[];
}

export interface PackedTable {
  readonly table: TableSchema;
  readonly rows: number;
  /** The dictionary of this pack: values of the series columns, in their order. */
  readonly series: readonly (readonly (string | null)[])[];
  /** Holds all columns of the pack, and other packs; shared rather than copied. */
  readonly memory: SharedArrayBuffer;
  /** Of the columns. */
  readonly bytes: number;
  /** What the memory is given back by, see {@link PackMemory}. */
  readonly block: number;
  /** Offset of the index into `series`, int32 a row. */
  readonly codes: number;
  /** In the order of {@link valueColumns}. */
  readonly columns: readonly PackedColumn[];
}
