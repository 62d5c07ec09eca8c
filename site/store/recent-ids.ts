/**
 * The ids of the last messages, to drop repeats: exact within the last `capacity` ids, older ones are forgotten a
 * generation at a time. 64 bytes an id, allocated once.
 */
export class RecentIds {
  readonly #capacity: number;
  readonly #mask: number;
  #current: Int32Array;
  #previous: Int32Array;
  #size = 0;

  /** @param capacity a power of two */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#mask = capacity * 2 - 1;
    this.#current = new Int32Array(capacity * 8);
    this.#previous = new Int32Array(capacity * 8);
  }

  /** Whether the 16-byte id was seen before; remembers it either way. */
  seen(id: Uint8Array): boolean {
    const a = word(id, 0);
    // A slot of zeros is free: an id never has its last bit clear, at the cost of one bit of 128.
    const [b, c, d] = [word(id, 4), word(id, 8), word(id, 12) | 1];
    const slot = this.#find(this.#current, a, b, c, d);
    if (this.#current[slot + 3] !== 0) return true;
    const old = this.#find(this.#previous, a, b, c, d);
    const known = this.#previous[old + 3] !== 0;
    this.#current[slot] = a;
    this.#current[slot + 1] = b;
    this.#current[slot + 2] = c;
    this.#current[slot + 3] = d;
    if (++this.#size === this.#capacity) this.#turn();
    return known;
  }

  #turn(): void {
    const free = this.#previous.fill(0);
    this.#previous = this.#current;
    this.#current = free;
    this.#size = 0;
  }

  /** The id's slot, or the free one where it would go; half the slots are always free. */
  #find(table: Int32Array, a: number, b: number, c: number, d: number): number {
    for (let slot = a & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * 4;
      if (table[at + 3] === 0) return at;
      if (table[at] === a && table[at + 1] === b && table[at + 2] === c && table[at + 3] === d) return at;
    }
  }
}

const word = (id: Uint8Array, at: number): number =>
  (id[at] ?? 0) | ((id[at + 1] ?? 0) << 8) | ((id[at + 2] ?? 0) << 16) | ((id[at + 3] ?? 0) << 24) | 0;

/**
 * What a message without rows is remembered by: it may become rows later, when what it waits for is there, and is then no
 * repeat of itself.
 */
export function quarantineId(id: Uint8Array): Uint8Array {
  const other = id.slice();
  other[0] = (other[0] ?? 0) ^ 0x80;
  return other;
}
