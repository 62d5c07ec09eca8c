/** How many files somebody has begun and not ended: their parts lie on the disk. */
export class UnfinishedFiles {
  readonly #most: number;
  /** By who sends them, since the site started. */
  readonly #files = new Map<string, Set<string>>();

  constructor(most: number) {
    this.#most = most;
  }

  /** @returns how many there are already, where this one would be too many; else null */
  begin(sender: string, sha256: string): number | null {
    const files = this.#files.get(sender) ?? new Set();
    if (!files.has(sha256) && files.size >= this.#most) return files.size;
    this.#files.set(sender, files.add(sha256));
    return null;
  }

  end(sender: string, sha256: string): void {
    const files = this.#files.get(sender);
    files?.delete(sha256);
    if (files?.size === 0) this.#files.delete(sender);
  }
}
