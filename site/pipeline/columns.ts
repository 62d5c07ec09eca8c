/** Columns of a known number of rows, written row by row into the bytes of a DuckDB vector. */
import type { PackedFixed, PackedVariable, Validity } from "./packed.ts";

const twoTo32 = 4_294_967_296;

/** Which rows have a value. Starts with none. */
class Presence {
  readonly #bits: Validity;
  readonly #rows: number;
  count = 0;

  constructor(rows: number) {
    this.#bits = new Uint8Array(Math.ceil(rows / 64) * 8);
    this.#rows = rows;
  }

  mark(row: number): void {
    this.#bits[row >> 3] = (this.#bits[row >> 3] as number) | (1 << (row & 7));
    this.count += 1;
  }

  validity(): Validity | null {
    return this.count === this.#rows ? null : this.#bits;
  }
}

/** A column of numbers in a typed array, for the types that a JavaScript number holds. */
export class NumberColumn {
  readonly #values:
    Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Int16Array<ArrayBuffer> | Int8Array<ArrayBuffer>;
  readonly #presence: Presence;

  constructor(
    type: typeof Float64Array | typeof Int32Array | typeof Int16Array | typeof Int8Array,
    rows: number,
  ) {
    this.#values = new type(rows);
    this.#presence = new Presence(rows);
  }

  set(row: number, value: number | null): void {
    if (value === null) return;
    this.#values[row] = value;
    this.#presence.mark(row);
  }

  finish(): PackedFixed | null {
    if (this.#presence.count === 0) return null;
    return { data: this.#values.buffer, validity: this.#presence.validity() };
  }
}

/** 64-bit integers from numbers (exact up to 2^53) or bigints. */
export class Int64Column {
  readonly #words: Int32Array<ArrayBuffer>;
  readonly #presence: Presence;

  constructor(rows: number) {
    this.#words = new Int32Array(2 * rows);
    this.#presence = new Presence(rows);
  }

  set(row: number, value: number | bigint | null): void {
    if (value === null) return;
    if (typeof value === "number") {
      // Two's complement in halves: ToInt32 takes a double modulo 2^32. Making a bigint of each would cost tenfold.
      this.#words[2 * row] = value | 0;
      this.#words[2 * row + 1] = Math.floor(value / twoTo32);
    } else {
      this.#words[2 * row] = Number(BigInt.asIntN(32, value));
      this.#words[2 * row + 1] = Number(BigInt.asIntN(32, value >> 32n));
    }
    this.#presence.mark(row);
  }

  finish(): PackedFixed | null {
    if (this.#presence.count === 0) return null;
    return { data: this.#words.buffer, validity: this.#presence.validity() };
  }
}

/** Message ids as DuckDB holds a UUID: the 16 bytes as a big-endian number with its highest bit flipped. */
export class IdColumn {
  readonly #words: Uint32Array<ArrayBuffer>;
  #last: Uint8Array | null = null;
  readonly #lastWords = new Uint32Array(4);

  constructor(rows: number) {
    this.#words = new Uint32Array(4 * rows);
  }

  set(row: number, id: Uint8Array): void {
    const last = this.#lastWords;
    if (id !== this.#last) {
      this.#last = id;
      last[0] = bigEndian(id, 12);
      last[1] = bigEndian(id, 8);
      last[2] = bigEndian(id, 4);
      last[3] = bigEndian(id, 0) ^ 0x8000_0000;
    }
    const at = 4 * row;
    this.#words[at] = last[0] as number;
    this.#words[at + 1] = last[1] as number;
    this.#words[at + 2] = last[2] as number;
    this.#words[at + 3] = last[3] as number;
  }

  finish(): PackedFixed {
    return { data: this.#words.buffer, validity: null };
  }
}

function bigEndian(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

/** Text or bytes of any length, one behind the other. */
export class VariableColumn {
  #bytes: Buffer<ArrayBuffer> = Buffer.alloc(0);
  #length = 0;
  #rowsDone = 0;
  readonly #ends: Uint32Array<ArrayBuffer>;
  readonly #presence: Presence;

  constructor(rows: number) {
    this.#ends = new Uint32Array(rows);
    this.#presence = new Presence(rows);
  }

  /** Rows in ascending order; those left out have no value. */
  set(row: number, value: string | Uint8Array | null): void {
    if (value === null) return;
    this.#ends.fill(this.#length, this.#rowsDone, row);
    if (typeof value === "string") {
      this.#reserve(3 * value.length);
      this.#length += this.#bytes.write(value, this.#length);
    } else {
      this.#reserve(value.length);
      this.#bytes.set(value, this.#length);
      this.#length += value.length;
    }
    this.#ends[row] = this.#length;
    this.#rowsDone = row + 1;
    this.#presence.mark(row);
  }

  finish(): PackedVariable | null {
    if (this.#presence.count === 0) return null;
    this.#ends.fill(this.#length, this.#rowsDone);
    return {
      bytes: new Uint8Array(this.#bytes.buffer, 0, this.#length),
      ends: this.#ends,
      validity: this.#presence.validity(),
    };
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.from(new ArrayBuffer(Math.max(4096, 2 * (this.#length + more))));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
