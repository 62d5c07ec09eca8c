/** The texts that repeat from row to row, once each: staged rows hold the number of their combination. */
import duckdb from "@duckdb/node-bindings";
import { quoteIdentifier, type TableSchema } from "../../functions/core/table.ts";
import type { Engine } from "./engine.ts";
import { seriesColumns } from "./packed.ts";

type Series = readonly (string | null)[];

const chunkRows = 2048;
/** It grows with devices × metrics, not with rows; but names are the devices' own, and there is no end of them. */
const mostSeries = 50_000;

export class SeriesDictionary {
  readonly #table: TableSchema;
  readonly #engine: Engine;
  readonly #numbers = new Map<string, number>();

  private constructor(table: TableSchema, engine: Engine) {
    this.#table = table;
    this.#engine = engine;
  }

  /** Empty, in place of one that an engine may have. */
  static async create(table: TableSchema, engine: Engine): Promise<SeriesDictionary> {
    const dictionary = new SeriesDictionary(table, engine);
    const columns = seriesColumns(table).map(({ name }) => `${quoteIdentifier(name)} VARCHAR`);
    await engine.main.run(
      `CREATE OR REPLACE TABLE ${dictionary.name} (series INTEGER, ${columns.join(", ")})`,
    );
    return dictionary;
  }

  get name(): string {
    return quoteIdentifier(this.#plainName);
  }

  /** The number of each; new ones are added, all at once. */
  numbersOf(series: readonly Series[]): Int32Array {
    const added: Series[] = [];
    const first = this.#numbers.size;
    const numbers = Int32Array.from(series, (values) => {
      const key = JSON.stringify(values);
      let number = this.#numbers.get(key);
      if (number === undefined) {
        number = first + added.push(values) - 1;
        this.#numbers.set(key, number);
      }
      return number;
    });
    if (added.length > 0) this.#append(added, first);
    return numbers;
  }

  /** No row is at hand any more. Within a transaction of the caller, who says {@link cleared} once it is committed. */
  async clear(): Promise<void> {
    if (this.#isFull) await this.#engine.main.run(`DELETE FROM ${this.name}`);
  }

  cleared(): void {
    if (this.#isFull) this.#numbers.clear();
  }

  get #isFull(): boolean {
    return this.#numbers.size > mostSeries;
  }

  get #plainName(): string {
    return `series_${this.#table.name}`;
  }

  #append(added: readonly Series[], first: number): void {
    const columns = seriesColumns(this.#table);
    const types = [duckdb.Type.INTEGER, ...columns.map(() => duckdb.Type.VARCHAR)];
    const logical = types.map((type) => duckdb.create_logical_type(type));
    const appender = duckdb.appender_create(this.#engine.native, null, this.#plainName);
    for (let at = 0; at < added.length; at += chunkRows) {
      const part = added.slice(at, at + chunkRows);
      const chunk = duckdb.create_data_chunk(logical);
      duckdb.data_chunk_set_size(chunk, part.length);
      const numbers = Int32Array.from(part, (_, index) => first + at + index);
      duckdb.copy_data_to_vector(
        duckdb.data_chunk_get_vector(chunk, 0),
        0,
        numbers.buffer,
        0,
        numbers.byteLength,
      );
      columns.forEach((_, column) => {
        const vector = duckdb.data_chunk_get_vector(chunk, column + 1);
        const valid = new Uint8Array(Math.ceil(part.length / 64) * 8);
        part.forEach((values, row) => {
          const value = values[column] ?? null;
          if (value === null) return;
          valid[row >> 3] = (valid[row >> 3] as number) | (1 << (row & 7));
          duckdb.vector_assign_string_element(vector, row, value);
        });
        duckdb.vector_ensure_validity_writable(vector);
        duckdb.copy_data_to_vector_validity(vector, 0, valid.buffer, 0, valid.length);
      });
      duckdb.append_data_chunk(appender, chunk);
    }
    duckdb.appender_close_sync(appender);
  }
}
