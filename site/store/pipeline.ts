/** From the log to the lake: batches to decode workers by device, packed rows to the lake, in the log's order. */
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { SegmentLog } from "../log/ingest-log.ts";
import type { LogBatch, LogPosition, PipelineStats } from "../ports.ts";
import type { DecoderSettings } from "../settings.ts";
import { batchBuffers, flatten, type FlatBatch } from "./batch.ts";
import type { DecodeAnswer, DecodeRequest, DecodeThreadData } from "./decode-thread.ts";
import type { Lake } from "./lake.ts";

export interface PipelineOptions {
  readonly tenant: string;
  readonly lake: Lake;
  readonly log: SegmentLog;
  readonly decoder: DecoderSettings;
}

export interface Pipeline {
  /** Resolves with the reason where decoding stopped by itself. */
  readonly ended: Promise<Error>;
  /** After the batch at hand; what is not decoded stays in the log. */
  stop(): Promise<void>;
}

/** Ids that a worker remembers, and of which as many are loaded at its start. */
const rememberedIds = 524_288;

/** Messages decoded in one go; more would only be more garbage at a time. */
const partMessages = 2048;

export async function startPipeline({ tenant, lake, log, decoder }: PipelineOptions): Promise<Pipeline> {
  const { bundle, profiles, bindings, clockWindow, workers } = decoder;
  const startWorker = async (): Promise<DecodeWorker> => {
    const knownIds = await lake.knownIds(rememberedIds);
    const data: DecodeThreadData = {
      tenant,
      bundle,
      profiles,
      bindings,
      clockWindow,
      knownIds,
      remembered: rememberedIds,
    };
    return DecodeWorker.start(data);
  };
  const threads = await Promise.all(Array.from({ length: workers }, startWorker));
  const pipeline = new LogPipeline({ lake, log, threads }, await lake.reached());
  pipeline.run();
  return pipeline;
}

interface LogPipelineParts {
  readonly lake: Lake;
  readonly log: SegmentLog;
  readonly threads: readonly DecodeWorker[];
}

class LogPipeline implements Pipeline {
  readonly #parts: LogPipelineParts;
  readonly #abort = new AbortController();
  readonly #ended = Promise.withResolvers<Error>();
  #running: Promise<void> = Promise.resolve();
  #reached: LogPosition;

  constructor(parts: LogPipelineParts, from: LogPosition) {
    this.#parts = parts;
    const { lake, log } = parts;
    this.#reached = isBefore(from, log.start) ? log.start : from;
    lake.onSafe((position) => log.release(position));
    lake.beforeFlush(() => this.#drained());
  }

  get ended(): Promise<Error> {
    return this.#ended.promise;
  }

  run(): void {
    this.#running = this.#loop().catch((error: Error) => this.#ended.resolve(error));
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
    this.#parts.lake.beforeFlush(async () => true);
    for (const thread of this.#parts.threads) await thread.stop();
  }

  async #loop(): Promise<void> {
    const { lake, log, threads } = this.#parts;
    let staging: Promise<void> = Promise.resolve();
    for await (const batch of log.read(this.#reached, this.#abort.signal)) {
      const perShard = shards(batch, threads.length).map(({ shard, parts }) =>
        (threads[shard] as DecodeWorker).decodeAll(parts),
      );
      const answers = (await Promise.all(perShard)).flat();
      // One batch is staged while the next one is decoded.
      await staging;
      const tables = answers.flatMap((answer) => answer.tables);
      staging = lake.stage({ tables, next: batch.next, delta: sum(answers) }, this.#abort.signal).then(() => {
        this.#reached = batch.next;
      });
      staging.catch(() => undefined);
    }
    await staging;
  }

  /** True when what was committed at the call is staged; false where that waits for files that can't be written. */
  async #drained(): Promise<boolean> {
    const { lake, log } = this.#parts;
    const { end } = log;
    while (isBefore(this.#reached, end) && !this.#abort.signal.aborted) {
      if (lake.trouble !== null) return false;
      await delay(2);
    }
    return true;
  }
}

/** A device always goes to the same worker: its order and its repeats are judged there. */
function shards(batch: LogBatch, workers: number): { shard: number; parts: FlatBatch[] }[] {
  const chosen: number[][] = Array.from({ length: workers }, () => []);
  const shardOf = new Map<string, number>();
  batch.arrivals.forEach(({ deviceId }, index) => {
    let shard = shardOf.get(deviceId);
    if (shard === undefined) {
      shard = workers === 1 ? 0 : createHash("sha256").update(deviceId).digest().readUInt32LE() % workers;
      shardOf.set(deviceId, shard);
    }
    chosen[shard]?.push(index);
  });
  return chosen.flatMap((rows, shard) => {
    const parts: FlatBatch[] = [];
    for (let at = 0; at < rows.length; at += partMessages) {
      parts.push(flatten(batch, rows.slice(at, at + partMessages)));
    }
    return parts.length === 0 ? [] : [{ shard, parts }];
  });
}

function sum(answers: readonly DecodeAnswer[]): PipelineStats {
  const total = (key: keyof PipelineStats) => answers.reduce((all, answer) => all + answer[key], 0);
  return {
    messages: total("messages"),
    rows: total("rows"),
    frames: total("frames"),
    quarantined: total("quarantined"),
    duplicates: total("duplicates"),
  };
}

const isBefore = (a: LogPosition, b: LogPosition): boolean =>
  a.segment < b.segment || (a.segment === b.segment && a.record < b.record);

/** One decode thread and the batches it has not answered yet. */
class DecodeWorker {
  readonly #worker: Worker;
  readonly #waiting = new Map<
    number,
    { resolve: (answer: DecodeAnswer) => void; reject: (error: Error) => void }
  >();
  #next = 1;

  private constructor(worker: Worker) {
    this.#worker = worker;
    const fail = (error: Error) => {
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
    worker.on("message", (answer: DecodeAnswer) => {
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
    });
    worker.on("error", (error) => fail(error as Error));
    worker.on("exit", () => fail(new Error("a decode worker has ended")));
  }

  /** Rejects with the reason where the bundle is not the one that was deployed. */
  static start(data: DecodeThreadData): Promise<DecodeWorker> {
    const worker = new Worker(new URL("./decode-thread.ts", import.meta.url), {
      workerData: data,
      resourceLimits: { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 128 },
    });
    return new Promise((resolve, reject) => {
      worker.once("error", reject);
      worker.once("message", () => {
        worker.off("error", reject);
        resolve(new DecodeWorker(worker));
      });
    });
  }

  /** One part at a time: the rows of a part are packed before the next one's exist. */
  async decodeAll(parts: readonly FlatBatch[]): Promise<DecodeAnswer[]> {
    const answers: DecodeAnswer[] = [];
    for (const part of parts) answers.push(await this.decode(part));
    return answers;
  }

  decode(batch: FlatBatch): Promise<DecodeAnswer> {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#waiting.set(id, { resolve, reject });
      const request: DecodeRequest = { id, batch };
      this.#worker.postMessage(request, batchBuffers(batch));
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
