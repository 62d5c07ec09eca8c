/** Rows in memory that queries see and the next flush writes: one DuckDB table a lake table, and packs on their way there. */
import type duckdb from "@duckdb/node-bindings";
import type { DuckDBConnection } from "@duckdb/node-api";
import { duckdbType, quoteIdentifier, type TableSchema } from "../../functions/core/table.ts";
import { appendPacks } from "./append-packs.ts";
import { withLabels } from "./labels.ts";
import { valueColumns, type PackedHour, type PackedTable } from "./packed.ts";
import { SeriesDictionary } from "./series-dictionary.ts";

export class Staging {
  readonly table: TableSchema;
  readonly #connection: DuckDBConnection;
  readonly #native: duckdb.Connection;
  readonly #dictionary: SeriesDictionary;
  readonly #hours = new Map<number, PackedHour>();
  #pending: PackedTable[] = [];
  #pendingRows = 0;
  #shownRows = 0;

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
    return quoteIdentifier(this.#plainName);
  }

  get rows(): number {
    return this.#shownRows + this.#pendingRows;
  }

  /** Hours of the partition's timestamp that are shown, in order. */
  get hours(): PackedHour[] {
    return [...this.#hours.values()].sort((left, right) => left.from - right.from);
  }

  /** The rows that are shown, with the columns of the file. */
  get select(): string {
    return this.#select(this.#dictionary.name);
  }

  /** `work` with the same selection, made for sorting and writing. */
  withLabels<Result>(work: (select: string) => Promise<Result>): Promise<Result> {
    const { table, name: rows } = this;
    const source = { table, rows, dictionary: this.#dictionary.name };
    return withLabels(this.#connection, source, (dictionary) => work(this.#select(dictionary)));
  }

  /** Takes rows over, whatever else goes on; {@link show} puts them where queries and files see them. */
  append(packed: PackedTable): void {
    this.#pending.push(packed);
    this.#pendingRows += packed.rows;
  }

  /**
   * Not between the beginning of a flush and its end, which clears what is shown. Many packs at once cost half as much as one by one:
   * DuckDB takes over what goes into an empty table.
   */
  show(): void {
    const packs = this.#pending;
    if (packs.length === 0) return;
    appendPacks(
      this.#native,
      this.#plainName,
      packs.map((packed) => ({ packed, numbers: this.#dictionary.numbersOf(packed.series) })),
    );
    this.#pending = [];
    this.#shownRows += this.#pendingRows;
    this.#pendingRows = 0;
    for (const { from, rows, minTs, maxTs } of packs.flatMap(({ hours }) => hours)) {
      const known = this.#hours.get(from);
      this.#hours.set(from, {
        from,
        rows: rows + (known?.rows ?? 0),
        minTs: Math.min(minTs, known?.minTs ?? minTs),
        maxTs: Math.max(maxTs, known?.maxTs ?? maxTs),
      });
    }
  }

  /** Within a transaction of the caller, who says {@link cleared} once it is committed. */
  async clear(): Promise<void> {
    await this.#connection.run(`DELETE FROM ${this.name}`);
    if (this.#dictionary.isFull) await this.#dictionary.clear();
  }

  cleared(): void {
    this.#shownRows = 0;
    this.#hours.clear();
    if (this.#dictionary.isFull) this.#dictionary.cleared();
  }

  get #plainName(): string {
    return `staged_${this.table.name}`;
  }

  #select(dictionary: string): string {
    const columns = this.table.columns.map(({ name }) =>
      name === "msg_id" ? "CAST(msg_id AS BLOB) AS msg_id" : quoteIdentifier(name),
    );
    return `SELECT ${columns.join(", ")} FROM ${this.name} JOIN ${dictionary} USING (series)`;
  }
}
