/** Whole columns of a pack into a DuckDB table: one copy of memory a column and chunk, no value by value. */
import duckdb from "@duckdb/node-bindings";
import type { Column, TableSchema } from "../../functions/core/table.ts";
import { chunkRows } from "./gather.ts";
import { valueColumns, widthOf, type PackedTable } from "./packed.ts";

const nativeTypes: Record<Column["type"], duckdb.Type> = {
  text: duckdb.Type.VARCHAR,
  bytes: duckdb.Type.BLOB,
  timestamp: duckdb.Type.TIMESTAMP_TZ,
  double: duckdb.Type.DOUBLE,
  int64: duckdb.Type.BIGINT,
  int32: duckdb.Type.INTEGER,
  int16: duckdb.Type.SMALLINT,
  int8: duckdb.Type.TINYINT,
  bool: duckdb.Type.BOOLEAN,
};
export const nativeType = (column: Column): duckdb.Type =>
  column.name === "msg_id" ? duckdb.Type.UUID : nativeTypes[column.type];

const logicalTypes = (table: TableSchema): duckdb.LogicalType[] =>
  [duckdb.Type.INTEGER, ...valueColumns(table).map(nativeType)].map((type) =>
    duckdb.create_logical_type(type),
  );

export interface NumberedPack {
  readonly packed: PackedTable;
  /** The target's numbers of the pack's series. */
  readonly numbers: Int32Array;
}

/** Puts packs of one table into a table of DuckDB's whose first column is the series. */
export class PackAppender {
  readonly #connection: duckdb.Connection;
  readonly #target: string;
  /**
   * The same for all rows: what DuckDB holds for a chunk is freed when its JavaScript object is collected, and as V8 knows
   * nothing of that memory, a few thousand chunks (2 GB) waited for it.
   */
  readonly #chunk: duckdb.DataChunk;

  constructor(connection: duckdb.Connection, table: TableSchema, target: string) {
    this.#connection = connection;
    this.#target = target;
    this.#chunk = duckdb.create_data_chunk(logicalTypes(table));
  }

  append(packs: readonly NumberedPack[]): void {
    if (packs.length === 0) return;
    const appender = duckdb.appender_create(this.#connection, null, this.#target);
    for (const pack of packs) {
      for (const chunk of filled(this.#chunk, pack)) duckdb.append_data_chunk(appender, chunk);
    }
    duckdb.appender_close_sync(appender);
    duckdb.data_chunk_reset(this.#chunk);
  }
}

/** The binding takes no shared memory. */
const scratch = new ArrayBuffer(chunkRows * 16);
function copy(memory: SharedArrayBuffer, start: number, bytes: number): void {
  new Uint8Array(scratch, 0, bytes).set(new Uint8Array(memory, start, bytes));
}

/** `chunk` once for each part of the pack that it can hold. */
function* filled(chunk: duckdb.DataChunk, { packed, numbers }: NumberedPack): Generator<duckdb.DataChunk> {
  const { memory, rows, table } = packed;
  const codes = new Int32Array(memory, packed.codes, rows);
  const series = new Int32Array(chunkRows);
  const widths = valueColumns(table).map(widthOf);
  const cursors = packed.columns.map(() => 0);
  for (let first = 0; first < rows; first += chunkRows) {
    const count = Math.min(chunkRows, rows - first);
    duckdb.data_chunk_reset(chunk);
    duckdb.data_chunk_set_size(chunk, count);
    for (let row = 0; row < count; row++) series[row] = numbers[codes[first + row] ?? 0] ?? 0;
    duckdb.copy_data_to_vector(duckdb.data_chunk_get_vector(chunk, 0), 0, series.buffer, 0, count * 4);
    packed.columns.forEach(({ values, valid, long }, index) => {
      const vector = duckdb.data_chunk_get_vector(chunk, index + 1);
      const width = widths[index] ?? 0;
      if (values !== null) {
        copy(memory, values + first * width, count * width);
        duckdb.copy_data_to_vector(vector, 0, scratch, 0, count * width);
      }
      if (valid !== null) {
        duckdb.vector_ensure_validity_writable(vector);
        const bytes = Math.ceil(count / 64) * 8;
        copy(memory, valid + first / 8, bytes);
        duckdb.copy_data_to_vector_validity(vector, 0, scratch, 0, bytes);
      }
      let cursor = cursors[index] ?? 0;
      for (
        let entry = long[cursor];
        entry !== undefined && entry[0] < first + count;
        entry = long[++cursor]
      ) {
        const [row, value] = entry;
        if (typeof value === "string") duckdb.vector_assign_string_element(vector, row - first, value);
        else duckdb.vector_assign_string_element_len(vector, row - first, value);
      }
      cursors[index] = cursor;
    });
    yield chunk;
  }
}
