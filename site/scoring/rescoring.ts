/** A model's scores of samples that the lake has had for a while: what it tells of them now takes the place of what was told. */
import { hash } from "node:crypto";
import type { Decoder } from "../../functions/core/decoder.ts";
import type { Message, Micros } from "../../functions/core/model.ts";
import type { RescoredByModel } from "../replay/replay-request.ts";
import type { KnownScores } from "../../functions/scoring/known-scores.ts";
import {
  scoreDecoder,
  WindowComparison,
  windowOf,
  type Rescored,
  type ToldScore,
} from "../../functions/scoring/rescoring.ts";
import {
  formerCodec,
  modelVersion,
  scoreChannel,
  scoreCodec,
  scoreMetrics,
} from "../../functions/scoring/score-message.ts";
import {
  around,
  longestWindow,
  piecesOf,
  windowLength,
  type Stretch,
} from "../../functions/scoring/stretches.ts";
import type { Lake } from "../store/lake.ts";
import { PackMemory } from "../store/pack-memory.ts";
import { PackedRows } from "../store/packed-rows.ts";
import type { ReplayPortion } from "../store/replayed.ts";
import type { ModelSettings } from "./model-scoring.ts";
import type { ModelWorker } from "./model-worker.ts";
import { samplesOf } from "./new-samples.ts";

/** Scores that come or go with one commit. */
const mostAtOnce = 2_000;
const mostTold = 200_000;

export interface RescoringParts {
  readonly settings: ModelSettings;
  readonly worker: ModelWorker;
  readonly tenant: string;
  readonly lake: Pick<Lake, "query" | "replay" | "flush" | "parts">;
  readonly known: KnownScores;
  readonly now: () => Micros;
  readonly isStopped: () => boolean;
}

export interface RescoringOptions {
  /** Names the run in the lineage. */
  readonly run: number;
  readonly dryRun: boolean;
}

export class Rescoring {
  readonly #parts: RescoringParts;
  readonly #options: RescoringOptions;
  readonly #comparison: WindowComparison;
  readonly #decoder: Pick<Decoder, "decodeInto">;
  #fresh: Rescored["fresh"][number][] = [];
  #struck: ToldScore[] = [];
  #sum = { before: 0, after: 0, same: 0 };
  /** Commits; with a dry run, how many there would be. */
  changes = 0;

  constructor(parts: RescoringParts, options: RescoringOptions) {
    const { settings, worker, tenant } = parts;
    this.#parts = parts;
    this.#options = options;
    this.#comparison = new WindowComparison(settings, worker.model.size, tenant);
    this.#decoder = scoreDecoder(settings, tenant);
  }

  /** Each commit is whole; ended in the middle, the same call does the rest. Rejects where the site is stopped meanwhile. */
  async of(stretches: readonly Stretch[]): Promise<RescoredByModel> {
    const { settings, worker, lake, isStopped } = this.#parts;
    // What was told until now is to be among the files.
    await lake.flush();
    for (const piece of piecesOf(stretches, windowLength(worker.model))) {
      if (isStopped()) throw new Error("the scoring was stopped");
      await this.#compare(piece);
      if (this.#fresh.length + this.#struck.length >= mostAtOnce) await this.#commit();
    }
    await this.#commit();
    return { model: settings.name, version: modelVersion(settings), ...this.#sum };
  }

  async #compare(piece: Stretch): Promise<void> {
    const { settings, worker, lake, now } = this.#parts;
    const windows = [];
    let isFirst = true;
    const place = around(piece, windowLength(worker.model));
    for await (const samples of samplesOf(lake, settings.table, worker.model.axes, place)) {
      windows.push(...(await worker.score(samples, isFirst)));
      isFirst = false;
    }
    const found = this.#comparison.compare(piece, windows, await this.#told(piece), now());
    this.#fresh.push(...found.fresh);
    this.#struck.push(...found.struck);
    const { before, after, same } = this.#sum;
    this.#sum = { before: before + found.before, after: after + found.after, same: same + found.same };
  }

  async #told({ device, from, to }: Stretch): Promise<ToldScore[]> {
    const { settings, lake } = this.#parts;
    const { rows, truncated } = await lake.query(
      `SELECT lower(hex(msg_id)), CAST(epoch_us(ingest_ts) AS DOUBLE), lane, value_text FROM readings
         WHERE device_id = ? AND metric = ? AND codec IN (?, ?)
           AND ts BETWEEN make_timestamptz(CAST(? AS BIGINT)) AND make_timestamptz(CAST(? AS BIGINT))`,
      {
        parameters: [
          ...[device, scoreMetrics(settings).restsOn, scoreCodec(settings), formerCodec(settings)],
          ...[from, to + longestWindow],
        ],
        maxRows: mostTold,
      },
    );
    if (truncated)
      throw new Error(`${device} has more than ${mostTold} scores of ${settings.name} in two hours`);
    return (rows as [string, Micros, ToldScore["lane"], string][]).flatMap(
      ([msgId, arrival, lane, restsOn]) => {
        const window = windowOf(restsOn);
        return window === null ? [] : [{ deviceId: device, msgId, arrival, lane, ...window }];
      },
    );
  }

  async #commit(): Promise<void> {
    const { settings, lake, known } = this.#parts;
    const { run, dryRun } = this.#options;
    const [fresh, struck] = [this.#fresh.splice(0), this.#struck.splice(0)];
    if (fresh.length + struck.length === 0) return;
    this.changes++;
    if (dryRun) return;
    const of = { run, codec: scoreCodec(settings), version: modelVersion(settings) };
    const portion = {
      tables: this.#packed(fresh.map(({ message }) => message)),
      replayed: this.#keysOf(struck),
      messages: fresh.length,
      sources: await this.#sources([...fresh.map(({ from }) => from), ...struck.map(({ from }) => from)]),
    };
    await lake.replay(portion, { run: of, dryRun });
    // What is told later of a window that is gone is news; what was told here comes no other way.
    for (const { deviceId, from } of struck) known.forget(deviceId, from);
    for (const { message, from } of fresh) known.add(message.deviceId, from);
  }

  #packed(messages: readonly Message[]): ReplayPortion["tables"] {
    const rows = new PackedRows({ seen: () => false }, new PackMemory());
    for (const message of messages) this.#decoder.decodeInto(message, rows);
    return rows.take().tables;
  }

  #keysOf(struck: readonly ToldScore[]): ReplayPortion["replayed"] {
    const channel = scoreChannel(this.#parts.settings);
    const sha256 = hash("sha256", "");
    return {
      ...{ live: [], others: [], kept: [] },
      named: struck.map(({ deviceId, arrival, msgId, lane }) => [
        ...([deviceId, arrival, Buffer.from(msgId, "hex"), lane, channel, sha256] as const),
      ]),
      bytes: struck.map(({ deviceId, arrival }) => [deviceId, arrival, channel, sha256]),
    };
  }

  /** Hashes of the files that have the frames. */
  async #sources(times: readonly Micros[]): Promise<string[]> {
    const { settings, lake } = this.#parts;
    const from = times.reduce((least, time) => Math.min(least, time), Infinity);
    const to = times.reduce((most, time) => Math.max(most, time), -Infinity) + longestWindow;
    return (await lake.parts())
      .filter(({ table, minTs, maxTs }) => table === settings.table && minTs <= to && maxTs >= from)
      .map(({ sha256 }) => sha256)
      .sort();
  }
}
