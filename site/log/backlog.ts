/** What is committed and not yet taken by the consumer: from memory where it keeps up, from the files where it doesn't. */
import { open } from "node:fs/promises";
import type { LogBatch, LogPosition } from "../ports.ts";
import { CommittedBatch } from "./committed-batch.ts";
import { behindRecords } from "./record.ts";
import { sourceNames } from "./record-source.ts";
import { scanFrames, scanFromHeader, type DamagedStretch, type ScanStart } from "./segment-scan.ts";
import { frameBytes, type Segment, type SegmentTable } from "./segment.ts";
import type { CommittedFrame } from "./segmented-writer.ts";

/** Small frames are handed over together up to this. */
const batchBytes = 1 << 20;

/** The next frame to take. */
interface Cursor extends ScanStart {
  readonly segment: number;
}

export interface BacklogOptions {
  readonly table: SegmentTable;
  /** Frames kept in memory for a consumer that keeps up. */
  readonly memoryBytes: number;
  /** Hears of every step of the consumer. */
  readonly onConsumed: () => void;
  /** Hears of what a file does not hold any more, or never did. */
  readonly onDamage: (segment: Segment, stretch: DamagedStretch) => void;
}

export class Backlog {
  readonly #table: SegmentTable;
  readonly #memoryBytes: number;
  readonly #names = sourceNames();
  #frames: CommittedFrame[] = [];
  #held = 0;
  #unconsumed: number;
  #reading = false;
  #closed = false;
  #wake: () => void = () => undefined;
  readonly #onConsumed: () => void;
  readonly #onDamage: (segment: Segment, stretch: DamagedStretch) => void;

  constructor({ table, memoryBytes, onConsumed, onDamage }: BacklogOptions) {
    this.#table = table;
    this.#memoryBytes = memoryBytes;
    this.#onConsumed = onConsumed;
    this.#onDamage = onDamage;
    this.#unconsumed = total(table);
  }

  /** Committed bytes that the consumer has not taken. */
  get unconsumed(): number {
    return this.#unconsumed;
  }

