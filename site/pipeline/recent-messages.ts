/** The ids of the last messages of a worker's devices, by which repeats are recognised. Exact, bounded, in typed arrays. */
import type { LogPosition } from "../ports.ts";

/** Words of an id that are kept. With 96 of its 128 bits, a false repeat among 10^9 messages has a chance below 10^-13. */
const words = 3;
const firstCapacity = 1 << 12;

/** From here on in the ring of ids, messages come from the log behind this position. */
interface Mark {
  readonly entry: number;
  readonly position: LogPosition;
}

export class RecentMessages {
  readonly #most: number;
  #capacity: number;
  /** A ring: entry n lies at n modulo capacity. */
  #ids: Uint32Array;
  /** Open addressing with linear probing; holds ring place + 1, 0 where free. At most half full. */
  #slots: Uint32Array;
  #begin = 0;
  #end = 0;
  #marks: Mark[] = [];

  /** @param most ids remembered at least; 20 bytes each when full. Rounded up to a power of two. */
  constructor(most: number) {
    this.#most = 2 ** Math.ceil(Math.log2(Math.max(most, 16)));
    this.#capacity = Math.min(firstCapacity, this.#most);
    this.#ids = new Uint32Array(words * this.#capacity);
    this.#slots = new Uint32Array(2 * this.#capacity);
  }

  get size(): number {
    return this.#end - this.#begin;
  }

  /** What is added from now on comes from the log behind `position`. */
  mark(position: LogPosition): void {
    const last = this.#marks.at(-1);
    if (last !== undefined && last.entry === this.#end) return;
    this.#marks.push({ entry: this.#end, position });
  }

  /** Of all messages from this position on, every id is still here. Null before the first {@link mark}. */
  get remembersFrom(): LogPosition | null {
    let first = 0;
    while (first + 1 < this.#marks.length && (this.#marks[first] as Mark).entry < this.#begin) first++;
    if (first > 0) this.#marks = this.#marks.slice(first);
    return this.#marks[0]?.position ?? null;
  }

  /** True where the id was not known; it is from now on. */
  add(id: Uint8Array): boolean {
    const a = word(id, 0);
    const b = word(id, 4);
    const c = word(id, 8);
    let slot = this.#find(a, b, c);
    if (this.#slots[slot] !== 0) return false;
    if (this.size === this.#capacity) {
      if (this.#capacity < this.#most) this.#grow();
      else this.#forgetOldest();
      slot = this.#find(a, b, c);
    }
    const place = this.#end % this.#capacity;
    this.#ids[words * place] = a;
    this.#ids[words * place + 1] = b;
    this.#ids[words * place + 2] = c;
    this.#slots[slot] = place + 1;
    this.#end += 1;
    return true;
  }

  /** The slot that holds the id, or the free one where it belongs. */
  #find(a: number, b: number, c: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] as number;
      if (entry === 0) return slot;
      const at = words * (entry - 1);
      if (this.#ids[at] === a && this.#ids[at + 1] === b && this.#ids[at + 2] === c) return slot;
    }
  }

  #forgetOldest(): void {
    const at = words * (this.#begin % this.#capacity);
    const ids = this.#ids;
    let free = this.#find(ids[at] as number, ids[at + 1] as number, ids[at + 2] as number);
    this.#begin += 1;
    // Those behind move up, so that no search ends early (backward shift deletion).
    const mask = this.#slots.length - 1;
    for (let slot = (free + 1) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] as number;
      if (entry === 0) break;
      const home = (ids[words * (entry - 1)] as number) & mask;
      if (((slot - home) & mask) < ((slot - free) & mask)) continue;
      this.#slots[free] = entry;
      free = slot;
    }
    this.#slots[free] = 0;
  }

  #grow(): void {
    const former = this.#ids;
    const count = this.size;
    const place = this.#begin % this.#capacity;
    this.#capacity *= 2;
    this.#ids = new Uint32Array(words * this.#capacity);
    this.#slots = new Uint32Array(2 * this.#capacity);
    // The ring is full: its oldest entry follows its newest. Entry numbers start again at the beginning.
    this.#ids.set(former.subarray(words * place), 0);
    this.#ids.set(former.subarray(0, words * place), former.length - words * place);
    this.#marks = this.#marks.map(({ entry, position }) => ({ entry: entry - this.#begin, position }));
    this.#begin = 0;
    this.#end = count;
    for (let index = 0; index < count; index++) {
      const at = words * index;
      const ids = this.#ids;
      this.#slots[this.#find(ids[at] as number, ids[at + 1] as number, ids[at + 2] as number)] = index + 1;
    }
  }
}

function word(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}
