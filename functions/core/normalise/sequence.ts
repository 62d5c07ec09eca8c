/**
 * Notices skipped sequence numbers. Only meaningful where one decoder sees all messages of a device in order;
 * with several workers, or a replay, gaps would be seen that are none.
 */
export class SequenceTracker {
  readonly #last = new Map<string, number | bigint>();
  readonly #capacity: number;

  /** @param capacity devices remembered; the one seen first is forgotten first. Default 100,000 */
  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  /** Whether numbers were skipped since the device's last message. A lower number is a restart or a late message, no gap. */
  skipped(deviceId: string, codec: string, sequence: number | bigint): boolean {
    const key = `${deviceId} ${codec}`;
    const before = this.#last.get(key);
    if (before === undefined && this.#last.size >= this.#capacity) {
      const oldest = this.#last.keys().next();
      if (!oldest.done) this.#last.delete(oldest.value);
    }
    this.#last.set(key, sequence);
    return before !== undefined && BigInt(sequence) > BigInt(before) + 1n;
  }
}
