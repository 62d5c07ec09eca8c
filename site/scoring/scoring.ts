/** The site's models: each looks in turn at what came in since its last look; none of them holds up another, or ingest. */
import { join } from "node:path";
import { openStateStore, type StateStore } from "../broker/state-store.ts";
import type { Logger } from "../logger.ts";
import type { IngestLog } from "../ports.ts";
import type { RescoredByModel } from "../replay/replay-request.ts";
import type { Keyring } from "../seal.ts";
import type { ScoringSettings } from "../settings.ts";
import { ModelScoring, type ModelState } from "./model-scoring.ts";
import type { ScoredAgain, ScoredLake } from "./score-anew.ts";

export interface ScoringOptions {
  readonly settings: ScoringSettings;
  readonly tenant: string;
  readonly lake: ScoredLake;
  readonly log: Pick<IngestLog, "append">;
  readonly dataFolder: string;
  readonly keyring: Keyring;
  readonly logger: Logger;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

export async function startScoring(options: ScoringOptions): Promise<Scoring> {
  const { dataFolder, keyring, logger } = options;
  const store = await openStateStore({
    folder: join(dataFolder, "scoring"),
    keyring,
    purpose: "scoring",
    onDamage: (report) => logger.error(report, "the state of scoring is damaged"),
  });
  const scoring = new Scoring(options, store);
  await store.flush();
  scoring.start();
  return scoring;
}

export class Scoring {
  readonly #models: readonly ModelScoring[];
  readonly #options: ScoringOptions;
  readonly #store: StateStore;
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: ScoringOptions, store: StateStore) {
    const { tenant, lake, log, now = Date.now } = options;
    this.#options = options;
    this.#store = store;
    const parts = { tenant, lake, log, store, now: () => now() * 1_000 };
    this.#models = options.settings.models.map((model) => new ModelScoring(model, parts));
  }

  /** What keeps models from scoring; null where nothing does. */
  get trouble(): string | null {
    const troubles = this.states().flatMap(({ name, trouble }) =>
      trouble === null ? [] : [`${name} does not score: ${trouble}`],
    );
    return troubles.join("; ") || null;
  }

  states(): readonly ModelState[] {
    return this.#models.map((model) => model.state());
  }

  start(): void {
    if (this.#models.length === 0) return;
    const next = (): void => {
      if (this.#isStopped) return;
      const pause = this.#options.settings.everySeconds * 1_000;
      this.#timer = setTimeout(() => void this.look().finally(next), pause).unref();
    };
    next();
  }

  /** One round, after the one that runs; never rejects. */
  look(): Promise<void> {
    return this.#next(async () => {
      for (const model of this.#models) {
        const { trouble: former, name } = model.state();
        await model.look();
        const { trouble } = model.state();
        if (trouble !== null && trouble !== former && !this.#isStopped)
          this.#options.logger.error({ model: name, error: trouble }, "model does not score");
      }
    });
  }

  /** What models made of the samples that a replay changed; after the round that runs. */
  async rescored(run: number): Promise<readonly RescoredByModel[]> {
    const found: RescoredByModel[] = [];
    await this.#next(async () => {
      for (const model of this.#models) {
        const counts = await model.rescored(run);
        if (counts !== null) found.push(counts);
      }
    });
    return found;
  }

  /** One model over what it may have scored before; rejects where it can't. */
  async again(name: string, request: Parameters<ModelScoring["again"]>[0]): Promise<ScoredAgain> {
    const model = this.#models.find(({ settings }) => settings.name === name);
    if (model === undefined) throw new Error(`the model ${name} does not score here`);
    const answers: ScoredAgain[] = [];
    let failure: unknown = null;
    await this.#next(async () => {
      try {
        answers.push(await model.again(request));
      } catch (error) {
        failure = error;
      }
    });
    if (failure !== null) throw failure;
    return answers[0]!;
  }

  #next(work: () => Promise<void>): Promise<void> {
    return (this.#round = this.#round.then(work));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await Promise.all(this.#models.map((model) => model.stop()));
    await this.#round;
    await this.#store.close();
  }
}
