/**
 * The lake's manifest: which files there are, how far into the log they reach, and counters. A journal of sealed
 * frames; one frame, synced, is one commit, and what no frame names does not exist.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { LogPosition, PipelineStats } from "../ports.ts";
import type { Stretch } from "../../functions/scoring/stretches.ts";
import type { Derived } from "../../functions/declared-insights/units.ts";
import type { SealingKey } from "../seal.ts";
import { frameOf, readFrames } from "./manifest-frames.ts";

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
  /** Of a result of insights: it is replaced with the others of its unit, and never merged. */
  readonly derived?: Derived;
}

export interface Commit {
  readonly add: readonly LakeFile[];
  /** Paths. */
  readonly remove: readonly string[];
  /** Everything before it is in the files; absent where a commit only swaps files. */
  readonly position?: LogPosition;
  /** Counters after it. */
  readonly stats?: PipelineStats;
  /** Where rows of a newer decoder take the place of others: their lineage. */
  readonly replays?: readonly ReplayedRows[];
  /** Where files of another lake were taken over: which. */
  readonly copies?: readonly CopiedRows[];
}

/** Files of another lake whose rows came into this one, by one commit. */
export interface CopiedRows {
  /** Names the other lake. */
  readonly source: string;
  readonly table: string;
  /** YYYY-MM-DD */
  readonly day: string;
  readonly files: readonly {
    /** Path there, and SHA-256 of its content. */
    readonly from: string;
    readonly sha256: string;
    readonly rows: number;
    /** Paths here. */
    readonly to: readonly string[];
    /** Rows that this lake had already, and those that it has otherwise. */
    readonly known: number;
    readonly otherwise: number;
  }[];
}

/** Rows that a replay put in the place of others, by one commit. */
export interface ReplayedRows {
  /** Names the run: milliseconds since 1970 of its start. */
  readonly run: number;
  readonly codec: string;
  readonly version: string;
  /** Files of the raw zone that the messages stood in, by the hash that is their name; of scores, files of their frames. */
  readonly sources: readonly string[];
  readonly messages: number;
  /** Rows of all tables, quarantine included. */
  readonly before: number;
  readonly after: number;
  /** Where samples of frames say something else since; models score these anew. Absent where there are none. */
  readonly frames?: readonly ChangedFrames[];
}

/** Of a device in a frame table, by event time. */
export interface ChangedFrames extends Stretch {
  readonly table: string;
}

const noStats: PipelineStats = { messages: 0, rows: 0, frames: 0, quarantined: 0, duplicates: 0 };
/** A journal of more frames is written anew when it is opened. */
const compactFrames = 1000;

export class Manifest {
  readonly #file: string;
  readonly #key: SealingKey;
  readonly #files = new Map<string, LakeFile>();
  readonly #replays: ReplayedRows[] = [];
  readonly #copies: CopiedRows[] = [];
  #descriptor: number;
  #position: LogPosition = { segment: 0, record: 0 };
  #stats: PipelineStats = noStats;
  #end = 0;
  /** Bytes behind the last whole frame that a crash left; they were no commit. */
  readonly tornTail: number;
  /** Bytes between whole frames: commits that were lost. What the journal was is kept beside it. */
  readonly damagedBytes: number;

  private constructor(file: string, key: SealingKey) {
    this.#file = file;
    this.#key = key;
    const journal = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    const { frames, end, damagedBytes } = readFrames(journal, key, (commit) => this.#apply(commit));
    this.#end = end;
    this.damagedBytes = damagedBytes;
    this.tornTail = journal.length - this.#end;
    if (damagedBytes > 0) copyFileSync(file, `${file}.damaged-${Date.now()}`);
    this.#descriptor = openSync(file, existsSync(file) ? "r+" : "wx+", 0o600);
    syncFolder(dirname(file));
    if (this.tornTail > 0) ftruncateSync(this.#descriptor, this.#end);
    if (frames > compactFrames || damagedBytes > 0) this.#compact();
  }

  /** Throws where no frame can be opened: then the key is another one, or the file is not ours. Nothing is changed. */
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

  /** Oldest first. */
  get replays(): readonly ReplayedRows[] {
    return this.#replays;
  }

  /** Oldest first. */
  get copies(): readonly CopiedRows[] {
    return this.#copies;
  }

  /** Durable when it returns. On a full disk it throws and the journal is as it was. */
  commit(commit: Commit): void {
    const frame = frameOf(commit, this.#key);
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

  #apply({ add, remove, position, stats, replays, copies }: Commit): void {
    for (const path of remove) this.#files.delete(path);
    for (const file of add) this.#files.set(file.path, file);
    if (position !== undefined) this.#position = position;
    if (stats !== undefined) this.#stats = stats;
    if (replays !== undefined) this.#replays.push(...replays);
    if (copies !== undefined) this.#copies.push(...copies);
  }

  /** Where there is no space for a new journal, the one at hand goes on. */
  #compact(): void {
    const { files, position, stats } = this;
    const [replays, copies] = [this.#replays.splice(0), this.#copies.splice(0)];
    const draft = `${this.#file}.new`;
    const [former, end] = [this.#descriptor, this.#end];
    try {
      this.#descriptor = openSync(draft, "w+", 0o600);
      this.#end = 0;
      this.commit({ add: files, remove: [], position, stats, replays, copies });
      fsyncSync(this.#descriptor);
      renameSync(draft, this.#file);
    } catch {
      if (this.#descriptor !== former) closeSync(this.#descriptor);
      rmSync(draft, { force: true });
      [this.#descriptor, this.#end] = [former, end];
      this.#replays.splice(0, Infinity, ...replays);
      this.#copies.splice(0, Infinity, ...copies);
      return;
    }
    closeSync(former);
    syncFolder(dirname(this.#file));
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
  }
}
