import { open, unlink } from "node:fs/promises";
import type { Arrival, LogBatch, LogPosition, LogStats } from "../ports.ts";
import { Backlog } from "./backlog.ts";
import { BufferPool } from "./buffer-pool.ts";
import { LogClosedError, LogFullError } from "./errors.ts";
import { type CommitListener, type Group, GroupQueue } from "./group.ts";
import type { SegmentLog, IngestLogOptions, LogLimits } from "./ingest-log.ts";
import { logPurpose, moveToRawZone } from "./raw-zone.ts";
import { type ArrivalSource, arrivalSource, uploadedPayload } from "./record.ts";
import type { DamageReport, Recovery } from "./recovery.ts";
import { scanFromHeader } from "./segment-scan.ts";
import { type Segment, SegmentTable } from "./segment.ts";
import { SegmentedWriter } from "./segmented-writer.ts";

const defaults: LogLimits = { segmentBytes: 16 << 20, groupBytes: 4 << 20, backlogBytes: 32 << 20 };
const hourMs = 3_600_000;
/** Unused memory that is kept for the next groups: two of the largest, while one is written and one decoded. */
const pooledBytes = 16 << 20;
const keptSources = 20_000;

export class SealedIngestLog implements SegmentLog {
  readonly #options: IngestLogOptions;
  readonly #limits: LogLimits;
  readonly #table: SegmentTable;
  readonly #writer: SegmentedWriter;
  readonly #groups: GroupQueue;
  readonly #backlog: Backlog;
  readonly #empty: readonly Segment[];
  readonly #sources = new Map<string, ArrivalSource>();
  readonly #damage = new Map<string, DamageReport>();
  #hourTimer: NodeJS.Timeout | undefined;
  #hourEnded = false;
  #ending: PromiseWithResolvers<void> | null = null;
  #appended = 0;
  #released: LogPosition = { segment: 0, record: 0 };
  #releasing: Promise<unknown> = Promise.resolve();
  #pumping: Promise<void> = Promise.resolve();
  #running = false;
  #closed = false;
  #relief: PromiseWithResolvers<void> | null = null;

  constructor(options: IngestLogOptions, { segments, damage }: Recovery) {
    const { folder, keyring, after, openFile = open } = options;
    this.#options = options;
    this.#limits = { ...defaults, ...options.limits };
    this.#empty = segments.filter(({ seal, end }) => seal !== null && end === scanFromHeader.offset);
    const table = new SegmentTable(segments.filter((segment) => !this.#empty.includes(segment)));
    this.#table = table;
    for (const report of damage) this.#damage.set(damageKey(report), report);
    const behind = Math.max(after?.segment ?? 0, segments.at(-1)?.number ?? 0);
    const { segmentBytes, groupBytes, backlogBytes } = this.#limits;
    const purpose = logPurpose;
    this.#writer = new SegmentedWriter({ folder, keyring, purpose, segmentBytes, table, behind, openFile });
    this.#groups = new GroupQueue(groupBytes, new BufferPool(pooledBytes));
    this.#backlog = new Backlog({
      table,
      memoryBytes: backlogBytes,
      onConsumed: () => this.#relieve(),
      onDamage: (segment, { offset, size, records }) =>
        this.#noteDamage({ kind: "damage", file: segment.file, offset, size, records, copy: null }),
    });
  }

