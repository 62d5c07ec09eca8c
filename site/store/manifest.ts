/**
 * The lake's manifest: which files there are, how far into the log they reach, and counters. A journal of sealed
 * frames; one frame, synced, is one commit, and what no frame names does not exist.
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { LogPosition, PipelineStats } from "../ports.ts";
import type { SealingKey } from "../seal.ts";

export interface LakeFile {
  /** Relative to the lake's folder. */
  readonly path: string;
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
  /** Microseconds of the partition's timestamp. */
  readonly minTs: number;
  readonly maxTs: number;
  readonly sha256: string;
  /** Names the columns: files of one shape are read together. */
  readonly shape: string;
}

export interface Commit {
  readonly add: readonly LakeFile[];
  /** Paths. */
  readonly remove: readonly string[];
  /** Everything before it is in the files; absent where a commit only swaps files. */
  readonly position?: LogPosition;
  /** Counters after it. */
  readonly stats?: PipelineStats;
}

const noStats: PipelineStats = { messages: 0, rows: 0, frames: 0, quarantined: 0, duplicates: 0 };
const label = "manifest";
const headerBytes = 4;
/** A journal of more frames is written anew when it is opened. */
const compactFrames = 1000;

export class Manifest {
  readonly #file: string;
  readonly #key: SealingKey;
  readonly #files = new Map<string, LakeFile>();
  #descriptor: number;
  #position: LogPosition = { segment: 0, record: 0 };
  #stats: PipelineStats = noStats;
  #end = 0;
  /** Bytes behind the last whole frame that a crash left. */
  readonly tornTail: number;

  private constructor(file: string, key: SealingKey) {
    this.#file = file;
    this.#key = key;
    const journal = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    const frames = this.#replay(journal);
    this.tornTail = journal.length - this.#end;
    this.#descriptor = openSync(file, existsSync(file) ? "r+" : "wx+", 0o600);
    if (this.tornTail > 0) ftruncateSync(this.#descriptor, this.#end);
    if (frames > compactFrames) this.#compact();
  }

  /** Throws where the first frame cannot be opened: then the key is another one, or the file is not ours. */
  static open(folder: string, key: SealingKey): Manifest {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new Manifest(join(folder, "journal"), key);
  }

  get files(): readonly LakeFile[] {
    return [...this.#files.values()];
  }

  get position(): LogPosition {
    return this.#position;
  }

  get stats(): PipelineStats {
    return this.#stats;
  }

  /** Durable when it returns. On a full disk it throws and the journal is as it was. */
  commit(commit: Commit): void {
    const sealed = this.#key.seal(Buffer.from(JSON.stringify(commit)), label);
    const frame = Buffer.alloc(headerBytes + sealed.length);
    frame.writeUInt32LE(sealed.length);
    sealed.copy(frame, headerBytes);
    try {
      writeAll(this.#descriptor, frame, this.#end);
      fdatasyncSync(this.#descriptor);
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#end);
      throw error;
    }
    this.#end += frame.length;
    this.#apply(commit);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #replay(journal: Buffer): number {
    let frames = 0;
    for (;;) {
      const start = this.#end + headerBytes;
      if (journal.length < start) return frames;
      const end = start + journal.readUInt32LE(this.#end);
      if (journal.length < end) return frames;
      let plain: Buffer;
      try {
        plain = this.#key.open(journal.subarray(start, end), label);
      } catch (error) {
        // A torn frame is the last thing a crash leaves; a first one that does not open is another key's.
        if (frames === 0) throw error;
        return frames;
      }
      this.#apply(JSON.parse(plain.toString("utf8")) as Commit);
      this.#end = end;
      frames++;
    }
  }

  #apply({ add, remove, position, stats }: Commit): void {
    for (const path of remove) this.#files.delete(path);
    for (const file of add) this.#files.set(file.path, file);
    if (position !== undefined) this.#position = position;
    if (stats !== undefined) this.#stats = stats;
  }

  #compact(): void {
    const { files, position, stats } = this;
    const draft = `${this.#file}.new`;
    closeSync(this.#descriptor);
    this.#descriptor = openSync(draft, "w+", 0o600);
    this.#end = 0;
    this.commit({ add: files, remove: [], position, stats });
    fsyncSync(this.#descriptor);
    renameSync(draft, this.#file);
  }
}

function writeAll(descriptor: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
  }
}
