/**
 * Memory of packs, used again and again: what a portion needs is taken once. As garbage it would cost a tenth of the CPU,
 * because V8 counts it and looks through its whole heap for more of it, and the pages would be new ones each time.
 */

/** A pack should fit into one. */
export const blockBytes = 1024 * 1024;

/** A piece of a block, filled with zeros. */
export interface MemoryPiece {
  readonly memory: SharedArrayBuffer;
  /** Offset; a multiple of 64. */
  readonly start: number;
  /** To be given back by. */
  readonly block: number;
}

interface Block {
  readonly memory: SharedArrayBuffer;
  /** Pieces that are not given back. */
  pieces: number;
  end: number;
}

export class PackMemory {
  readonly #blocks = new Map<number, Block>();
  #free: number[] = [];
  #next = 0;
  #current = -1;

  /** Bytes of all blocks. */
  get bytes(): number {
    return [...this.#blocks.values()].reduce((sum, { memory }) => sum + memory.byteLength, 0);
  }

  take(bytes: number): MemoryPiece {
    const [number, block] = this.#withRoom(bytes);
    const { memory, end: start } = block;
    block.end = Math.ceil((start + bytes) / 64) * 64;
    block.pieces++;
    new Uint8Array(memory, start, bytes).fill(0);
    return { memory, start, block: number };
  }

  /** Nobody reads or writes the piece any more. */
  giveBack(number: number): void {
    const block = this.#blocks.get(number);
    if (block === undefined || --block.pieces > 0) return;
    block.end = 0;
    if (block.memory.byteLength > blockBytes) this.#blocks.delete(number);
    else if (number !== this.#current) this.#free.push(number);
  }

  #withRoom(bytes: number): [number, Block] {
    const current = this.#blocks.get(this.#current);
    if (current !== undefined && current.end + bytes <= current.memory.byteLength)
      return [this.#current, current];
    // More than a block is one of its own, and the current one stays.
    if (bytes > blockBytes) return this.#make(bytes);
    // A former one whose pieces were given back meanwhile would otherwise never be free.
    if (current?.pieces === 0) this.#free.push(this.#current);
    const number = this.#free.pop();
    const free = number === undefined ? undefined : this.#blocks.get(number);
    const [chosen, block] =
      number !== undefined && free !== undefined ? [number, free] : this.#make(blockBytes);
    this.#current = chosen;
    return [chosen, block];
  }

  #make(bytes: number): [number, Block] {
    const block = { memory: new SharedArrayBuffer(bytes), pieces: 0, end: 0 };
    const number = this.#next++;
    this.#blocks.set(number, block);
    return [number, block];
  }
}
