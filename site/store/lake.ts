/** The lake as the other modules see it: requests to its thread, flushes when due, maintenance when idle. */
import { Worker } from "node:worker_threads";
import type { Logger } from "../logger.ts";
import type {
  LakeReader,
  LakeStats,
  LogPosition,
  QuarantineEntry,
  QueryOptions,
  QueryResult,
} from "../ports.ts";
import { Keyring } from "../seal.ts";
import type { LakeSettings } from "../settings.ts";
import { flushRows, type StageRequest } from "./lake-core.ts";
import type { LakeAnswer, LakeRequest, LakeThreadData } from "./lake-thread.ts";
import { transferables } from "./packed.ts";

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

export interface Lake extends LakeReader {
  /** Where decoding goes on after a start. */
  readonly position: LogPosition;
  /** Rows to write; resolves when they are staged. */
  stage(request: StageRequest): Promise<void>;
  knownIds(limit: number): Promise<Uint8Array>;
  /** Told of each position that is safe. */
  onSafe(listener: (position: LogPosition) => Promise<void>): void;
  /** What `flush` waits for before it writes: that everything committed to the log is staged. */
  beforeFlush(drain: () => Promise<void>): void;
  close(): Promise<void>;
}

export async function openLake({ settings, extensionFile, logger }: OpenLakeOptions): Promise<Lake> {
  // The error about a key file is the same in every thread, and clearer from here.
  Keyring.fromFile(settings.keyFile);
  const data: LakeThreadData = { settings, extensionFile };
  const worker = new Worker(new URL("./lake-thread.ts", import.meta.url), {
    workerData: data,
    resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 },
  });
  const thread = new LakeThread(worker, logger);
  const position = (await thread.ready) as LogPosition;
  return new ThreadedLake(thread, position, logger);
}

class LakeThread {
  readonly ready: Promise<unknown>;
  readonly #worker: Worker;
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  #next = 1;
  #dead: Error | null = null;

  constructor(worker: Worker, logger: Logger) {
    this.#worker = worker;
    this.ready = new Promise((resolve, reject) => this.#waiting.set(0, { resolve, reject }));
    worker.on("message", (answer: LakeAnswer) => {
      if ("damaged" in answer) {
        logger.error({ files: answer.damaged }, "damaged files set aside in lake/damaged");
        return;
      }
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ("result" in answer) waiting?.resolve(answer.result);
      else waiting?.reject(Object.assign(new Error(answer.error.message), answer.error));
    });
    worker.on("error", (error) => this.#fail(error as Error));
    worker.on("exit", () => this.#fail(new Error("the lake's thread has ended")));
  }

  call<Result>(
    method: LakeRequest["method"],
    args: readonly unknown[] = [],
    transfer: ArrayBuffer[] = [],
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (this.#dead !== null) {
        reject(this.#dead);
        return;
      }
      const id = this.#next++;
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      const request: LakeRequest = { id, method, args };
      this.#worker.postMessage(request, transfer);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#dead ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#dead);
    this.#waiting.clear();
  }
}

class ThreadedLake implements Lake {
  readonly position: LogPosition;
  readonly #thread: LakeThread;
  readonly #logger: Logger;
  readonly #timers: NodeJS.Timeout[];
  #staged = 0;
  #flushing: Promise<void> | null = null;
  #retryAt = 0;
  #onSafe: (position: LogPosition) => Promise<void> = async () => undefined;
  #drain: () => Promise<void> = async () => undefined;

  constructor(thread: LakeThread, position: LogPosition, logger: Logger) {
    this.#thread = thread;
    this.position = position;
    this.#logger = logger;
    this.#timers = [
      setInterval(() => void this.#tryFlush(), flushSeconds * 1000).unref(),
      setInterval(() => void this.#maintain(), maintenanceSeconds * 1000).unref(),
    ];
  }

  onSafe(listener: (position: LogPosition) => Promise<void>): void {
    this.#onSafe = listener;
  }

  beforeFlush(drain: () => Promise<void>): void {
    this.#drain = drain;
  }

  async stage(request: StageRequest): Promise<void> {
    const rows = await this.#thread.call<number>("stage", [request], request.tables.flatMap(transferables));
    this.#staged = rows;
    if (rows < flushRows || Date.now() < this.#retryAt) return;
    const flush = this.#tryFlush();
    // Two generations: writing one, filling the other. More than that waits here, and so back to the devices.
    if (rows >= 2 * flushRows) await flush;
  }

  knownIds(limit: number): Promise<Uint8Array> {
    return this.#thread.call("knownIds", [limit]);
  }

  query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    return this.#thread.call("query", [sql, options]);
  }

  exportParquet(sql: string, file: string): Promise<{ rows: number }> {
    return this.#thread.call("exportParquet", [sql, file]);
  }

  stats(): Promise<LakeStats> {
    return this.#thread.call("stats");
  }

  quarantine(options: { limit: number; before?: string }): Promise<readonly QuarantineEntry[]> {
    return this.#thread.call("quarantine", [options]);
  }

  async flush(): Promise<void> {
    await this.#drain();
    await this.#flush();
  }

  async close(): Promise<void> {
    this.#timers.forEach(clearInterval);
    await this.#flush().catch((error: Error) =>
      this.#logger.error({ error: error.message }, "last flush failed"),
    );
    await this.#thread.call("close");
    await this.#thread.end();
  }

  /** One at a time; who comes while one runs waits for another one, which then has its rows. */
  async #flush(): Promise<void> {
    while (this.#flushing !== null) await this.#flushing.catch(() => undefined);
    this.#flushing = (async () => {
      const position = await this.#thread.call<LogPosition>("flush");
      this.#staged = 0;
      await this.#onSafe(position);
    })();
    try {
      await this.#flushing;
    } finally {
      this.#flushing = null;
    }
  }

  async #tryFlush(): Promise<void> {
    try {
      await this.#flush();
    } catch (error) {
      // Nothing is lost: the rows stay staged and their messages in the log.
      this.#retryAt = Date.now() + retrySeconds * 1000;
      this.#logger.error({ error: (error as Error).message }, "flush failed; it will be tried again");
    }
  }

  async #maintain(): Promise<void> {
    if (this.#staged > flushRows / 10) return;
    try {
      const done = await this.#thread.call<{ merged: number; removed: number }>("maintain");
      if (done.merged + done.removed > 0) this.#logger.info(done, "lake maintenance");
    } catch (error) {
      this.#logger.error({ error: (error as Error).message }, "lake maintenance failed");
    }
  }
}
