/**
 * Memory of the records under way, shared with the threads that decode them and used again. Fresh memory for every group
 * would be garbage that only a full collection finds.
 */

/** Sizes are powers of two from here on, so that one buffer fits the next group. */
const smallest = 1 << 12;

export class BufferPool {
  readonly #mostBytes: number;
  #free: Buffer[] = [];
  #freeBytes = 0;

  /** Keeps `mostBytes` of unused memory for later. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** At least `bytes` long; holds what it held before. */
  take(bytes: number): Buffer {
    const index = this.#free.findIndex(({ length }) => length >= bytes);
    const [known] = index < 0 ? [] : this.#free.splice(index, 1);
    if (known !== undefined) {
      this.#freeBytes -= known.length;
      return known;
    }
    let size = smallest;
    while (size < bytes) size *= 2;
    return Buffer.from(new SharedArrayBuffer(size));
  }

  /** Nobody reads the buffer any more. */
  give(buffer: Buffer): void {
    if (this.#freeBytes + buffer.length > this.#mostBytes) return;
    this.#free.push(buffer);
    this.#free.sort((left, right) => left.length - right.length);
    this.#freeBytes += buffer.length;
  }
}
