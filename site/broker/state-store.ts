/**
 * What the broker must know again after a crash, such as retained messages: a small sealed map of texts to bytes.
 * Changes are appended to a file of sealed frames, with group commit; a start, growth and a failed sync write it anew.
 */
import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { LogClosedError } from "../log/errors.ts";
import { segmentFile, syncFolder } from "../log/folder.ts";
import { arrivalSource, RecordBuffer } from "../log/record.ts";
import { decodeRecords, sourceNames } from "../log/record-source.ts";
import { type DamageReport, recoverSegments } from "../log/recovery.ts";
import { scanFrames } from "../log/segment-scan.ts";
import { type OpenFile, SegmentWriter } from "../log/segment-writer.ts";
import type { Segment } from "../log/segment.ts";
import type { Arrival } from "../ports.ts";
import type { Keyring } from "../seal.ts";

export interface StateStoreOptions {
  readonly folder: string;
  readonly keyring: Keyring;
  /** Whose key it is sealed under. Default `broker-state`. */
  readonly purpose?: string;
  readonly onDamage?: (report: DamageReport) => void;
  /** Default `open` of node:fs/promises; a test hands in a disk that fails. */
  readonly openFile?: OpenFile;
}

const brokerState = "broker-state";
const frameBytes = 4 << 20;
const smallestRewrite = 1 << 20;
/** A record's channel says what is done to its key. */
const put = "put";
const drop = "drop";

/** Opens the store; throws LogKeyError where the key file is not the folder's, LogFullError on a full disk. */
export async function openStateStore(options: StateStoreOptions): Promise<StateStore> {
  const { folder, keyring, onDamage, purpose = brokerState } = options;
  const { segments, damage } = await recoverSegments(folder, keyring, purpose);
  for (const report of damage) onDamage?.(report);
  const newest = segments.findLast(({ seal }) => seal !== null);
  const store = new StateStore(options, newest === undefined ? new Map() : await readValues(newest));
  await store.rewrite(segments.at(-1)?.number ?? 0);
  for (const { file, seal } of segments) if (seal !== null) await rm(file);
  return store;
}

export class StateStore {
  readonly #folder: string;
  readonly #keyring: Keyring;
  readonly #purpose: string;
  readonly #openFile: OpenFile;
  readonly #values: Map<string, Buffer>;
  #liveBytes = 0;
  #changed = new Set<string>();
  #writer: SegmentWriter | null = null;
  #file = "";
  #number = 0;
  #writing: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: StateStoreOptions, values: Map<string, Buffer>) {
    const { folder, keyring, purpose = brokerState, openFile = open } = options;
    this.#folder = folder;
    this.#keyring = keyring;
    this.#purpose = purpose;
    this.#openFile = openFile;
    this.#values = values;
    for (const [key, value] of values) this.#liveBytes += key.length + value.length;
  }

  get(key: string): Buffer | undefined {
    return this.#values.get(key);
  }

  /** Keys that begin with `prefix`, without it, and their values. */
  *below(prefix: string): Generator<readonly [key: string, value: Buffer]> {
    for (const [key, value] of this.#values) {
      if (key.startsWith(prefix)) yield [key.slice(prefix.length), value];
    }
  }

  /** In force at once; on disk with {@link flush}. `null` removes the key. */
  set(key: string, value: Buffer | null): void {
    const former = this.#values.get(key);
    if (former === undefined && value === null) return;
    if (former !== undefined) this.#liveBytes -= key.length + former.length;
    if (value === null) {
      this.#values.delete(key);
    } else {
      this.#values.set(key, value);
      this.#liveBytes += key.length + value.length;
    }
    this.#changed.add(key);
  }

  /** Resolves when everything set so far is on disk. Throws LogFullError or LogWriteError: the next one tries again. */
  flush(): Promise<void> {
    if (this.#isClosed) return Promise.reject(new LogClosedError(`${this.#folder}: the store is closed`));
    if (this.#changed.size === 0 && this.#next === null) return this.#writing ?? Promise.resolve();
    this.#next ??= this.#writeNext();
    return this.#next;
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      this.#isClosed = true;
      await this.#writer?.close();
      this.#writer = null;
    }
  }

  /** Everything into a new file behind `number`, which takes the old one's place whole or not at all. */
  async rewrite(number = this.#number): Promise<void> {
    const next = number + 1;
    const unnamed = join(this.#folder, "next.tmp");
    await rm(unnamed, { force: true });
    const writer = await SegmentWriter.create({
      file: unnamed,
      segment: next,
      link: { segment: 0, frames: 0, records: 0 },
      keyring: this.#keyring,
      purpose: this.#purpose,
      openFile: this.#openFile,
    });
    const file = segmentFile(this.#folder, next);
    const covered = this.#changed;
    this.#changed = new Set();
    try {
      for (const frame of this.#frames(this.#values.keys()))
        await writer.append(frame.contents(), frame.count);
      await rename(unnamed, file);
      await syncFolder(this.#folder);
    } catch (error) {
      for (const key of covered) this.#changed.add(key);
      await writer.close().catch(() => undefined);
      throw error;
    }
    const former = { writer: this.#writer, file: this.#file };
    this.#writer = writer;
    this.#file = file;
    this.#number = next;
    await former.writer?.close().catch(() => undefined);
    if (former.file !== "") await rm(former.file, { force: true });
  }

  async #writeNext(): Promise<void> {
    await this.#writing?.catch(() => undefined);
    this.#writing = this.#next;
    this.#next = null;
    try {
      await this.#write();
    } finally {
      if (this.#next === null) this.#writing = null;
    }
  }

  async #write(): Promise<void> {
    const writer = this.#writer;
    const isGrown = (writer?.size ?? 0) > Math.max(smallestRewrite, 4 * this.#liveBytes);
    if (writer === null || writer.broken || isGrown) return this.rewrite();
    const keys = this.#changed;
    this.#changed = new Set();
    try {
      for (const frame of this.#frames(keys)) await writer.append(frame.contents(), frame.count);
    } catch (error) {
      for (const key of keys) this.#changed.add(key);
      throw error;
    }
  }

  *#frames(keys: Iterable<string>): Generator<RecordBuffer> {
    let frame = new RecordBuffer(4096);
    for (const key of keys) {
      const value = this.#values.get(key);
      const source = arrivalSource(key, value === undefined ? drop : put);
      frame.append(source, value ?? Buffer.alloc(0), 0, value?.length ?? 0, 0);
      if (frame.length >= frameBytes) {
        yield frame;
        frame = new RecordBuffer(4096);
      }
    }
    if (frame.count > 0) yield frame;
  }
}

async function readValues({ file, seal }: Segment): Promise<Map<string, Buffer>> {
  const values = new Map<string, Buffer>();
  if (seal === null) return values;
  const names = sourceNames();
  for (const item of scanFrames(await readFile(file), seal)) {
    if (item.kind === "damage") continue;
    const records: Arrival[] = [];
    decodeRecords(item.body, records, names);
    for (const { deviceId: key, channel, payload } of records) {
      if (channel === put) values.set(key, Buffer.from(payload));
      else values.delete(key);
    }
  }
  return values;
}
