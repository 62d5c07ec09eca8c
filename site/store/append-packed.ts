/** Whole columns of a pack into a DuckDB table: one copy of memory a column and chunk, no value by value. */
import duckdb from "@duckdb/node-bindings";
import type { Column, TableSchema } from "../../functions/core/table.ts";
import { valueColumns, widthOf, type PackedTable } from "./packed.ts";

/** Rows of one DuckDB vector. */
const chunkRows = 2048;
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
const nativeType = (column: Column): duckdb.Type =>
  column.name === "msg_id" ? duckdb.Type.UUID : nativeTypes[column.type];

const logicalTypes = (table: TableSchema): duckdb.LogicalType[] =>
  [duckdb.Type.INTEGER, ...valueColumns(table).map(nativeType)].map((type) =>
    duckdb.create_logical_type(type),
  );

/** Into `target`, whose first column is the series; `numbers` are the target's numbers of the pack's series. */
export function appendPacked(
  connection: duckdb.Connection,
  target: string,
  packed: PackedTable,
  numbers: Int32Array,
): void {
  const { memory, rows, table } = packed;
  const codes = new Int32Array(memory, packed.codes, rows);
  for (let row = 0; row < rows; row++) codes[row] = numbers[codes[row] ?? 0] ?? 0;
  const widths = valueColumns(table).map(widthOf);
  const types = logicalTypes(table);
  const appender = duckdb.appender_create(connection, null, target);
  const cursors = packed.columns.map(() => 0);
  for (let first = 0; first < rows; first += chunkRows) {
    const count = Math.min(chunkRows, rows - first);
    const chunk = duckdb.create_data_chunk(types);
    duckdb.data_chunk_set_size(chunk, count);
    const vector = duckdb.data_chunk_get_vector(chunk, 0);
    duckdb.copy_data_to_vector(vector, 0, memory, packed.codes + first * 4, count * 4);
    packed.columns.forEach((column, index) => {
      const width = widths[index] ?? 0;
      const vector = duckdb.data_chunk_get_vector(chunk, index + 1);
      if (column.values !== null) {
        duckdb.copy_data_to_vector(vector, 0, memory, column.values + first * width, count * width);
      }
      if (column.valid !== null) {
        duckdb.vector_ensure_validity_writable(vector);
        const bytes = Math.ceil(count / 64) * 8;
        duckdb.copy_data_to_vector_validity(vector, 0, memory, column.valid + first / 8, bytes);
      }
      const { long } = column;
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
    duckdb.append_data_chunk(appender, chunk);
  }
  duckdb.appender_close_sync(appender);
  // Its memory goes back at once: the collector, which sees little of this thread's garbage, would keep it for long.
  memory.transfer(0);
}
