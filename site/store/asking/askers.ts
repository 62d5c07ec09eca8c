/** Statements that somebody wrote, each answered by a process of its own: what one takes, it takes from nobody. */
import { fork, type ChildProcess } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { DraftOptions, QueryOptions, QueryResult } from "../../ports.ts";
import { QueryError } from "../reader.ts";
import type { AskerAnswer, AskerRequest, AskerStart } from "./asker-process.ts";
import { draftFile } from "./export-draft.ts";
import type { Ground } from "./ground.ts";

/** Of a process: DuckDB's own code and limit are some 200 MB of it, the rest is for a question's longest values. */
const mostBytes = 640 * 2 ** 20;
/** Milliseconds that a process may take to stop what DuckDB can't interrupt, beyond the time of the question. */
const graceMs = 5_000;
/** Idle ones are kept for as long, and so many. */
const idleMs = 30_000;
const mostIdle = 1;

interface Asker {
  readonly child: ChildProcess;
  idle: NodeJS.Timeout | undefined;
}

export type AskersArgs = Omit<AskerStart, "mostBytes">;

export class Askers {
  readonly #start: AskerStart;
  readonly #all = new Set<Asker>();
  readonly #idle: Asker[] = [];
  #isClosed = false;

  constructor(args: AskersArgs) {
    this.#start = { ...args, mostBytes };
  }

  /** Rejects with {@link QueryError}, where it took too much, too. */
  query(sql: string, ground: Ground, options: QueryOptions): Promise<QueryResult> {
    return this.#ask<QueryResult>({ sql, ground, options, file: null });
  }

  /** Rejects as {@link query}; then there is no file. */
  async export(sql: string, ground: Ground, options: DraftOptions): Promise<{ file: string; rows: number }> {
    const file = draftFile(this.#start.folder, options.format);
    try {
      return await this.#ask({ sql, ground, options, file });
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const asker of this.#all) this.#end(asker);
  }

  async #ask<Result>(request: AskerRequest): Promise<Result> {
    const { timeoutMs } = request.options;
    const asker = this.#idle.pop() ?? this.#open();
    clearTimeout(asker.idle);
    const said = await answerOf(asker.child, request, timeoutMs);
    if ("ended" in said) {
      this.#end(asker);
      await this.#tidy(asker);
      throw new QueryError(
        said.ended === "late"
          ? `the query took longer than ${timeoutMs} ms: narrow it by ts or device_id`
          : `the query took more than ${Math.round(mostBytes / 2 ** 20)} MB of memory: ask for shorter texts and lists`,
      );
    }
    this.#rest(asker);
    if ("result" in said) return said.result as Result;
    const { name, message, code } = said.error;
    if (name !== "QueryError") throw Object.assign(new Error(message), said.error);
    throw new QueryError(message, code === "scan-too-large" ? code : "query");
  }

  #open(): Asker {
    const child = fork(new URL("./asker-process.ts", import.meta.url), [], {
      ...{ serialization: "advanced", execArgv: ["--max-old-space-size=256"] },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const asker: Asker = { child, idle: undefined };
    this.#all.add(asker);
    child.once("exit", () => this.#forget(asker));
    // What is told to one that has ended is told by its end.
    child.on("error", () => undefined);
    child.send(this.#start);
    return asker;
  }

  #rest(asker: Asker): void {
    if (this.#isClosed || this.#idle.length >= mostIdle) return this.#end(asker);
    this.#idle.push(asker);
    asker.idle = setTimeout(() => this.#end(asker), idleMs);
    asker.idle.unref();
  }

  #end(asker: Asker): void {
    this.#forget(asker);
    asker.child.kill("SIGKILL");
  }

  #forget(asker: Asker): void {
    clearTimeout(asker.idle);
    this.#all.delete(asker);
    const at = this.#idle.indexOf(asker);
    if (at !== -1) this.#idle.splice(at, 1);
  }

  /** What it spilled. */
  async #tidy({ child }: Asker): Promise<void> {
    await rm(join(this.#start.folder, "spill", `asker-${child.pid}`), { recursive: true, force: true });
  }
}

/** What it says, or how it ended: of itself, which is by its memory, or by taking too long. */
function answerOf(
  child: ChildProcess,
  request: AskerRequest,
  timeoutMs: number | undefined,
): Promise<AskerAnswer | { readonly ended: "late" | "itself" }> {
  return new Promise((resolve) => {
    const settle = (said: Awaited<ReturnType<typeof answerOf>>): void => {
      clearTimeout(timer);
      child.off("message", onMessage).off("exit", onExit);
      resolve(said);
    };
    const onMessage = (message: unknown): void => settle(message as AskerAnswer);
    const onExit = (): void => settle({ ended: "itself" });
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => settle({ ended: "late" }), timeoutMs + graceMs);
    child.once("message", onMessage).once("exit", onExit);
    child.send(request, (error) => error !== null && onExit());
  });
}
