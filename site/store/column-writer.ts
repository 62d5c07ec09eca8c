/** One column of a pack that is being written. */
import { inlineBytes, type PackedColumn } from "./packed.ts";

const two32 = 4_294_967_296;
const encoder = new TextEncoder();

/** Where a column lies in its pack's memory. */
export interface ColumnPlace {
  /** Bytes of one value. */
  readonly width: number;
  readonly isNullable: boolean;
  readonly values: number;
  readonly valid: number;
}

export class ColumnWriter {
  readonly #place: ColumnPlace;
  readonly #memory: SharedArrayBuffer;
  readonly #bytes: Uint8Array;
  readonly #shorts: Int16Array;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #valid: Uint8Array;
  readonly #isNullable: boolean;
  #long: [number, string | Uint8Array][] = [];
  /** Where no row ever had a value, a row without one needs no writing. */
  #isUsed = false;

  /** Rows beyond `capacity` are lost. */
  constructor(place: ColumnPlace, memory: SharedArrayBuffer, capacity: number) {
    const { width, values, valid } = place;
    const bytes = width * capacity;
    this.#place = place;
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory, values, bytes);
    this.#shorts = new Int16Array(memory, values, bytes >> 1);
    this.#words = new Int32Array(memory, values, bytes >> 2);
    this.#doubles = new Float64Array(memory, values, bytes >> 3);
    this.#valid = new Uint8Array(memory, valid, capacity >> 3);
    this.#isNullable = place.isNullable;
  }

  /** Takes over the first rows of a column that has become too short. */
  continue(former: ColumnWriter, rows: number): void {
    this.#bytes.set(former.#bytes.subarray(0, rows * this.#place.width));
    this.#valid.set(former.#valid.subarray(0, (rows + 7) >> 3));
    this.#long = former.#long;
    this.#isUsed = former.#isUsed;
  }

  double(row: number, value: number | null): void {
    if (value === null) return this.none(row);
    this.#doubles[row] = value;
    this.#mark(row);
  }

  /** A safe integer or bigint in 64 bits. */
  integer64(row: number, value: number | bigint | null): void {
    if (value === null) return this.none(row);
    if (typeof value === "bigint") {
      this.#words[row * 2] = Number(BigInt.asIntN(32, value));
      this.#words[row * 2 + 1] = Number(BigInt.asIntN(32, value >> 32n));
    } else {
      const high = Math.floor(value / two32);
      this.#words[row * 2] = value - high * two32;
      this.#words[row * 2 + 1] = high;
    }
    this.#mark(row);
  }

  int32(row: number, value: number): void {
    this.#words[row] = value;
    this.#mark(row);
  }

  int16(row: number, value: number | null): void {
    if (value === null) return this.none(row);
    this.#shorts[row] = value;
    this.#mark(row);
  }

  /** Booleans as 0 and 1. */
  int8(row: number, value: number | null): void {
    if (value === null) return this.none(row);
    this.#bytes[row] = value;
    this.#mark(row);
  }

  /** Four words of a message id, see {@link messageWords}. */
  id(row: number, words: Int32Array): void {
    const at = row * 4;
    this.#words[at] = words[0] ?? 0;
    this.#words[at + 1] = words[1] ?? 0;
    this.#words[at + 2] = words[2] ?? 0;
    this.#words[at + 3] = words[3] ?? 0;
    this.#mark(row);
  }

  text(row: number, value: string | null): void {
    if (value === null) return this.none(row);
    if (value.length > inlineBytes) return this.#apart(row, value);
    const start = row * 16 + 4;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return this.bytes(row, encoder.encode(value));
      this.#bytes[start + index] = code;
    }
    this.#words[row * 4] = value.length;
    this.#pad(start + value.length, start + inlineBytes);
    this.#mark(row);
  }

  bytes(row: number, value: Uint8Array | null): void {
    if (value === null) return this.none(row);
    // A copy that nobody shares: the log uses the memory that the value may be in again. (`slice` of a Buffer copies nothing.)
    if (value.length > inlineBytes) return this.#apart(row, new Uint8Array(value));
    const start = row * 16 + 4;
    this.#words[row * 4] = value.length;
    this.#bytes.set(value, start);
    this.#pad(start + value.length, start + inlineBytes);
    this.#mark(row);
  }

  none(row: number): void {
    if (this.#isUsed) this.#valid[row >> 3] = (this.#valid[row >> 3] ?? 0) & ~(1 << (row & 7));
  }

  /** Rows from `rows` on are written again. */
  takeBack(rows: number): void {
    while ((this.#long.at(-1)?.[0] ?? -1) >= rows) this.#long.pop();
  }

  finish(rows: number): PackedColumn {
    const { values, valid } = this.#place;
    if (!this.#isUsed) return { values: null, valid, long: [] };
    return { values, valid: this.#isNullable && this.#hasNone(rows) ? valid : null, long: this.#long };
  }

  #apart(row: number, value: string | Uint8Array): void {
    this.#long.push([row, value]);
    // A short one may have stood there: what is read before the long one is put in must not mislead.
    this.#words.fill(0, row * 4, row * 4 + 4);
    this.#mark(row);
  }

  /** DuckDB compares short texts with what lies behind them. */
  #pad(from: number, until: number): void {
    for (let at = from; at < until; at++) this.#bytes[at] = 0;
  }

  #mark(row: number): void {
    this.#isUsed = true;
    if (this.#isNullable) this.#valid[row >> 3] = (this.#valid[row >> 3] ?? 0) | (1 << (row & 7));
  }

  #hasNone(rows: number): boolean {
    const words = new Int32Array(this.#memory, this.#place.valid, rows >> 5);
    if (words.some((word) => word !== -1)) return true;
    for (let row = rows & ~31; row < rows; row++) {
      if (((this.#valid[row >> 3] ?? 0) & (1 << (row & 7))) === 0) return true;
    }
    return false;
  }
}

/** A 16-byte id as DuckDB keeps a UUID: two little-endian words, low first, the highest bit flipped for sorting. */
export function messageWords(id: Uint8Array, words: Int32Array): void {
  words[0] = bigEndian(id, 12);
  words[1] = bigEndian(id, 8);
  words[2] = bigEndian(id, 4);
  words[3] = bigEndian(id, 0) ^ 0x8000_0000;
}

const bigEndian = (id: Uint8Array, at: number): number =>
  ((id[at] ?? 0) << 24) | ((id[at + 1] ?? 0) << 16) | ((id[at + 2] ?? 0) << 8) | (id[at + 3] ?? 0);
