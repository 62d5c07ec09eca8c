/**
 * Memory of the records under way, shared with the threads that decode them and used again. Fresh memory for every group
 * would be garbage that only a full collection finds, and V8 does not see that shared memory presses for one: a file of
 * 5 GB left 3 GB of it.
 */

/** Sizes are powers of two from here on, so that one buffer fits the next group. */
const smallest = 1 << 12;

export class BufferPool {
  readonly #mostBytes: number;
  /** The longest unused first. */
  #free: Buffer[] = [];
  #freeBytes = 0;

  /** Keeps `mostBytes` of unused memory for later. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** At least `bytes` long; holds what it held before. */
  take(bytes: number): Buffer {
    const fitting = this.#free.filter(({ length }) => length >= bytes);
    if (fitting.length > 0) {
      const known = fitting.reduce((best, one) => (one.length < best.length ? one : best));
      this.#forget(this.#free.indexOf(known));
      return known;
    }
    let size = smallest;
    while (size < bytes) size *= 2;
    return Buffer.from(new SharedArrayBuffer(size));
  }

  /** Nobody reads the buffer any more. What was not used for the longest time makes room for it. */
  give(buffer: Buffer): void {
    if (buffer.length > this.#mostBytes) return;
    while (this.#freeBytes + buffer.length > this.#mostBytes) this.#forget(0);
    this.#free.push(buffer);
    this.#freeBytes += buffer.length;
  }

  #forget(index: number): void {
    const [gone] = this.#free.splice(index, 1);
    this.#freeBytes -= gone?.length ?? 0;
  }
}
