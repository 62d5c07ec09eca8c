/** Chooses the segment that a group goes into: a new one by size, by the hour of arrival and after a failed sync. */
import type { Keyring } from "../seal.ts";
import { segmentFile } from "./folder.ts";
import { firstReceivedAt, type RecordBuffer } from "./record.ts";
import type { SegmentLink } from "./segment-format.ts";
import { SegmentWriter, type OpenFile } from "./segment-writer.ts";
import type { SegmentTable } from "./segment.ts";

export interface CommittedFrame {
  readonly segment: number;
  readonly sequence: number;
  readonly firstRecord: number;
  readonly records: number;
  readonly body: Buffer;
  /** Offset behind it in its file. */
  readonly end: number;
  /** On disk. */
  readonly bytes: number;
  /** Nobody reads the body any more. */
  release(): void;
}

export interface SegmentedWriterOptions {
  readonly folder: string;
  readonly keyring: Keyring;
  readonly purpose: string;
  /** A segment that has reached it is closed. */
  readonly segmentBytes: number;
  readonly table: SegmentTable;
  /** Numbers start behind it. */
  readonly behind: number;
  readonly openFile: OpenFile;
}

const hourMicros = 3_600_000_000;

export class SegmentedWriter {
  readonly #options: SegmentedWriterOptions;
  #writer: SegmentWriter | null = null;
  #link: SegmentLink;

  constructor(options: SegmentedWriterOptions) {
    const { newest } = options.table;
    this.#options = options;
    this.#link = { segment: newest?.number ?? 0, frames: newest?.frames ?? 0, records: newest?.records ?? 0 };
  }

  /** Resolves when the group is on disk. Throws LogFullError or LogWriteError: then nothing of it is. */
  async append(group: RecordBuffer): Promise<CommittedFrame> {
    const body = group.contents();
    const writer = await this.#writerFor(firstReceivedAt(body));
    const { frames: sequence, records: firstRecord } = writer;
    const bytes = await writer.append(body, group.count);
    this.#show(writer, firstRecord === 0 ? firstReceivedAt(body) : null);
    const { segment, size: end } = writer;
    const release = (): void => group.release();
    return { segment, sequence, firstRecord, records: group.count, body, end, bytes, release };
  }

  /** Closes the segment where its hour is over at `now`, microseconds; the next one stands ready and empty. */
  async endHour(now: number): Promise<void> {
    if (this.#writer !== null && this.#hourOver(now)) await this.#next();
  }

  /** Closes the segment where it holds anything. */
  async endSegment(): Promise<void> {
    if (this.#writer !== null && this.#writer.records > 0) await this.#next();
  }

  /** Makes the first segment, so that its number is taken. */
  async start(): Promise<void> {
    if (this.#writer === null) await this.#next();
  }

  async close(): Promise<void> {
    await this.#writer?.close();
    this.#writer = null;
  }

  async #writerFor(receivedAt: number): Promise<SegmentWriter> {
    const writer = this.#writer;
    const fits = writer !== null && !writer.broken && writer.size < this.#options.segmentBytes;
    return fits && !this.#hourOver(receivedAt) ? writer : this.#next();
  }

  /** A segment holds one hour, because the raw zone is partitioned by it. */
  #hourOver(micros: number): boolean {
    const first = this.#options.table.newest?.firstReceivedAt ?? null;
    return first !== null && Math.floor(first / hourMicros) !== Math.floor(micros / hourMicros);
  }

  async #next(): Promise<SegmentWriter> {
    const { folder, keyring, purpose, openFile, behind } = this.#options;
    const former = this.#writer;
    const link = former?.link ?? this.#link;
    const segment = Math.max(link.segment, behind) + 1;
    const file = segmentFile(folder, segment);
    const writer = await SegmentWriter.create({ file, segment, link, keyring, purpose, openFile });
    this.#writer = writer;
    this.#link = link;
    this.#show(writer, null);
    await former?.close().catch(() => undefined);
    return writer;
  }

  #show(writer: SegmentWriter, receivedAt: number | null): void {
    const { table } = this.#options;
    const shown = table.newest?.number === writer.segment ? table.newest.firstReceivedAt : null;
    table.put({
      number: writer.segment,
      file: writer.file,
      seal: writer.seal,
      frames: writer.frames,
      records: writer.records,
      end: writer.size,
      firstReceivedAt: receivedAt ?? shown,
    });
  }
}