  committed(frame: CommittedFrame): void {
    this.#unconsumed += frame.bytes;
    if (!this.#reading) {
      frame.release();
      return;
    }
    this.#frames.push(frame);
    this.#held += frame.bytes;
    while (this.#held > this.#memoryBytes) this.#forget().release();
    this.#wake();
  }

  /** Segments left the folder: what nobody reads is not waited for. */
  released(): void {
    if (!this.#reading) this.#unconsumed = total(this.#table);
    this.#onConsumed();
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async *read(from: LogPosition, signal?: AbortSignal): AsyncGenerator<LogBatch> {
    if (this.#reading) throw new Error("the log is being read: it has one consumer");
    this.#reading = true;
    this.#unconsumed = total(this.#table, from.segment);
    // A consumer that stops while nothing comes in must not wait for the next message.
    const stop = (): void => this.#wake();
    signal?.addEventListener("abort", stop);
    try {
      yield* this.#batches(from, signal);
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#reading = false;
      while (this.#frames.length > 0) this.#forget().release();
    }
  }

  async *#batches(from: LogPosition, signal: AbortSignal | undefined): AsyncGenerator<LogBatch> {
    let cursor = this.#advance({ segment: from.segment, ...scanFromHeader });
    while (!signal?.aborted) {
      const more = new Promise<void>((resolve) => (this.#wake = resolve));
      const run = this.#takeRun(cursor);
      const last = run.at(-1);
      if (last === undefined) {
        cursor = yield* this.#fromFile(cursor, from);
      } else {
        yield* this.#hand(run, from);
        cursor = behind(last);
      }
      cursor = this.#advance(cursor);
      if (this.#atEnd(cursor)) {
        if (this.#closed) return;
        await more;
      }
    }
  }

  /** Everything that the cursor's segment holds now. */
  async *#fromFile(cursor: Cursor, from: LogPosition): AsyncGenerator<LogBatch, Cursor> {
    const segment = this.#table.atOrBehind(cursor.segment);
    if (
      segment === undefined ||
      segment.seal === null ||
      segment.number !== cursor.segment ||
      cursor.offset >= segment.end
    ) {
      return cursor;
    }
    const bytes = await readRange(segment.file, cursor.offset, segment.end);
    let next: Cursor = cursor;
    for (const item of scanFrames(bytes, segment.seal, cursor, cursor.offset)) {
      if (item.kind === "damage") {
        this.#unconsumed -= item.size;
        this.#onDamage(segment, item);
        continue;
      }
      const { sequence, firstRecord, records } = item.header;
      const end = item.offset + item.size;
      const place = { segment: segment.number, sequence, firstRecord, records, end, bytes: item.size };
      yield* this.#hand([{ ...place, body: item.body, release: () => undefined }], from);
      next = behind(place);
    }
    return { ...next, offset: Math.max(next.offset, cursor.offset + bytes.length) };
  }

  /** The consumer asks again when it has taken a batch over. */
  async *#hand(frames: readonly CommittedFrame[], from: LogPosition): AsyncGenerator<LogBatch> {
    const batch = this.#batch(frames, from);
    if (batch !== null) yield batch;
    for (const frame of frames) {
      this.#unconsumed -= frame.bytes;
      frame.release();
    }
    this.#onConsumed();
  }

  #takeRun(cursor: Cursor): CommittedFrame[] {
    while (this.#frames[0] !== undefined && isBefore(this.#frames[0], cursor)) this.#forget().release();
    const run: CommittedFrame[] = [];
    let bytes = 0;
    let sequence = cursor.sequence;
    while (this.#frames[0]?.segment === cursor.segment && this.#frames[0].sequence === sequence) {
      if (bytes > 0 && bytes + this.#frames[0].bytes > batchBytes) break;
      const frame = this.#forget();
      run.push(frame);
      bytes += frame.bytes;
      sequence += 1;
    }
    return run;
  }

  #forget(): CommittedFrame {
    const frame = this.#frames.shift() as CommittedFrame;
    this.#held -= frame.bytes;
    return frame;
  }

  #batch(frames: readonly CommittedFrame[], from: LogPosition): LogBatch | null {
    const bodies: Buffer[] = [];
    let start: LogPosition | null = null;
    let next: LogPosition | null = null;
    for (const { segment, firstRecord, records, body } of frames) {
      const skip =
        segment < from.segment ? records : segment === from.segment ? from.record - firstRecord : 0;
      next = { segment, record: firstRecord + records };
      if (skip >= records) continue;
      start ??= { segment, record: firstRecord + Math.max(0, skip) };
      bodies.push(skip > 0 ? behindRecords(body, skip) : body);
    }
    return start === null || next === null ? null : new CommittedBatch(start, next, bodies, this.#names);
  }

  /** Behind the end of a segment that another follows, the cursor goes on there. */
  #advance(cursor: Cursor): Cursor {
    const segment = this.#table.atOrBehind(cursor.segment);
    if (segment === undefined) return cursor;
    if (segment.number > cursor.segment) {
      return this.#advance({ segment: segment.number, ...scanFromHeader });
    }
    const done = segment.seal === null || cursor.offset >= segment.end;
    if (!done || segment === this.#table.newest) return cursor;
    return this.#advance({ segment: segment.number + 1, ...scanFromHeader });
  }

  #atEnd(cursor: Cursor): boolean {
    const { newest } = this.#table;
    return newest === undefined || (newest.number === cursor.segment && cursor.offset >= newest.end);
  }
}

function total(table: SegmentTable, first = 0): number {
  return table.all.reduce((sum, segment) => sum + (segment.number < first ? 0 : frameBytes(segment)), 0);
}

function isBefore(frame: CommittedFrame, cursor: Cursor): boolean {
  return (
    frame.segment < cursor.segment || (frame.segment === cursor.segment && frame.sequence < cursor.sequence)
  );
}

function behind(frame: Omit<CommittedFrame, "body" | "bytes" | "release">): Cursor {
  const { segment, sequence, firstRecord, records, end } = frame;
  return { segment, offset: end, sequence: sequence + 1, record: firstRecord + records };
}

async function readRange(file: string, start: number, end: number): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const bytes = Buffer.allocUnsafeSlow(end - start);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}