  /** Takes the first segment's number and removes those that never held anything. */
  async begin(): Promise<void> {
    try {
      await this.#writer.start();
      for (const { file } of this.#empty) await unlink(file);
    } catch (error) {
      // A full disk must not keep the rest of the site from starting: the first append tries again.
      if (!(error instanceof LogFullError)) throw error;
    }
    this.#awaitHour();
  }

  get start(): LogPosition {
    return { segment: this.#table.oldest?.number ?? 1, record: 0 };
  }

  get end(): LogPosition {
    const last = this.#table.all.findLast(({ records }) => records > 0);
    return last === undefined ? this.start : { segment: last.number, record: last.records };
  }

  get congested(): boolean {
    return this.#groups.pending + this.#backlog.unconsumed > this.#limits.backlogBytes;
  }

  drained(): Promise<void> {
    if (!this.congested || this.#closed) return Promise.resolve();
    this.#relief ??= Promise.withResolvers<void>();
    return this.#relief.promise;
  }

  source(deviceId: string, channel: string): ArrivalSource {
    const key = `${deviceId}/${channel}`;
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    if (this.#sources.size >= keptSources) this.#sources.clear();
    const source = arrivalSource(deviceId, channel);
    this.#sources.set(key, source);
    return source;
  }

  enqueue(
    source: ArrivalSource,
    bytes: Uint8Array,
    start: number,
    end: number,
    receivedAt: number,
    listener: CommitListener,
  ): number {
    if (this.#closed) throw closed(this.#options.folder);
    const group = this.#groups.add(source, bytes, start, end, receivedAt, listener);
    this.#pump();
    return group;
  }

  async append({ deviceId, channel, payload, receivedAt, uploadedFrom }: Arrival): Promise<void> {
    while (this.congested && !this.#closed) await this.drained();
    const isUploaded = uploadedFrom !== undefined;
    const source = isUploaded ? arrivalSource(deviceId, channel, true) : this.source(deviceId, channel);
    const bytes = isUploaded ? uploadedPayload(uploadedFrom, payload) : payload;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const committed = (_group: number, error: Error | null): void =>
      error === null ? resolve() : reject(error);
    this.enqueue(source, bytes, 0, bytes.length, receivedAt, { committed });
    return promise;
  }

  read(from: LogPosition, signal?: AbortSignal): AsyncIterable<LogBatch> {
    return this.#backlog.read(from, signal);
  }

  release(position: LogPosition): Promise<void> {
    const moved = this.#releasing.then(() => this.#moveBefore(position));
    this.#releasing = moved.catch(() => undefined);
    return moved;
  }

  stats(): LogStats {
    const segments = this.#table.all;
    const inFolder = segments.reduce((sum, { records }) => sum + records, 0);
    const { oldest } = this.#table;
    const ahead =
      oldest?.number === this.#released.segment ? Math.min(this.#released.record, oldest.records) : 0;
    const lost = (kind: DamageReport["kind"]): number =>
      [...this.#damage.values()].reduce((sum, one) => sum + (one.kind === kind ? one.records : 0), 0);
    return {
      appended: this.#appended,
      bytes: segments.reduce((sum, { end }) => sum + end, 0),
      segments: segments.length,
      lag: inFolder - ahead,
      tornTail: lost("torn tail"),
      damaged: lost("damage"),
    };
  }

  endSegment(): Promise<void> {
    if (this.#closed) return Promise.reject(closed(this.#options.folder));
    this.#ending ??= Promise.withResolvers<void>();
    const { promise } = this.#ending;
    this.#pump();
    return promise;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#hourTimer);
    await this.#pumping;
    await this.#releasing;
    await this.#writer.close();
    this.#backlog.close();
    this.#relief?.resolve();
  }

  #pump(): void {
    if (this.#running) return;
    this.#running = true;
    this.#pumping = this.#run();
  }

  async #run(): Promise<void> {
    // What this turn of the event loop reads from the sockets goes into one group.
    await new Promise((resolve) => setImmediate(resolve));
    for (;;) {
      const group = this.#groups.take();
      if (group !== null) {
        await this.#commit(group);
      } else if (this.#ending !== null) {
        const { resolve, reject } = this.#ending;
        this.#ending = null;
        await this.#writer.endSegment().then(resolve, reject);
      } else if (this.#hourEnded) {
        this.#hourEnded = false;
        // Where it fails the next append tries again, and reports.
        await this.#writer.endHour(Date.now() * 1000).catch(() => undefined);
      } else {
        this.#running = false;
        return;
      }
    }
  }

  async #commit(group: Group): Promise<void> {
    const bytes = group.records.length;
    let failure: Error | null = null;
    try {
      const frame = await this.#writer.append(group.records);
      this.#appended += frame.records;
      this.#backlog.committed(frame);
    } catch (error) {
      failure = error as Error;
      group.records.release();
    }
    this.#groups.done(bytes);
    for (const listener of group.listeners) listener.committed(group.number, failure);
    this.#relieve();
  }

  #relieve(): void {
    if (this.#relief === null || this.congested) return;
    this.#relief.resolve();
    this.#relief = null;
  }

  async #moveBefore(position: LogPosition): Promise<void> {
    this.#released = position;
    for (;;) {
      const { oldest, newest } = this.#table;
      // The newest stays: it is being written, and its number tells the next start where to go on.
      if (oldest === undefined || oldest === newest) break;
      const whole = oldest.number === position.segment && oldest.records <= position.record;
      if (oldest.number >= position.segment && !whole) break;
      await moveToRawZone(oldest, this.#options.rawFolder);
      this.#table.remove(oldest.number);
    }
    this.#backlog.released();
  }

  #noteDamage(report: DamageReport): void {
    const key = damageKey(report);
    if (this.#damage.has(key)) return;
    this.#damage.set(key, report);
    this.#options.onDamage?.(report);
  }

  /** So that the last segment of a quiet hour does not wait for the next message. */
  #awaitHour(): void {
    const untilNext = hourMs - (Date.now() % hourMs);
    this.#hourTimer = setTimeout(() => {
      this.#hourEnded = true;
      this.#pump();
      this.#awaitHour();
    }, untilNext + 1000).unref();
  }
}

function damageKey({ file, offset }: DamageReport): string {
  return `${file}:${offset}`;
}

function closed(folder: string): LogClosedError {
  return new LogClosedError(`${folder}: the log is closed`);
}
