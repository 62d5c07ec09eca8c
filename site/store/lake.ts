/** The lake as the other modules see it: requests to its thread, flushes when due, maintenance when idle. */
import { setTimeout as delay } from "node:timers/promises";
import type { MessagePort } from "node:worker_threads";
import type { AlarmRow } from "../../functions/alarms/alarms-table.ts";
import type { Micros } from "../../functions/core/model.ts";
import type { Logger } from "../logger.ts";
import type {
  DraftOptions,
  LakeReader,
  LakeStats,
  LogPosition,
  QuarantineEntry,
  QueryOptions,
  QueryResult,
  StoredFile,
} from "../ports.ts";
import { Keyring } from "../seal.ts";
import type { LakeSettings } from "../settings.ts";
import type { FlushExtent } from "./lake-core.ts";
import type { AdoptRequest, FlushAnswer, StageRequest } from "./lake-thread.ts";
import { LakeWorker } from "./lake-worker.ts";
import type { LakeFile } from "./manifest.ts";
import type { ReplayedRows } from "./manifest.ts";
import type { Orphan } from "./orphans.ts";
import type { ReplayedFrames, ReplayPortion, Superseded } from "./replayed.ts";
import type { SupersedeOptions } from "./supersede.ts";
import type { TakeOverRequest } from "./take-over.ts";

export interface OpenLakeOptions {
  readonly settings: LakeSettings;
  /** DuckDB's httpfs extension; undefined lets DuckDB install it. */
  readonly extensionFile: string | undefined;
  readonly logger: Logger;
}

/** Seconds that a staged row waits for its file at the most. */
const flushSeconds = 15;
/** After a flush that failed: how long until the next try. */
const retrySeconds = 5;
const maintenanceSeconds = 60;
/** Portions that are staged at the most: one is written while the next one comes in. */
const mostStaged = 2;

export interface Lake extends LakeReader {
  /** Where the files end at the opening: what is before it need not be in the log. */
  readonly position: LogPosition;
  /** Where decoding goes on: behind what is staged. */
  reached(): Promise<LogPosition>;
  /** The ports, one a decode worker, that rows come from. */
  attach(rows: readonly MessagePort[]): Promise<void>;
  /**
   * Rows to write, which every decode worker has sent; resolves when they are staged and, where too many wait for files
   * that can't be written, when they can.
   */
  stage(request: StageRequest, signal?: AbortSignal): Promise<void>;
  /** Of the newest messages; with `before` of those that came earlier. */
  knownIds(limit: number, before?: Micros): Promise<Uint8Array>;
  /** New rows in the place of those of the same messages: one commit, or none where they are the same. */
  replay(portion: ReplayPortion, options: SupersedeOptions): Promise<Superseded>;
  /** Notes entries of the quarantine, by arrival in [from, to), for {@link orphansAfter}; how many they are. */
  noteOrphans(from: Micros, to: Micros): Promise<number>;
  /** Of those that no portion had a message of so far, the next ones behind a place; none behind the last one. */
  orphansAfter(number: number): Promise<readonly Orphan[]>;
  /** What replays have changed so far, oldest first. */
  replays(): Promise<readonly ReplayedRows[]>;
  /** Which samples they made say something else; but for the first `since` changes. */
  framesReplayed(since: number): Promise<ReplayedFrames>;
  /** Told of each position that is safe. */
  onSafe(listener: (position: LogPosition) => Promise<void>): void;
  /**
   * What `flush` waits for before it writes: true once everything committed to the log is staged, false where more
   * can't be staged before something was written.
   */
  beforeFlush(drain: () => Promise<boolean>): void;
  /** Why files can't be written at the moment; null where they can. */
  readonly trouble: string | null;
  /** Resolves with the reason where the lake ended by itself: it has to be closed and opened again. */
  readonly ended: Promise<Error>;
  /**
   * Merges small files until there are none that can be merged; rows come and are asked for meanwhile. Each step is one
   * commit, so that an end in between leaves the lake as it was or one step further.
   */
  compact(): Promise<Compacted>;
  /** Every Parquet file that is part of the lake. */
  parts(): Promise<readonly LakeFile[]>;
  /** What the table `alarms` has from now on; nothing of it is in files. */
  showAlarms(rows: readonly AlarmRow[]): Promise<void>;
  /** One commit: files that are in their places become part of the lake, former ones of their units go. */
  adopt(request: AdoptRequest): Promise<void>;
  /** One commit: files of a copy, which are in their places, become part of the lake. */
  takeOver(request: TakeOverRequest): Promise<void>;
  close(): Promise<void>;
}

