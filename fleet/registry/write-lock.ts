/**
 * One writer at a time, over all processes of the machine. SQLite's lock on a file of its own serves: the operating
 * system releases it when a process dies, however it dies, so that there is no stale one to judge. The file stays empty
 * of anything of ours.
 */
import { DatabaseSync } from "node:sqlite";
import { RegistryError } from "./registry.ts";

const busy = 5;
const pauseMs = 3;

export class WriteLock {
  readonly #file: string;
  readonly #patienceMs: number;
  #database: DatabaseSync | null = null;

  /** `patienceMs`: how long another process may hold it. */
  constructor(file: string, patienceMs: number) {
    this.#file = file;
    this.#patienceMs = patienceMs;
  }

  /** Runs `work` while nobody else does. Rejects with {@link RegistryError} where another process keeps it. */
  async hold<Result>(work: () => Promise<Result>): Promise<Result> {
    const database = await this.#acquire();
    try {
      return await work();
    } finally {
      database.exec("ROLLBACK");
    }
  }

  close(): void {
    this.#database?.close();
    this.#database = null;
  }

  async #acquire(): Promise<DatabaseSync> {
    // The thread must not sleep: the broker's devices are served by it.
    const database = (this.#database ??= new DatabaseSync(this.#file, { timeout: 0 }));
    const deadline = performance.now() + this.#patienceMs;
    for (;;) {
      try {
        database.exec("BEGIN EXCLUSIVE");
        return database;
      } catch (error) {
        if ((error as { errcode?: number }).errcode !== busy) throw error;
        if (performance.now() > deadline) {
          throw new RegistryError(
            `the registry is being written to by another process for more than ${this.#patienceMs / 1000} s: ` +
              "wait until the other command has ended",
          );
        }
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
