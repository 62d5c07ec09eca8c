import { scanFromHeader } from "./segment-scan.ts";
import type { SegmentSeal } from "./segment-format.ts";

/** One segment of the log folder and how far it goes. */
export interface Segment {
  readonly number: number;
  readonly file: string;
  /** `null` where nothing of the segment opens. */
  readonly seal: SegmentSeal | null;
  readonly frames: number;
  /** Number behind the last good record. */
  readonly records: number;
  /** Offset behind the last good frame. */
  readonly end: number;
  /** Arrival of its first record, microseconds; `null` while it has none. */
  readonly firstReceivedAt: number | null;
}

/** Bytes of its frames. */
export function frameBytes(segment: Segment): number {
  return Math.max(0, segment.end - scanFromHeader.offset);
}

/** The segments that are still in the log folder, oldest first; the last may be growing. */
export class SegmentTable {
  readonly #segments: Segment[];

  constructor(segments: readonly Segment[]) {
    this.#segments = [...segments];
  }

  get all(): readonly Segment[] {
    return this.#segments;
  }

  get oldest(): Segment | undefined {
    return this.#segments[0];
  }

  get newest(): Segment | undefined {
    return this.#segments.at(-1);
  }

  /** The segment with this number, else the next one behind it. */
  atOrBehind(number: number): Segment | undefined {
    return this.#segments.find((segment) => segment.number >= number);
  }

  /** Adds it behind the others, or replaces the one with its number. */
  put(segment: Segment): void {
    const last = this.#segments.length - 1;
    if (this.#segments[last]?.number === segment.number) this.#segments[last] = segment;
    else this.#segments.push(segment);
  }

  remove(number: number): void {
    const index = this.#segments.findIndex((segment) => segment.number === number);
    if (index >= 0) this.#segments.splice(index, 1);
  }
}
