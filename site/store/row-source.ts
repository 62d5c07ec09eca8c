/**
 * Rows of packs as a table function of DuckDB: COPY takes them chunk by chunk out of the packs, in the order of the file.
 * Nothing is copied into a table first, which would gather statistics that nobody asks for and sort what is in order.
 */
import duckdb from "@duckdb/node-bindings";
import { quoteIdentifier, type TableSchema } from "../../functions/core/table.ts";
import type { Engine } from "./engine.ts";
import { nameColumn, valueColumn, type FileColumn } from "./file-column.ts";
import { chunkRows, GatheredColumn, viewsOf } from "./gather.ts";
import { valueColumns, widthOf, type PackedTable } from "./packed.ts";
import type { RowPlaces } from "./row-order.ts";
import type { NameColumn } from "./series-names.ts";

const functionName = "rows_of_packs";

/** Rows of one file, on their way. */
interface Rows {
  readonly columns: readonly FileColumn[];
  readonly places: RowPlaces;
  /** The next one. */
  from: number;
}

export class RowSource {
  #rows: Rows | null = null;

  /** One for each engine. */
  constructor(engine: Engine) {
    const definition = duckdb.create_table_function();
    duckdb.table_function_set_name(definition, functionName);
    duckdb.table_function_set_bind(definition, (info) => this.#bind(info));
    duckdb.table_function_set_init(definition, (info) => duckdb.init_set_max_threads(info, 1));
    duckdb.table_function_set_function(definition, (_, output) => this.#take(output));
    duckdb.register_table_function(engine.native, definition);
  }

  /**
   * `work` with a query of the rows at `places`, with the table's columns; it runs once.
   */
  async during<Result>(
    columns: readonly FileColumn[],
    places: RowPlaces,
    work: (select: string) => Promise<Result>,
  ): Promise<Result> {
    if (this.#rows !== null) throw new Error("rows of one file at a time");
    this.#rows = { columns, places, from: 0 };
    const selected = columns.map(({ name }) =>
      name === "msg_id" ? "CAST(msg_id AS BLOB) AS msg_id" : quoteIdentifier(name),
    );
    try {
      return await work(`SELECT ${selected.join(", ")} FROM ${functionName}()`);
    } finally {
      this.#rows = null;
    }
  }

  #bind(info: duckdb.TableFunctionBindInfo): void {
    const { columns, places } = this.#current;
    for (const { name, type } of columns) duckdb.bind_add_result_column(info, name, type);
    duckdb.bind_set_cardinality(info, places.rows.length, true);
  }

  #take(output: duckdb.DataChunk): void {
    const rows = this.#current;
    const { columns, places, from } = rows;
    const count = Math.min(chunkRows, places.rows.length - from);
    columns.forEach((column, index) =>
      column.put(duckdb.data_chunk_get_vector(output, index), places, from, count),
    );
    duckdb.data_chunk_set_size(output, count);
    rows.from += count;
  }

  get #current(): Rows {
    if (this.#rows === null) throw new Error(`${functionName} is for the lake's own files`);
    return this.#rows;
  }
}

/** The columns of a table's files out of `packs`, in their order. `names` are those of the packs. */
export function fileColumns(
  table: TableSchema,
  packs: readonly PackedTable[],
  names: ReadonlyMap<string, NameColumn>,
): FileColumn[] {
  const views = viewsOf(packs);
  const places = new Map(valueColumns(table).map(({ name }, index) => [name, index]));
  return table.columns.map((column) => {
    const named = names.get(column.name);
    if (named !== undefined) return nameColumn(column, named, packs);
    const place = places.get(column.name) ?? NaN;
    return valueColumn(column, new GatheredColumn(packs, views, place, widthOf(column)));
  });
}
