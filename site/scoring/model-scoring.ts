/** One model over what came in since the last look: stretches of new samples, and the windows that they are part of. */
import { globTest } from "../../functions/core/dispatch.ts";
import type { Micros } from "../../functions/core/model.ts";
import type { Prediction } from "../../functions/models/classifier.ts";
import type { ModelFacts } from "../../functions/scoring/model-facts.ts";
import { KnownScores } from "../../functions/scoring/known-scores.ts";
import { scoreChannel, scorePayload } from "../../functions/scoring/score-message.ts";
import {
  around,
  concerns,
  isHistory,
  joined,
  windowLength,
  type Stretch,
} from "../../functions/scoring/stretches.ts";
import type { StateStore } from "../broker/state-store.ts";
import type { IngestLog } from "../ports.ts";
import type { RescoredByModel } from "../replay/replay-request.ts";
import type { ScoringSettings } from "../settings.ts";
import { ModelWorker } from "./model-worker.ts";
import { hasTable, newStretches, samplesOf, type Arrivals } from "./new-samples.ts";
import type { RescoringOptions } from "./rescoring.ts";
import { ScoresAnew, type ScoredAgain, type ScoredLake } from "./score-anew.ts";

export type ModelSettings = ScoringSettings["models"][number];

/** A model as the page shows it. */
export interface ModelState extends Pick<ModelSettings, "name" | "sha256" | "devices" | "table"> {
  readonly labels: readonly string[];
  /** Null while its file has not been opened. */
  readonly facts: ModelFacts | null;
  /** Scored since the start. */
  readonly windows: number;
  /** Up to when arrivals have been looked at. */
  readonly since: Micros;
  /** Why it does not score; null where it does. */
  readonly trouble: string | null;
}

export interface ModelScoringParts {
  readonly tenant: string;
  readonly lake: ScoredLake;
  readonly log: Pick<IngestLog, "append">;
  readonly store: StateStore;
  readonly now: () => Micros;
}

/** Arrivals are seen in the order of the log, which is that of their times but for moments. */
const overlap: Micros = 2_000_000;
const rememberedWindows = 50_000;

export class ModelScoring {
  readonly settings: ModelSettings;
  #windows = 0;
  #trouble: string | null = null;
  #facts: ModelFacts | null = null;
  readonly #parts: ModelScoringParts;
  readonly #concerns: (device: string) => boolean;
  readonly #known = new KnownScores(rememberedWindows);
  readonly #key: string;
  #worker: ModelWorker | null = null;
  #isStopped = false;
  /** Nothing came since the look before the last one. */
  #isSettled = false;
  /** While scores wait for the log, which may take none for as long as nobody decodes. */
  #sending: PromiseWithResolvers<void> | null = null;

  readonly #anew: ScoresAnew;

  /** What arrived before a model is first declared is left to `fieldlake model score`. */
  constructor(settings: ModelSettings, parts: ModelScoringParts) {
    this.settings = settings;
    this.#parts = parts;
    this.#concerns = globTest(settings.devices);
    this.#key = `since/${settings.name}`;
    const { store, now } = parts;
    this.#anew = new ScoresAnew({
      ...{ ...parts, settings, known: this.#known, concerns: this.#concerns },
      ...{ open: () => this.#opened(), isStopped: () => this.#isStopped },
    });
    if (store.get(this.#key) === undefined) store.set(this.#key, Buffer.from(String(now())));
  }

  state(): ModelState {
    const { name, sha256, devices, table, labels } = this.settings;
    return {
      ...{ name, sha256, devices, table, labels },
      ...{ facts: this.#facts, windows: this.#windows, since: this.#since, trouble: this.#trouble },
    };
  }

  get #since(): Micros {
    return Number(this.#parts.store.get(this.#key)?.toString("utf8"));
  }

  /** Never rejects: the next look begins where this one failed. */
  look(): Promise<void> {
    return this.#guarded(() => this.#look());
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#sending?.resolve();
    await this.#end();
  }

  /** Samples that replays changed are scored anew; never rejects, as {@link look}. Null where the run changed none. */
  async rescored(run: number): Promise<RescoredByModel | null> {
    await this.#guarded(() => this.#anew.replayed());
    return this.#anew.of(run);
  }

  /** What arrived in [from, to) is scored by this version, whichever one told of it before. Rejects where that fails. */
  async again(request: RescoringOptions & Arrivals): Promise<ScoredAgain> {
    try {
      return await this.#anew.again(request);
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    if (this.#isStopped) return;
    try {
      await work();
      this.#trouble = null;
    } catch (error) {
      this.#trouble = (error as Error).message;
      await this.#end();
    }
    if (this.#isStopped) await this.#end();
  }

  async #opened(): Promise<ModelWorker> {
    this.#worker ??= await ModelWorker.open(this.settings);
    this.#facts = this.#worker.model.facts;
    return this.#worker;
  }

  async #look(): Promise<void> {
    const { lake, store } = this.#parts;
    const { table } = this.settings;
    await this.#anew.tookOver(this.#since - overlap, this.#since);
    await this.#anew.replayed();
    const worker = await this.#opened();
    if (!(await hasTable(lake, table))) return;
    for (let more = true; more && !this.#isStopped;) {
      const found = await newStretches(lake, table, {
        since: this.#since,
        overlap,
        isSettled: this.#isSettled,
      });
      for (const stretch of joined(found.stretches, windowLength(worker.model))) {
        if (this.#isStopped) return;
        if (this.#concerns(stretch.device)) await this.#score(stretch);
      }
      // What was not sent any more is looked at again after the next start.
      if (this.#isStopped) return;
      this.#isSettled = !found.more;
      const moved = found.reached !== null && found.reached > this.#since;
      if (moved) store.set(this.#key, Buffer.from(String(found.reached)));
      await store.flush();
      more = found.more && moved;
    }
  }

  /** Windows that begin before the stretch, and end behind it, have samples of it too. */
  async #score(stretch: Stretch): Promise<void> {
    const { lake } = this.#parts;
    const worker = this.#worker!;
    const place = around(stretch, windowLength(worker.model));
    let isFirst = true;
    for await (const samples of samplesOf(lake, this.settings.table, worker.model.axes, place)) {
      const predictions = await worker.score(samples, isFirst);
      isFirst = false;
      await this.#send(stretch, predictions);
      if (this.#isStopped) return;
    }
  }

  async #send(stretch: Stretch, predictions: readonly Prediction[]): Promise<void> {
    const { log, now } = this.#parts;
    const { device } = stretch;
    const { size } = this.#worker!.model;
    const fresh = predictions.filter(
      (window) => concerns(stretch, window) && !this.#known.has(device, window.from),
    );
    const sent = Promise.all(
      fresh.map((window) => {
        const receivedAt = now();
        return log.append({
          deviceId: device,
          channel: scoreChannel(this.settings),
          payload: scorePayload(this.settings, window, size),
          receivedAt,
          ...(isHistory(stretch, window, receivedAt)
            ? { uploadedFrom: `${this.settings.sha256}:${window.from}` }
            : {}),
        });
      }),
    );
    this.#sending = Promise.withResolvers();
    await Promise.race([sent, this.#sending.promise]);
    this.#sending = null;
    for (const window of fresh) this.#known.add(device, window.from);
    this.#windows += fresh.length;
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.stop();
  }
}
