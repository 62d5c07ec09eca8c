/** Rows in memory that queries see at once and the next flush writes: one DuckDB table a lake table. */
import duckdb from "@duckdb/node-bindings";
import type { DuckDBConnection } from "@duckdb/node-api";
import { duckdbType, quoteIdentifier, type Column, type TableSchema } from "../../functions/core/table.ts";
import { valueColumns, widthOf, type PackedTable } from "./packed.ts";
import { SeriesDictionary } from "./series-dictionary.ts";

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

export class Staging {
  readonly table: TableSchema;
  readonly #connection: DuckDBConnection;
  readonly #native: duckdb.Connection;
  readonly #dictionary: SeriesDictionary;
  #rows = 0;

  private constructor(
    table: TableSchema,
    connection: DuckDBConnection,
    native: duckdb.Connection,
    dictionary: SeriesDictionary,
  ) {
    this.table = table;
    this.#connection = connection;
    this.#native = native;
    this.#dictionary = dictionary;
  }

  static async create(
    table: TableSchema,
    connection: DuckDBConnection,
    native: duckdb.Connection,
  ): Promise<Staging> {
    const values = valueColumns(table).map(
      (column) => `${quoteIdentifier(column.name)} ${column.name === "msg_id" ? "UUID" : duckdbType(column)}`,
    );
    const dictionary = await SeriesDictionary.create(table, connection, native);
    const staging = new Staging(table, connection, native, dictionary);
    await connection.run(`CREATE TABLE ${staging.name} (series INTEGER, ${values.join(", ")})`);
    return staging;
  }

  get name(): string {
    return quoteIdentifier(`staged_${this.table.name}`);
  }

  get rows(): number {
    return this.#rows;
  }

  /** The staged rows with the columns of the file. */
  get select(): string {
    const columns = this.table.columns.map(({ name }) =>
      name === "msg_id" ? "CAST(msg_id AS BLOB) AS msg_id" : quoteIdentifier(name),
    );
    return `SELECT ${columns.join(", ")} FROM ${this.name} JOIN ${this.#dictionary.name} USING (series)`;
  }

  append(packed: PackedTable): void {
    const global = this.#dictionary.numbersOf(packed.series);
    const codes = new Int32Array(packed.codes).map((code) => global[code] ?? 0);
    const columns = valueColumns(this.table);
    const types = [duckdb.Type.INTEGER, ...columns.map(nativeType)].map((type) =>
      duckdb.create_logical_type(type),
    );
    const appender = duckdb.appender_create(this.#native, null, `staged_${this.table.name}`);
    const cursors = packed.columns.map(() => 0);
    for (let first = 0; first < packed.rows; first += chunkRows) {
      const rows = Math.min(chunkRows, packed.rows - first);
      const chunk = duckdb.create_data_chunk(types);
      duckdb.data_chunk_set_size(chunk, rows);
      duckdb.copy_data_to_vector(
        duckdb.data_chunk_get_vector(chunk, 0),
        0,
        codes.buffer,
        first * 4,
        rows * 4,
      );
      columns.forEach((column, index) => {
        const { data, valid, sparse } = packed.columns[index] as PackedTable["columns"][number];
        const vector = duckdb.data_chunk_get_vector(chunk, index + 1);
        const width = widthOf(column);
        if (width > 0) duckdb.copy_data_to_vector(vector, 0, data, first * width, rows * width);
        if (valid !== null) {
          duckdb.vector_ensure_validity_writable(vector);
          const bytes = Math.ceil(rows / 64) * 8;
          duckdb.copy_data_to_vector_validity(vector, 0, valid.buffer, first / 8, bytes);
        }
        let cursor = cursors[index] ?? 0;
        for (
          let entry = sparse[cursor];
          entry !== undefined && entry[0] < first + rows;
          entry = sparse[++cursor]
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
    this.#rows += packed.rows;
  }

  /** Within a transaction of the caller, who says {@link cleared} once it is committed. */
  async clear(): Promise<void> {
    await this.#connection.run(`DELETE FROM ${this.name}`);
    if (this.#dictionary.isFull) await this.#dictionary.clear();
  }

  cleared(): void {
    this.#rows = 0;
    if (this.#dictionary.isFull) this.#dictionary.cleared();
  }
}
