/** From the log to the lake: batches to decode workers by device, packed rows to the lake, in the log's order. */
import { setTimeout as delay } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import type { SegmentLog } from "../log/ingest-log.ts";
import type { LogPosition, PipelineStats } from "../ports.ts";
import type { DecoderSettings } from "../settings.ts";
import type { Batch } from "./batch.ts";
import type { SiteBirths } from "./births.ts";
import type { DecodeAnswer } from "./decode-thread.ts";
import { DecodeWorker } from "./decode-worker.ts";
import type { Lake } from "./lake.ts";

export interface PipelineOptions {
  readonly tenant: string;
  readonly lake: Lake;
  readonly log: SegmentLog;
  readonly decoder: DecoderSettings;
  /** Closed with the pipeline. */
  readonly births: SiteBirths;
}

export interface Pipeline {
  /** Resolves with the reason where decoding stopped by itself. */
  readonly ended: Promise<Error>;
  /** After the batch at hand; what is not decoded stays in the log. */
  stop(): Promise<void>;
}

/** Ids that a worker remembers, and of which as many are loaded at its start. */
const rememberedIds = 524_288;

export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { tenant, lake, log, decoder, births } = options;
  const { workers, ...code } = decoder;
  const channels = Array.from({ length: workers }, () => new MessageChannel());
  await lake.attach(channels.map(({ port1 }) => port1));
  const threads = await Promise.all(
    channels.map(async ({ port2 }, shard) => {
      const known = { knownIds: await lake.knownIds(rememberedIds), remembered: rememberedIds };
      const born = { births: births.of(shard, workers) };
      return DecodeWorker.start({ tenant, shard, workers, lake: port2, ...code, ...known, ...born });
    }),
  );
  const pipeline = new LogPipeline({ lake, log, threads, births }, await lake.reached());
  pipeline.run();
  return pipeline;
}

interface LogPipelineParts {
  readonly lake: Lake;
  readonly log: SegmentLog;
  readonly threads: readonly DecodeWorker[];
  readonly births: SiteBirths;
}

class LogPipeline implements Pipeline {
  readonly #parts: LogPipelineParts;
  readonly #abort = new AbortController();
  readonly #ended = Promise.withResolvers<Error>();
  #running: Promise<void> = Promise.resolve();
  #reached: LogPosition;
  #batches = 0;

  constructor(parts: LogPipelineParts, from: LogPosition) {
    this.#parts = parts;
    const { lake, log, births } = parts;
    this.#reached = isBefore(from, log.start) ? log.start : from;
    lake.onSafe((position) => {
      births.safe((next) => !isBefore(position, next));
      return log.release(position);
    });
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
    await this.#parts.births.close();
  }

  async #loop(): Promise<void> {
    const { lake, log, threads, births } = this.#parts;
    let staging: Promise<void> = Promise.resolve();
    for await (const { from, next, bodies } of log.read(this.#reached, this.#abort.signal)) {
      const id = this.#batches++;
      const batch: Batch = { bodies, segment: from.segment, first: from.record };
      const answers = await Promise.all(threads.map((thread) => thread.decode(id, batch)));
      // One batch is staged while the next one is decoded.
      await staging;
      staging = lake.stage({ id, next, delta: sum(answers) }, this.#abort.signal).then(() => {
        this.#reached = next;
        for (const answer of answers) births.add(next, answer.births);
      });
      staging.catch(() => undefined);
    }
    await staging;
  }

  /** True when what was committed at the call is staged; false where that waits for files that can't be written. */
  async #drained(): Promise<boolean> {
    const { lake, log } = this.#parts;
    const { end } = log;
    // Where the log has no record, all of them were released.
    while (end.record > 0 && isBefore(this.#reached, end) && !this.#abort.signal.aborted) {
      if (lake.trouble !== null) return false;
      await delay(2);
    }
    return true;
  }
}

function sum(answers: readonly DecodeAnswer[]): PipelineStats {
  const total = (key: keyof PipelineStats) => answers.reduce((all, { counts }) => all + counts[key], 0);
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
