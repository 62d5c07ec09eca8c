/** When a model scores what it, or another version, has told of before: after a replay, at a change of the model, on request. */
import type { Micros } from "../../functions/core/model.ts";
import type { Stretch } from "../../functions/scoring/stretches.ts";
import type { StateStore } from "../broker/state-store.ts";
import type { RescoredByModel } from "../replay/replay-request.ts";
import type { Lake } from "../store/lake.ts";
import type { ModelWorker } from "./model-worker.ts";
import { arrivedIn, type Arrivals } from "./new-samples.ts";
import { Rescoring, type RescoringOptions, type RescoringParts } from "./rescoring.ts";

/** What models look at, and change where samples changed. */
export type ScoredLake = Pick<Lake, "query" | "flush" | "parts" | "replay" | "framesReplayed">;

/** What scoring again came to. */
export interface ScoredAgain {
  readonly scores: RescoredByModel;
  /** Commits; with a dry run, how many there would be. */
  readonly changes: number;
}

export interface ScoresAnewParts extends Omit<RescoringParts, "worker" | "lake"> {
  readonly lake: ScoredLake;
  readonly store: StateStore;
  readonly concerns: (device: string) => boolean;
  readonly open: () => Promise<ModelWorker>;
}

export class ScoresAnew {
  readonly #parts: ScoresAnewParts;
  /** What the last replay's changes of samples came to. */
  #last: (RescoredByModel & { readonly run: number }) | null = null;

  constructor(parts: ScoresAnewParts) {
    this.#parts = parts;
  }

  /** Null where the run changed no samples, or is not the last one that did. */
  of(run: number): RescoredByModel | null {
    if (this.#last?.run !== run) return null;
    const { run: _, ...counts } = this.#last;
    return counts;
  }

  /** Samples that replays changed. Ended in the middle, the next call does it again: what is done already is the same then. */
  async replayed(): Promise<void> {
    const { lake, store, settings, concerns } = this.#parts;
    const key = `replayed/${settings.name}`;
    const since = store.get(key)?.toString("utf8");
    // What was replayed before the model was declared is left to who asks for it.
    const { commits, reached } = await lake.framesReplayed(Number(since ?? Number.MAX_SAFE_INTEGER));
    if (String(reached) === since) return;
    for (const [run, own] of Map.groupBy(commits, (commit) => commit.run)) {
      const stretches = own
        .flatMap(({ frames }) => frames)
        .filter(({ table, device }) => table === settings.table && concerns(device));
      if (stretches.length === 0) continue;
      const { scores } = await this.#score(stretches, { run, dryRun: false });
      this.#last = { ...added(scores, this.#last?.run === run ? this.#last : null), run };
    }
    store.set(key, Buffer.from(String(reached)));
    await store.flush();
  }

  /** Where another version looked before, windows at the end of what it saw are this one's, who would tell them as well. */
  async tookOver(from: Micros, reached: Micros): Promise<void> {
    const { store, settings, now } = this.#parts;
    const key = `version/${settings.name}`;
    const former = store.get(key)?.toString("utf8");
    if (former === settings.sha256) return;
    const run = Math.floor(now() / 1_000);
    if (former !== undefined) await this.again({ from, to: reached + 1, run, dryRun: false });
    store.set(key, Buffer.from(settings.sha256));
    await store.flush();
  }

  /** What arrived in [from, to) is scored by this version, whichever one told of it before. */
  async again({ from, to, ...options }: RescoringOptions & Arrivals): Promise<ScoredAgain> {
    const { lake, settings, concerns } = this.#parts;
    await lake.flush();
    const found = await arrivedIn(lake, settings.table, { from, to });
    const own = found.filter(({ device }) => concerns(device));
    return this.#score(own, options);
  }

  async #score(stretches: readonly Stretch[], options: RescoringOptions): Promise<ScoredAgain> {
    const rescoring = new Rescoring({ ...this.#parts, worker: await this.#parts.open() }, options);
    const scores = await rescoring.of(stretches);
    return { scores, changes: rescoring.changes };
  }
}

const added = (one: RescoredByModel, other: RescoredByModel | null): RescoredByModel => ({
  ...one,
  before: one.before + (other?.before ?? 0),
  after: one.after + (other?.after ?? 0),
  same: one.same + (other?.same ?? 0),
});
