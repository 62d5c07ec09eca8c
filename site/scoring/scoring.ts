/** The site's models: each looks in turn at what came in since its last look; none of them holds up another, or ingest. */
import { join } from "node:path";
import { openStateStore, type StateStore } from "../broker/state-store.ts";
import type { Logger } from "../logger.ts";
import type { IngestLog, LakeReader } from "../ports.ts";
import type { Keyring } from "../seal.ts";
import type { ScoringSettings } from "../settings.ts";
import { ModelScoring, type ModelState } from "./model-scoring.ts";

export interface ScoringOptions {
  readonly settings: ScoringSettings;
  readonly lake: Pick<LakeReader, "query">;
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
    const { lake, log, now = Date.now } = options;
    this.#options = options;
    this.#store = store;
    const parts = { lake, log, store, now: () => now() * 1_000 };
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
    this.#round = this.#round.then(async () => {
      for (const model of this.#models) {
        const { trouble: former, name } = model.state();
        await model.look();
        const { trouble } = model.state();
        if (trouble !== null && trouble !== former && !this.#isStopped)
          this.#options.logger.error({ model: name, error: trouble }, "model does not score");
      }
    });
    return this.#round;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await Promise.all(this.#models.map((model) => model.stop()));
    await this.#round;
    await this.#store.close();
  }
}
