/**
 * Columns of millions of rows, outside the JavaScript heap: chunks of typed arrays that grow without being copied, and
 * indexes over them that hold row numbers only.
 */

const chunkBits = 14;
/** Rows of a chunk. */
export const chunkRows = 1 << chunkBits;
const inChunk = chunkRows - 1;

/** What a snapshot needs of any column. */
export interface Column {
  /** Makes room for so many rows. */
  grow(rows: number): void;
  /** The bytes of a chunk, to be written, or read into. */
  chunk(index: number): Uint8Array;
}

type Numbers = Uint8Array | Uint16Array | Uint32Array;

export class NumberColumn<Chunk extends Numbers> implements Column {
  readonly #chunks: Chunk[] = [];
  readonly #make: (length: number) => Chunk;

  constructor(make: (length: number) => Chunk) {
    this.#make = make;
  }

  grow(rows: number): void {
    while (this.#chunks.length << chunkBits < rows) this.#chunks.push(this.#make(chunkRows));
  }

  get(row: number): number {
    return (this.#chunks[row >>> chunkBits] as Chunk)[row & inChunk] as number;
  }

  set(row: number, value: number): void {
    (this.#chunks[row >>> chunkBits] as Chunk)[row & inChunk] = value;
  }

  chunk(index: number): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.#chunks[index] as Chunk;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
}

export const bytes = () => new NumberColumn((length) => new Uint8Array(length));
export const shorts = () => new NumberColumn((length) => new Uint16Array(length));
export const words = () => new NumberColumn((length) => new Uint32Array(length));

/** Values of one width, such as hashes. */
export class BytesColumn implements Column {
  readonly width: number;
  readonly #chunks: Buffer[] = [];

  constructor(width: number) {
    this.width = width;
  }

  grow(rows: number): void {
    while (this.#chunks.length << chunkBits < rows) this.#chunks.push(Buffer.alloc(chunkRows * this.width));
  }

  /** Right-aligned, so that numbers of different lengths compare. */
  set(row: number, hex: string): void {
    const even = hex.padStart(2 * this.width, "0");
    this.#in(row).write(even, this.#at(row), "hex");
  }

  hex(row: number): string {
    const at = this.#at(row);
    return this.#in(row).toString("hex", at, at + this.width);
  }

  equals(row: number, value: Buffer): boolean {
    const at = this.#at(row);
    return this.#in(row).compare(value, 0, this.width, at, at + this.width) === 0;
  }

  /** Of its last octets: serial numbers and hashes are random there. */
  hash(row: number): number {
    return this.#in(row).readUInt32LE(this.#at(row) + this.width - 4);
  }

  chunk(index: number): Uint8Array {
    return this.#chunks[index] as Buffer;
  }

  #in(row: number): Buffer {
    return this.#chunks[row >>> chunkBits] as Buffer;
  }

  #at(row: number): number {
    return (row & inChunk) * this.width;
  }
}

/** Short texts, one behind the other. A text is known by where it begins. */
export class TextHeap {
  static readonly #blockBytes = 1 << 20;
  readonly #blocks: Buffer[] = [];
  #used = 0;

  get used(): number {
    return this.#used;
  }

  /** At most 255 bytes. */
  add(text: string): { readonly at: number; readonly length: number } {
    const length = Buffer.byteLength(text);
    const size = TextHeap.#blockBytes;
    // A text lies in one block.
    if ((this.#used % size) + length > size) this.#used += size - (this.#used % size);
    this.grow(this.#used + length);
    const at = this.#used;
    (this.#blocks[Math.floor(at / size)] as Buffer).write(text, at % size);
    this.#used += length;
    return { at, length };
  }

  grow(used: number): void {
    while (this.#blocks.length * TextHeap.#blockBytes < used)
      this.#blocks.push(Buffer.alloc(TextHeap.#blockBytes));
  }

  text(at: number, length: number): string {
    const { block, start } = this.#find(at);
    return block.toString("utf8", start, start + length);
  }

  equals(at: number, length: number, value: Buffer): boolean {
    const { block, start } = this.#find(at);
    return value.length === length && block.compare(value, 0, length, start, start + length) === 0;
  }

  /** FNV-1a, from `seed` on. */
  hash(at: number, length: number, seed: number): number {
    const { block, start } = this.#find(at);
    return hashOf(block, start, start + length, seed);
  }

  /** Blocks in order; `used` says how far the last one is written. */
  chunk(index: number): Uint8Array {
    return this.#blocks[index] as Buffer;
  }

  get blocks(): number {
    return this.#blocks.length;
  }

  /** After its blocks were read back. */
  restore(used: number): void {
    this.#used = used;
  }

  #find(at: number): { block: Buffer; start: number } {
    return {
      block: this.#blocks[Math.floor(at / TextHeap.#blockBytes)] as Buffer,
      start: at % TextHeap.#blockBytes,
    };
  }
}

export function hashOf(text: Buffer, start: number, end: number, seed: number): number {
  let hash = seed;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (text[at] as number), 0x0100_0193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b_3c6d);
  return (hash ^ (hash >>> 12)) >>> 0;
}

/** From a key to its row: open addressing, four bytes a place, half of the places taken at most. */
export class RowIndex {
  #places = new Uint32Array(1024);
  #rows = 0;
  readonly #hashOf: (row: number) => number;

  constructor(hashOfRow: (row: number) => number) {
    this.#hashOf = hashOfRow;
  }

  /** The row among those of this hash that `isIt`; -1 where there is none. */
  find(hash: number, isIt: (row: number) => boolean): number {
    const mask = this.#places.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const row = (this.#places[place] as number) - 1;
      if (row < 0 || isIt(row)) return row;
    }
  }

  /** For a key that is not there yet. */
  add(row: number): void {
    if (2 * (this.#rows + 1) > this.#places.length) this.#resize(2 * this.#places.length);
    this.#put(row);
    this.#rows += 1;
  }

  /** In place of the row that had the same key. */
  replace(former: number, row: number): void {
    const mask = this.#places.length - 1;
    let place = this.#hashOf(former) & mask;
    while (this.#places[place] !== former + 1) place = (place + 1) & mask;
    this.#places[place] = row + 1;
  }

  /** Makes room for so many rows at once. */
  reserve(rows: number): void {
    let length = this.#places.length;
    while (2 * rows > length) length *= 2;
    if (length > this.#places.length) this.#resize(length);
  }

  #resize(length: number): void {
    const former = this.#places;
    this.#places = new Uint32Array(length);
    for (const row of former) if (row !== 0) this.#put(row - 1);
  }

  #put(row: number): void {
    const mask = this.#places.length - 1;
    let place = this.#hashOf(row) & mask;
    while (this.#places[place] !== 0) place = (place + 1) & mask;
    this.#places[place] = row + 1;
  }
}
