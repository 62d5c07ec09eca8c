/** One table's rows on their way into columns. */
import type { TableSchema } from "../../functions/core/table.ts";
import { ColumnWriter, type ColumnPlace } from "./column-writer.ts";
import { blockBytes, type MemoryPiece, type PackMemory } from "./pack-memory.ts";
import { valueColumns, widthOf, type PackedTable } from "./packed.ts";

/** One value for each series column, in their order. */
export type SeriesValues = readonly (string | null)[];

const leastRows = 8;
/** A pack of so many rows is full: the memory of one is handed over while the next one fills. */
export const packRows = 4096;
/** Left for the message that fills it. */
const spareRows = 64;

/** The number of a row's series. */
const codeBytes = 4;
/** DuckDB reads validity in words of 64 rows. */
const validBytes = (rows: number): number => Math.ceil(rows / 64) * 8;

function bytesOfRows(table: TableSchema, rows: number): number {
  return valueColumns(table).reduce(
    (sum, column) => sum + widthOf(column) * rows + validBytes(rows),
    codeBytes * rows,
  );
}

function isEqual(left: SeriesValues, right: SeriesValues): boolean {
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

export class PackWriter {
  readonly table: TableSchema;
  rows = 0;
  /** In the order of {@link valueColumns}. */
  columns: readonly ColumnWriter[] = [];
  readonly #pieces: PackMemory;
  readonly #mostExpected: number;
  readonly #fullRows: number;
  #expected = leastRows;
  #capacity = 0;
  #piece: MemoryPiece | null = null;
  #codes: Int32Array = new Int32Array(0);
  #series: SeriesValues[] = [];
  readonly #groups = new Map<string, Map<string, number[]>>();

  /**
   * At most `mostExpected` rows are expected in a pack, and about as many as in the one before: a device that sends now
   * and then must not take the memory of a crowd for each message. A pack grows where there are more.
   */
  constructor(table: TableSchema, mostExpected: number, memory: PackMemory) {
    this.table = table;
    this.#pieces = memory;
    const fitting = Math.floor(blockBytes / (bytesOfRows(table, leastRows) / leastRows));
    this.#fullRows = Math.max(leastRows, Math.min(packRows, fitting) - spareRows);
    this.#mostExpected = Math.min(mostExpected, this.#fullRows + spareRows);
  }

  /** It is time to hand the pack over and begin the next one. */
  get isFull(): boolean {
    return this.rows >= this.#fullRows;
  }

  /** The next row's number, and its place in the dictionary: `first` and `second` tell most series apart. */
  begin(first: string, second: string, values: SeriesValues): number {
    if (this.rows === this.#capacity) this.#allocate(2 * this.#capacity || this.#expected);
    this.#codes[this.rows] = this.#number(first, second, values);
    return this.rows++;
  }

  takeBack(rows: number): void {
    if (rows === this.rows) return;
    this.rows = rows;
    for (const column of this.columns) column.takeBack(rows);
  }

  /** What was written since the last time; `null` where that is nothing. */
  finish(): PackedTable | null {
    const { table, rows } = this;
    if (rows === 0 || this.#piece === null) return null;
    const packed: PackedTable = {
      table,
      rows,
      series: this.#series,
      memory: this.#piece.memory,
      bytes: bytesOfRows(table, this.#capacity),
      block: this.#piece.block,
      codes: this.#piece.start,
      columns: this.columns.map((column) => column.finish(rows)),
    };
    this.#expected = Math.min(this.#mostExpected, 2 * rows);
    this.rows = 0;
    this.#capacity = 0;
    this.#piece = null;
    this.#series = [];
    this.#groups.clear();
    return packed;
  }

  #number(first: string, second: string, values: SeriesValues): number {
    let group = this.#groups.get(first);
    if (group === undefined) this.#groups.set(first, (group = new Map()));
    let numbers = group.get(second);
    if (numbers === undefined) group.set(second, (numbers = []));
    for (const number of numbers) if (isEqual(this.#series[number] as SeriesValues, values)) return number;
    numbers.push(this.#series.length);
    return this.#series.push([...values]) - 1;
  }

  /** All places are multiples of 8 bytes. */
  #allocate(wanted: number): void {
    const capacity = Math.ceil(wanted / leastRows) * leastRows;
    const piece = this.#pieces.take(bytesOfRows(this.table, capacity));
    let end = piece.start + codeBytes * capacity;
    const places = valueColumns(this.table).map((column): ColumnPlace => {
      const width = widthOf(column);
      const values = end;
      const valid = values + width * capacity;
      end = valid + validBytes(capacity);
      return { width, isNullable: column.nullable, values, valid };
    });
    const { memory } = piece;
    const codes = new Int32Array(memory, piece.start, capacity);
    const columns = places.map((place) => new ColumnWriter(place, memory, capacity));
    if (this.rows > 0) {
      codes.set(this.#codes.subarray(0, this.rows));
      this.columns.forEach((former, index) => columns[index]?.continue(former, this.rows));
    }
    if (this.#piece !== null) this.#pieces.giveBack(this.#piece.block);
    this.#capacity = capacity;
    this.#piece = piece;
    this.#codes = codes;
    this.columns = columns;
  }
}
