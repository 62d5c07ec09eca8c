/** Rows into Parquet, by the one row schema. */
import { zstdCompressSync } from "node:zlib";
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer/src/index.js";
import type { Cell, RowBlock } from "../core/columns.ts";
import type { Column, ColumnType } from "../core/table.ts";
import { toHex } from "../core/text.ts";

/** How bytes are stored: as they are, or as the hexadecimal text that AWS's JSON reader writes beside ours. */
export type BytesAs = "bytes" | "hex";

/** Compression of files. zstd makes the smaller ones; Synapse's serverless SQL documents Snappy and gzip only. */
export type ParquetCodec = "ZSTD" | "SNAPPY";

type Element = Omit<SchemaElement, "name">;

const utf8: Element = { type: "BYTE_ARRAY", converted_type: "UTF8" };
const elements: Record<ColumnType, Element> = {
  text: utf8,
  timestamp: {
    type: "INT64",
    converted_type: "TIMESTAMP_MICROS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" },
  },
  double: { type: "DOUBLE" },
  int64: { type: "INT64" },
  int32: { type: "INT32" },
  int16: { type: "INT32", converted_type: "INT_16" },
  int8: { type: "INT32", converted_type: "INT_8" },
  bool: { type: "BOOLEAN" },
  bytes: { type: "BYTE_ARRAY" },
};

/** The rows named by `order`, in that order, as one file. The same rows give the same bytes. */
export function writeParquet(
  block: RowBlock,
  order: readonly number[],
  bytesAs: BytesAs,
  codec: ParquetCodec = "ZSTD",
): Uint8Array {
  const { columns } = block.table;
  const schema: SchemaElement[] = [
    { name: block.table.name, num_children: columns.length },
    ...columns.map(({ name, type, nullable }) => ({
      ...(type === "bytes" && bytesAs === "hex" ? utf8 : elements[type]),
      name,
      repetition_type: nullable ? ("OPTIONAL" as const) : ("REQUIRED" as const),
    })),
  ];
  const columnData = columns.map((column, index) => ({
    name: column.name,
    data: order.map((row) => physical(column, block.cell(row, index), bytesAs)),
  }));
  const file = parquetWriteBuffer({
    schema,
    columnData,
    codec,
    compressors: { ZSTD: (bytes) => zstdCompressSync(bytes) },
    rowGroupSize: 100_000,
    createdBy: "fieldlake",
  });
  return new Uint8Array(file);
}

function physical({ type }: Column, value: Cell, bytesAs: BytesAs): Cell {
  if (value === null) return null;
  if (type === "timestamp" || type === "int64") return BigInt(value as number | bigint);
  if (value instanceof Uint8Array && bytesAs === "hex") return toHex(value);
  return value;
}
