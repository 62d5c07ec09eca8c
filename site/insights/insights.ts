/** The site's insights: on a schedule, what changed in the lake is worked out again and takes its results' place. */
import { AnsweringThread } from "../answering-thread.ts";
import type { Logger } from "../logger.ts";
import type { Lake } from "../store/lake.ts";
import type { InsightThreadData, NextAnswer, NextRequest, ThreadAnswer } from "./insight-thread.ts";

export interface InsightsOptions extends InsightThreadData {
  readonly lake: Pick<Lake, "parts" | "adopt">;
  readonly logger: Logger;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

export interface Round {
  /** Units that were worked out. */
  readonly units: number;
  readonly milliseconds: number;
}

/** Rounds take at most a fifth of the time. */
const pauseShare = 4;

type InsightThread = AnsweringThread<NextRequest, ThreadAnswer>;

export function startInsights(options: InsightsOptions): Insights {
  const insights = new Insights(options);
  insights.start();
  return insights;
}

export class Insights {
  readonly #options: InsightsOptions;
  #thread: InsightThread | null = null;
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<unknown> = Promise.resolve();
  #isStopped = false;
  readonly #failed = new Map<string, string>();
  #failure: string | null = null;

  constructor(options: InsightsOptions) {
    this.#options = options;
  }

  /** Why some insights are not what the lake says; null where they are. */
  get trouble(): string | null {
    const failed = [...this.#failed].map(([unit, error]) => `${unit}: ${error}`);
    return [this.#failure, ...failed].filter((text) => text !== null).join("; ") || null;
  }

  start(): void {
    const later = (seconds: number): void => {
      if (this.#isStopped) return;
      this.#timer = setTimeout(() => {
        void this.look()
          .then(({ milliseconds }) => Math.max(every, (pauseShare * milliseconds) / 1000))
          .catch(() => every)
          .then(later);
      }, seconds * 1000).unref();
    };
    const every = this.#options.declaration.everySeconds;
    later(every);
  }

  /** One round, after the one that runs: what is due by now. Rejects where the lake or the thread gave up. */
  look(): Promise<Round> {
    const round = this.#round.then(async () => {
      try {
        const done = await this.#look();
        this.#failure = null;
        return done;
      } catch (error) {
        // What was adopted stays; the rest is due in the next round.
        this.#failure = `the last computation failed: ${(error as Error).message}`;
        this.#options.logger.error({ error: (error as Error).message }, "insights not worked out");
        throw error;
      }
    });
    this.#round = round.catch(() => undefined);
    return round;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#round;
    await this.#thread?.stop();
  }

  async #look(): Promise<Round> {
    const { lake, now = Date.now } = this.#options;
    const began = performance.now();
    // Each once: files come all the time, and a round has to end.
    const skip: string[] = [];
    let units = 0;
    this.#failed.clear();
    while (!this.#isStopped) {
      const answer = await this.#ask({ files: await lake.parts(), now: now() * 1000, skip });
      if (answer === null) break;
      if ("failed" in answer) {
        skip.push(answer.failed);
        this.#failed.set(answer.failed, answer.error);
        this.#options.logger.error(answer, "an insight could not be worked out");
        continue;
      }
      await lake.adopt(answer);
      skip.push(...answer.units);
      units += answer.units.length;
    }
    return { units, milliseconds: performance.now() - began };
  }

  /** A thread that ended is started anew. */
  async #ask(request: NextRequest): Promise<NextAnswer> {
    if (this.#thread === null || this.#thread.isDead) this.#thread = this.#startThread();
    const answer = await this.#thread.ask(request);
    if ("error" in answer) throw new Error(answer.error);
    return answer.result;
  }

  #startThread(): InsightThread {
    const { tenant, dataFolder, keyFile, extensionFile, declaration, retentionDays } = this.#options;
    return new AnsweringThread<NextRequest, ThreadAnswer>(new URL("./insight-thread.ts", import.meta.url), {
      workerData: {
        ...{ tenant, dataFolder, keyFile, extensionFile, declaration, retentionDays },
      } satisfies InsightThreadData,
      resourceLimits: { maxOldGenerationSizeMb: 256 },
      ended: "the thread of the insights ended",
    }).unref();
  }
}