/** Parquet files of curated zone and quarantine. */
export interface FileSum {
  readonly files: number;
  readonly bytes: number;
}

export interface Compacted {
  /** Files that went into larger ones, those that are larger ones by now included. */
  readonly merged: number;
  readonly before: FileSum;
  readonly after: FileSum;
}

export async function openLake({ settings, extensionFile, logger }: OpenLakeOptions): Promise<Lake> {
  // The error about a key file is the same in every thread, and clearer from here.
  Keyring.fromFile(settings.keyFile);
  const worker = new LakeWorker({ settings, extensionFile }, logger);
  return new ThreadedLake(worker, await worker.ready, logger);
}

class ThreadedLake implements Lake {
  readonly position: LogPosition;
  readonly #worker: LakeWorker;
  readonly #logger: Logger;
  readonly #timers: NodeJS.Timeout[];
  /** Portions. */
  #staged = 0;
  #flushing: Promise<void> | null = null;
  #retryAt = 0;
  #trouble: string | null = null;
  #onSafe: (position: LogPosition) => Promise<void> = async () => undefined;
  #drain: () => Promise<boolean> = async () => true;

  constructor(worker: LakeWorker, position: LogPosition, logger: Logger) {
    this.#worker = worker;
    this.position = position;
    this.#logger = logger;
    this.#timers = [
      setInterval(() => void this.#tryFlush("all"), flushSeconds * 1000).unref(),
      setInterval(() => void this.#maintain(), maintenanceSeconds * 1000).unref(),
    ];
  }

  onSafe(listener: (position: LogPosition) => Promise<void>): void {
    this.#onSafe = listener;
  }

  beforeFlush(drain: () => Promise<boolean>): void {
    this.#drain = drain;
  }

  get trouble(): string | null {
    return this.#trouble;
  }

  get ended(): Promise<Error> {
    return this.#worker.ended;
  }

  reached(): Promise<LogPosition> {
    return this.#worker.call("position");
  }

  attach(rows: readonly MessagePort[]): Promise<void> {
    return this.#worker.call("attach", [rows], rows);
  }

  async stage(request: StageRequest, signal?: AbortSignal): Promise<void> {
    this.#staged = await this.#worker.call("stage", [request]);
    const isDue = this.#staged >= 1 && Date.now() >= this.#retryAt;
    if (isDue && this.#flushing === null) void this.#tryFlush("portion");
    // More than that waits here and so, back through the log, in the devices.
    while (this.#staged >= mostStaged && !this.#worker.isDead && signal?.aborted !== true) {
      const pause = this.#retryAt - Date.now();
      if (pause > 0) await delay(pause, undefined, { signal }).catch(() => undefined);
      if (this.#flushing === null) await this.#tryFlush("portion");
      else await this.#flushing.catch(() => undefined);
    }
  }

  knownIds(limit: number, before?: Micros): Promise<Uint8Array> {
    return this.#worker.call("knownIds", [limit, before]);
  }

  replay(portion: ReplayPortion, options: SupersedeOptions): Promise<Superseded> {
    return this.#worker.call("replay", [portion, options]);
  }

  noteOrphans(from: Micros, to: Micros): Promise<number> {
    return this.#worker.call("noteOrphans", [from, to]);
  }

  orphansAfter(number: number): Promise<readonly Orphan[]> {
    return this.#worker.call("orphansAfter", [number]);
  }

  replays(): Promise<readonly ReplayedRows[]> {
    return this.#worker.call("replays");
  }

  framesReplayed(since: number): Promise<ReplayedFrames> {
    return this.#worker.call("framesReplayed", [since]);
  }

  query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    return this.#worker.call("query", [sql, options]);
  }

  exportParquet(sql: string, file: string): Promise<{ rows: number }> {
    return this.#worker.call("exportParquet", [sql, file]);
  }

  exportDraft(sql: string, options: DraftOptions): Promise<{ file: string; rows: number }> {
    return this.#worker.call("exportDraft", [sql, options]);
  }

  stats(): Promise<LakeStats> {
    return this.#worker.call("stats");
  }

  files(options: { limit: number }): Promise<readonly StoredFile[]> {
    return this.#worker.call("files", [options]);
  }

  quarantine(options: Parameters<LakeReader["quarantine"]>[0]): Promise<readonly QuarantineEntry[]> {
    return this.#worker.call("quarantine", [options]);
  }

  async flush(): Promise<void> {
    while (!(await this.#drain())) await this.#flush("portion");
    await this.#flush("all");
  }

  async compact(): Promise<Compacted> {
    await this.flush();
    const before = parquetOf(await this.stats());
    let merged = 0;
    for (let step = -1; step !== 0;) {
      step = await this.#worker.call<number>("compact");
      merged += step;
    }
    return { merged, before, after: parquetOf(await this.stats()) };
  }

  parts(): Promise<readonly LakeFile[]> {
    return this.#worker.call("parts");
  }

  showAlarms(rows: readonly AlarmRow[]): Promise<void> {
    return this.#worker.call("showAlarms", [rows]);
  }

  adopt(request: AdoptRequest): Promise<void> {
    return this.#worker.call("adopt", [request]);
  }

  takeOver(request: TakeOverRequest): Promise<void> {
    return this.#worker.call("takeOver", [request]);
  }

  async close(): Promise<void> {
    this.#timers.forEach(clearInterval);
    await this.#flush("all").catch((error: Error) =>
      this.#logger.error({ error: error.message }, "last flush failed"),
    );
    if (!this.#worker.isDead) await this.#worker.call("close");
    await this.#worker.end();
  }

  /** One at a time; who comes while one runs waits for another one, which then has its rows. */
  async #flush(extent: FlushExtent): Promise<void> {
    while (this.#flushing !== null) await this.#flushing.catch(() => undefined);
    this.#flushing = (async () => {
      const { position, staged } = await this.#worker.call<FlushAnswer>("flush", [extent]);
      this.#staged = staged;
      await this.#onSafe(position);
    })();
    try {
      await this.#flushing;
      this.#trouble = null;
    } catch (error) {
      this.#trouble = (error as Error).message;
      throw error;
    } finally {
      this.#flushing = null;
    }
  }

  async #tryFlush(extent: FlushExtent): Promise<void> {
    try {
      await this.#flush(extent);
    } catch (error) {
      // Nothing is lost: the rows stay staged and their messages in the log.
      this.#retryAt = Date.now() + retrySeconds * 1000;
      this.#logger.error({ error: (error as Error).message }, "flush failed; it will be tried again");
    }
  }

  async #maintain(): Promise<void> {
    if (this.#staged > 0.1) return;
    try {
      const done = await this.#worker.call<{ merged: number; removed: number }>("maintain");
      if (done.merged + done.removed > 0) this.#logger.info(done, "lake maintenance");
    } catch (error) {
      this.#logger.error({ error: (error as Error).message }, "lake maintenance failed");
    }
  }
}

function parquetOf({ zones }: LakeStats): FileSum {
  const own = zones.filter(({ zone }) => zone !== "raw");
  const sum = (of: keyof FileSum) => own.reduce((all, zone) => all + zone[of], 0);
  return { files: sum("files"), bytes: sum("bytes") };
}
