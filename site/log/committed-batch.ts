/** What the log hands to its consumer: bytes as they are, single arrivals only for who asks. */
import type { Arrival, LogBatch, LogPosition } from "../ports.ts";
import { decodeRecords, type SourceNameCache, type SourceNames } from "./record-source.ts";

export class CommittedBatch implements LogBatch {
  readonly from: LogPosition;
  readonly next: LogPosition;
  readonly bodies: readonly Buffer[];
  readonly bytes: number;
  readonly #names: SourceNameCache<SourceNames>;
  #arrivals: Arrival[] | null = null;

  constructor(
    from: LogPosition,
    next: LogPosition,
    bodies: readonly Buffer[],
    names: SourceNameCache<SourceNames>,
  ) {
    this.from = from;
    this.next = next;
    this.bodies = bodies;
    this.bytes = bodies.reduce((sum, { length }) => sum + length, 0);
    this.#names = names;
  }

  get arrivals(): readonly Arrival[] {
    if (this.#arrivals === null) {
      this.#arrivals = [];
      for (const body of this.bodies) decodeRecords(body, this.#arrivals, this.#names);
    }
    return this.#arrivals;
  }
}
