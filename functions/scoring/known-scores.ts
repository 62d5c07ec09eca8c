/** Remembers the last windows that were scored: what comes by again within the overlap of two looks is not sent again. */
export class KnownScores {
  readonly #capacity: number;
  #current = new Set<string>();
  #former = new Set<string>();

  /** @param capacity windows that are remembered at least */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  has(device: string, from: number): boolean {
    const key = `${from} ${device}`;
    return this.#current.has(key) || this.#former.has(key);
  }

  add(device: string, from: number): void {
    this.#current.add(`${from} ${device}`);
    if (this.#current.size < this.#capacity) return;
    this.#former = this.#current;
    this.#current = new Set();
  }

  /** What is told of it next is news. */
  forget(device: string, from: number): void {
    const key = `${from} ${device}`;
    this.#current.delete(key);
    this.#former.delete(key);
  }
}
