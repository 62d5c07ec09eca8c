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

/** Bytes of one value in memory; 0 for text and bytes, which are kept apart. Message ids are DuckDB UUIDs: 16. */
export function widthOf({ name, type }: Column): number {
  if (name === "msg_id") return 16;
  const widths = {
    text: 0,
    bytes: 0,
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
  /** Values of fixed width, little-endian; empty for text and bytes. */
  readonly data: ArrayBuffer;
  /** A bit a row, 1 where there is a value; null where all have one. */
  readonly valid: Uint8Array<ArrayBuffer> | null;
  /** Text and bytes: row number and value of those that are set. */
  readonly sparse: readonly (readonly [number, string | Uint8Array])[];
}

export interface PackedTable {
  readonly table: TableSchema;
  readonly rows: number;
  /** The dictionary of this pack: values of the series columns, in their order. */
  readonly series: readonly (readonly (string | null)[])[];
  /** Index into `series`, int32 a row. */
  readonly codes: ArrayBuffer;
  /** In the order of {@link valueColumns}. */
  readonly columns: readonly PackedColumn[];
}

/** The buffers to transfer rather than copy. */
export const transferables = (packed: PackedTable): ArrayBuffer[] => [
  packed.codes,
  ...packed.columns.flatMap(({ data, valid }) => (valid === null ? [data] : [data, valid.buffer])),
];

/** One value for each series column, in their order. */
export type SeriesValues = readonly (string | null)[];

function isEqual(left: SeriesValues, right: SeriesValues): boolean {
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

/** Writes one table's rows column by column; sized beforehand, used once. */
export class PackWriter {
  readonly #table: TableSchema;
  readonly #rows: number;
  readonly #codes: Int32Array<ArrayBuffer>;
  readonly #series: SeriesValues[] = [];
  readonly #groups = new Map<string, Map<string, number[]>>();
  readonly #writers: ColumnWriter[];

  constructor(table: TableSchema, rows: number) {
    this.#table = table;
    this.#rows = rows;
    this.#codes = new Int32Array(rows);
    this.#writers = valueColumns(table).map((column) => new ColumnWriter(column, rows));
  }

  /** In the order of {@link valueColumns}. */
  get columns(): readonly ColumnWriter[] {
    return this.#writers;
  }

  /**
   * The row's place in the dictionary. `first` and `second` are two of `values` that tell most series apart:
   * looking them up is several times cheaper than making one key of all.
   */
  series(row: number, first: string, second: string, values: SeriesValues): void {
    let group = this.#groups.get(first);
    if (group === undefined) this.#groups.set(first, (group = new Map()));
    let numbers = group.get(second);
    if (numbers === undefined) group.set(second, (numbers = []));
    for (const number of numbers) {
      if (isEqual(this.#series[number] as SeriesValues, values)) {
        this.#codes[row] = number;
        return;
      }
    }
    this.#codes[row] = this.#series.length;
    numbers.push(this.#series.length);
    this.#series.push([...values]);
  }

  finish(): PackedTable {
    return {
      table: this.#table,
      rows: this.#rows,
      series: this.#series,
      codes: this.#codes.buffer,
      columns: this.#writers.map((writer) => writer.finish()),
    };
  }
}

const two32 = 4_294_967_296;

/** One column's memory. Nothing written means no value. */
export class ColumnWriter {
  readonly #data: ArrayBuffer;
  readonly #valid: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #doubles: Float64Array | null;
  readonly #words: Int32Array | null;
  readonly #width: number;
  readonly #rows: number;
  readonly #sparse: [number, string | Uint8Array][] = [];
  #set = 0;

  constructor(column: Column, rows: number) {
    this.#width = widthOf(column);
    this.#rows = rows;
    this.#data = new ArrayBuffer(rows * this.#width);
    this.#view = new DataView(this.#data);
    this.#doubles = this.#width === 8 ? new Float64Array(this.#data) : null;
    this.#words = this.#width === 8 ? new Int32Array(this.#data) : null;
    // DuckDB reads validity in words of 64 rows.
    this.#valid = new Uint8Array(Math.ceil(rows / 64) * 8);
  }

  double(row: number, value: number | null): void {
    if (value === null || this.#doubles === null) return;
    this.#doubles[row] = value;
    this.#mark(row);
  }

  /** A safe integer or bigint in 64 bits. */
  integer64(row: number, value: number | bigint | null): void {
    if (value === null || this.#words === null) return;
    if (typeof value === "bigint") this.#view.setBigInt64(row * 8, value, true);
    else {
      this.#words[row * 2] = value % two32;
      this.#words[row * 2 + 1] = Math.floor(value / two32);
    }
    this.#mark(row);
  }

  /** 8, 16 or 32 bits by the column's width; booleans as 0 and 1. */
  small(row: number, value: number | null): void {
    if (value === null) return;
    if (this.#width === 1) this.#view.setInt8(row, value);
    else if (this.#width === 2) this.#view.setInt16(row * 2, value, true);
    else this.#view.setInt32(row * 4, value, true);
    this.#mark(row);
  }

  /** 16 bytes as DuckDB keeps a UUID: two little-endian words, low first, the highest bit flipped for sorting. */
  id(row: number, value: Uint8Array): void {
    const view = this.#view;
    const at = row * 16;
    for (let index = 0; index < 16; index++) view.setUint8(at + 15 - index, value[index] ?? 0);
    view.setUint8(at + 15, (value[0] ?? 0) ^ 0x80);
    this.#mark(row);
  }

  sparse(row: number, value: string | Uint8Array | null): void {
    if (value === null) return;
    this.#sparse.push([row, value]);
    this.#mark(row);
  }

  finish(): PackedColumn {
    const valid = this.#set === this.#rows ? null : this.#valid;
    return { data: this.#data, valid, sparse: this.#sparse };
  }

  #mark(row: number): void {
    this.#valid[row >> 3] = (this.#valid[row >> 3] ?? 0) | (1 << (row & 7));
    this.#set++;
  }
}
