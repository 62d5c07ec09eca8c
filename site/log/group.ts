/** Records on their way into one frame, and who waits for it. */
import type { BufferPool } from "./buffer-pool.ts";
import { type ArrivalSource, RecordBuffer, recordBytes } from "./record.ts";

/** Is told once for each group that it put a record into. */
export interface CommitListener {
  /** `error` is `null` once the group is synced to disk; else nothing of the group was kept. Must not throw. */
  committed(group: number, error: Error | null): void;
}

export interface Group {
  readonly number: number;
  readonly records: RecordBuffer;
  readonly listeners: Set<CommitListener>;
}

const smallestGroup = 4096;

/** Groups in order: the last one is open, those before it are full. */
export class GroupQueue {
  readonly #groupBytes: number;
  readonly #pool: BufferPool;
  #full: Group[] = [];
  #open: Group;
  #pending = 0;
  #lastSize = smallestGroup;

  /** A group that has `groupBytes` is full. */
  constructor(groupBytes: number, pool: BufferPool) {
    this.#groupBytes = groupBytes;
    this.#pool = pool;
    this.#open = this.#begin(1);
  }

  /** Bytes of records that wait. */
  get pending(): number {
    return this.#pending;
  }

  /** Adds a record and returns its group's number. */
  add(
    source: ArrivalSource,
    bytes: Uint8Array,
    start: number,
    end: number,
    receivedAt: number,
    listener: CommitListener,
  ): number {
    if (this.#open.records.length >= this.#groupBytes) {
      this.#full.push(this.#open);
      this.#open = this.#begin(this.#open.number + 1);
    }
    const { records, listeners, number } = this.#open;
    records.append(source, bytes, start, end, receivedAt);
    listeners.add(listener);
    this.#pending += recordBytes(source, end - start);
    return number;
  }

  /** The oldest group with records in it; what is added from now on goes into a later one. */
  take(): Group | null {
    const full = this.#full.shift();
    if (full !== undefined) return full;
    if (this.#open.records.count === 0) return null;
    const group = this.#open;
    this.#lastSize = Math.max(smallestGroup, group.records.length);
    this.#open = this.#begin(group.number + 1);
    return group;
  }

  /** A group of so many bytes is on disk or given up. */
  done(bytes: number): void {
    this.#pending -= bytes;
  }

  #begin(number: number): Group {
    const capacity = Math.min(this.#lastSize + (this.#lastSize >> 2), this.#groupBytes + (1 << 17));
    return { number, records: new RecordBuffer(capacity, this.#pool), listeners: new Set() };
  }
}
