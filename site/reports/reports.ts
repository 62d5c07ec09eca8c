/** The site's reports: made on a schedule and when somebody asks, kept sealed. */
import { join } from "node:path";
import type { ReportDeclaration } from "../../fleet/environment-report/declaration.ts";
import { reportFacts, type ReportFacts, type ReportSource } from "../../fleet/environment-report/facts.ts";
import { lastDue, nextDue } from "../../fleet/environment-report/schedule.ts";
import { AnsweringThread } from "../answering-thread.ts";
import type { Logger } from "../logger.ts";
import type { Keyring } from "../seal.ts";
import { ReportBook, type KeptReport, type ReportFiles } from "./report-book.ts";
import type { ReportForm } from "./report-forms.ts";
import type { ThreadAnswer } from "./report-thread.ts";

export interface ReportsOptions {
  readonly declaration: ReportDeclaration;
  readonly source: ReportSource;
  readonly dataFolder: string;
  readonly keyring: Keyring;
  readonly logger: Logger;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** Milliseconds after the start: by then the other modules run, or have said why they don't. */
const firstLookMs = 30_000;
/** Milliseconds between two looks at the clock, which may be put right or have slept. */
const everyMs = 30_000;
/** Milliseconds until one that failed is tried again. */
const patienceMs = 600_000;
const writeMs = 120_000;

export async function startReports(options: ReportsOptions): Promise<Reports> {
  const { dataFolder, keyring, logger, declaration } = options;
  const folder = join(dataFolder, "reports");
  const reports = new Reports(
    options,
    await ReportBook.open({ folder, keyring, keep: declaration.keep, logger }),
  );
  reports.start();
  return reports;
}

export class Reports {
  readonly #options: ReportsOptions;
  readonly #book: ReportBook;
  #timer: NodeJS.Timeout | null = null;
  #making: Promise<KeptReport> | null = null;
  #writing: Promise<KeptReport> | null = null;
  #failure: string | null = null;
  #notBefore = -Infinity;
  #isStopped = false;

  constructor(options: ReportsOptions, book: ReportBook) {
    this.#options = options;
    this.#book = book;
  }

  get declaration(): ReportDeclaration {
    return this.#options.declaration;
  }

  get isMaking(): boolean {
    return this.#making !== null;
  }

  /** Why the last one could not be made; null where it could. */
  get trouble(): string | null {
    return this.#failure;
  }

  /** Milliseconds since 1970 of the next one by the schedule; null without one. */
  get nextAt(): number | null {
    const { schedule } = this.#options.declaration;
    return schedule === null ? null : nextDue(schedule, this.#now());
  }

  /** Newest first. */
  list(): readonly KeptReport[] {
    return this.#book.list();
  }

  read(id: string, form: ReportForm): ReturnType<ReportBook["read"]> {
    return this.#book.read(id, form);
  }

  start(): void {
    const later = (milliseconds: number): void => {
      if (this.#isStopped) return;
      const next = (): void => void this.look().finally(() => later(everyMs));
      this.#timer = setTimeout(next, milliseconds).unref();
    };
    later(firstLookMs);
  }

  /**
   * Makes the report that is due, if one is: the newest that there should be, however many were missed. A new schedule
   * therefore begins with one. Never rejects.
   */
  async look(): Promise<void> {
    const { schedule } = this.#options.declaration;
    const now = this.#now();
    if (schedule === null || now < this.#notBefore) return;
    const dueAt = lastDue(schedule, now);
    if (this.#book.list().some((report) => report.dueAt !== null && report.dueAt >= dueAt)) return;
    try {
      while (this.#making !== null) await this.#making.catch(() => undefined);
      await this.#begin(dueAt);
    } catch {
      this.#notBefore = now + patienceMs;
    }
  }

  /** Of now. While one is being made, that one. */
  make(): Promise<KeptReport> {
    return this.#making ?? this.#begin(null);
  }

  /** What is being written gets there; questions that still run are not waited for. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#writing?.catch(() => undefined);
  }

  #begin(dueAt: number | null): Promise<KeptReport> {
    const making = this.#make(dueAt)
      .then((report) => {
        this.#failure = null;
        return report;
      })
      .catch((error: Error) => {
        this.#failure = `the last report could not be made: ${error.message}`;
        this.#options.logger.error({ error: error.message }, "report not made");
        throw error;
      })
      .finally(() => (this.#making = null));
    this.#making = making;
    return making;
  }

  async #make(dueAt: number | null): Promise<KeptReport> {
    const { source, declaration } = this.#options;
    const { days } = declaration;
    const facts = await reportFacts(source, days, this.#now());
    if (this.#isStopped) throw new Error("reports were stopped");
    this.#writing = written(facts).then((files) => this.#book.add({ madeAt: facts.at, dueAt, days }, files));
    return this.#writing;
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

/** A thread each: reports are rare, and what one takes of memory is given back. */
async function written(facts: ReportFacts): Promise<ReportFiles> {
  const thread = new AnsweringThread<ReportFacts, ThreadAnswer>(
    new URL("./report-thread.ts", import.meta.url),
    {
      resourceLimits: { maxOldGenerationSizeMb: 128 },
      timeoutMs: writeMs,
      ended: "the thread that writes reports ended",
    },
  );
  try {
    const answer = await thread.ask(facts);
    if ("error" in answer) throw new Error(answer.error);
    return answer;
  } finally {
    await thread.stop();
  }
}
