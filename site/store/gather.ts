/** A column of several packs in another order of rows: values from where they are, a chunk at a time. */
import type { PackedTable } from "./packed.ts";
import type { RowPlaces } from "./row-order.ts";

/** Rows of one DuckDB vector. */
export const chunkRows = 2048;
const wordBytes = 4;

/** The memory of packs as their columns are read. */
export interface PackViews {
  readonly bytes: readonly Uint8Array[];
  readonly shorts: readonly Int16Array[];
  readonly words: readonly Int32Array[];
}

export function viewsOf(packs: readonly PackedTable[]): PackViews {
  return {
    bytes: packs.map(({ memory }) => new Uint8Array(memory)),
    shorts: packs.map(({ memory }) => new Int16Array(memory)),
    words: packs.map(({ memory }) => new Int32Array(memory)),
  };
}

type LongValues = ReadonlyMap<number, string | Uint8Array>;
const noLongValues: LongValues = new Map();

/** One column that is no name. */
export class GatheredColumn {
  /** No row has a value. */
  readonly isEmpty: boolean;
  /** Some row may have none. */
  readonly isPartial: boolean;
  readonly hasLong: boolean;
  /** Bytes of one value. */
  readonly width: number;
  readonly #views: PackViews;
  /** By pack: offset of its values, of its validity; -1 where it has none. */
  readonly #values: Int32Array;
  readonly #valid: Int32Array;
  readonly #long: readonly LongValues[];

  constructor(packs: readonly PackedTable[], views: PackViews, index: number, width: number) {
    const columns = packs.map((packed) => packed.columns[index]);
    this.width = width;
    this.#views = views;
    this.#values = Int32Array.from(columns, (column) => column?.values ?? -1);
    this.#valid = Int32Array.from(columns, (column) => column?.valid ?? -1);
    this.#long = columns.map((column) => (column?.long.length ? new Map(column.long) : noLongValues));
    this.isEmpty = this.#values.every((offset) => offset < 0);
    this.isPartial = this.#values.some((offset) => offset < 0) || this.#valid.some((offset) => offset >= 0);
    this.hasLong = this.#long.some(({ size }) => size > 0);
  }

  /** Values of `count` rows; rows without one have any. */
  values({ packs, rows }: RowPlaces, from: number, count: number, target: ArrayBuffer): void {
    const { width } = this;
    const { bytes, shorts, words } = this.#views;
    if (width === 1) gather1(bytes, this.#values, packs, rows, from, new Uint8Array(target, 0, count));
    else if (width === 2) gather2(shorts, this.#values, packs, rows, from, new Int16Array(target, 0, count));
    else
      gatherWords(words, this.#values, packs, rows, from, new Int32Array(target), count, width / wordBytes);
  }

  /** A bit a row, 1 where there is a value. */
  validity({ packs, rows }: RowPlaces, from: number, count: number, target: Uint8Array): void {
    target.fill(0);
    const { bytes } = this.#views;
    for (let index = 0; index < count; index++) {
      const pack = packs[from + index] as number;
      const row = rows[from + index] as number;
      if ((this.#values[pack] as number) < 0) continue;
      const valid = this.#valid[pack] as number;
      if (
        valid >= 0 &&
        (((bytes[pack] as Uint8Array)[valid + (row >> 3)] as number) & (1 << (row & 7))) === 0
      )
        continue;
      target[index >> 3] = (target[index >> 3] as number) | (1 << (index & 7));
    }
  }

  /** What was too long for the column. */
  longValue(pack: number, row: number): string | Uint8Array | undefined {
    return this.#long[pack]?.get(row);
  }
}

function gather1(
  sources: readonly Uint8Array[],
  offsets: Int32Array,
  packs: Int32Array,
  rows: Int32Array,
  from: number,
  target: Uint8Array,
): void {
  for (let index = 0; index < target.length; index++) {
    const pack = packs[from + index] as number;
    const offset = offsets[pack] as number;
    if (offset < 0) continue;
    target[index] = (sources[pack] as Uint8Array)[offset + (rows[from + index] as number)] as number;
  }
}

function gather2(
  sources: readonly Int16Array[],
  offsets: Int32Array,
  packs: Int32Array,
  rows: Int32Array,
  from: number,
  target: Int16Array,
): void {
  for (let index = 0; index < target.length; index++) {
    const pack = packs[from + index] as number;
    const offset = offsets[pack] as number;
    if (offset < 0) continue;
    target[index] = (sources[pack] as Int16Array)[(offset >> 1) + (rows[from + index] as number)] as number;
  }
}

/** Words, not doubles: what looks like a number that is none must stay the bits that it is. */
function gatherWords(
  sources: readonly Int32Array[],
  offsets: Int32Array,
  packs: Int32Array,
  rows: Int32Array,
  from: number,
  target: Int32Array,
  count: number,
  words: number,
): void {
  let at = 0;
  for (let index = from; index < from + count; index++) {
    const pack = packs[index] as number;
    const offset = offsets[pack] as number;
    if (offset < 0) {
      at += words;
      continue;
    }
    const source = sources[pack] as Int32Array;
    let read = (offset >> 2) + (rows[index] as number) * words;
    for (const end = at + words; at < end;) target[at++] = source[read++] as number;
  }
}
