/** Rows of a lake table inside DuckDB: one table of numbers, and the dictionary of their names. */
import { duckdbType, quoteIdentifier, type TableSchema } from "../../functions/core/table.ts";
import { PackAppender } from "./append-packs.ts";
import type { Engine } from "./engine.ts";
import { valueColumns, type PackedTable } from "./packed.ts";
import { SeriesDictionary } from "./series-dictionary.ts";

export class RowsTable {
  readonly table: TableSchema;
  readonly #engine: Engine;
  readonly #dictionary: SeriesDictionary;
  readonly #appender: PackAppender;

  private constructor(table: TableSchema, engine: Engine, dictionary: SeriesDictionary) {
    this.table = table;
    this.#engine = engine;
    this.#dictionary = dictionary;
    this.#appender = new PackAppender(engine.native, table, this.#plainName);
  }

  /** Empty, in place of one that an engine may have. */
  static async create(table: TableSchema, engine: Engine): Promise<RowsTable> {
    const values = valueColumns(table).map(
      (column) => `${quoteIdentifier(column.name)} ${column.name === "msg_id" ? "UUID" : duckdbType(column)}`,
    );
    const rows = new RowsTable(table, engine, await SeriesDictionary.create(table, engine));
    await engine.main.run(`CREATE OR REPLACE TABLE ${rows.name} (series INTEGER, ${values.join(", ")})`);
    return rows;
  }

  get name(): string {
    return quoteIdentifier(this.#plainName);
  }

  /** The rows with the columns of the file. */
  get select(): string {
    const columns = this.table.columns.map(({ name }) =>
      name === "msg_id" ? "CAST(msg_id AS BLOB) AS msg_id" : quoteIdentifier(name),
    );
    return `SELECT ${columns.join(", ")} FROM ${this.name} JOIN ${this.#dictionary.name} USING (series)`;
  }

  /** Many packs at once cost half as much as one by one: DuckDB takes over what goes into an empty table. */
  append(packs: readonly PackedTable[]): void {
    this.#appender.append(
      packs.map((packed) => ({ packed, numbers: this.#dictionary.numbersOf(packed.series) })),
    );
  }

  /** Within a transaction of the caller, who says {@link cleared} once it is committed. */
  async clear(): Promise<void> {
    await this.#engine.main.run(`DELETE FROM ${this.name}`);
    await this.#dictionary.clear();
  }

  cleared(): void {
    this.#dictionary.cleared();
  }

  get #plainName(): string {
    return `rows_${this.table.name}`;
  }
}
