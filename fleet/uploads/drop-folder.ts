/**
 * A folder in which machines drop files: each is taken once it has stopped changing, and is then moved out of the way, to
 * `done/` or to `failed/`. Where it lies says what became of it, so that a restart needs to remember nothing; a file that was
 * taken and not moved is known by its content.
 */
import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../errors.ts";

const [doneFolder, failedFolder] = ["done", "failed"];

export interface DropFolderOptions {
  readonly folder: string;
  /** Milliseconds that a file must not have changed for. */
  readonly settled: number;
  /** Takes one; rejects where it can't be taken, with what is to be written beside it. */
  readonly take: (path: string) => Promise<void>;
  /** True where the reason is not the file: it stays, and is tried again. */
  readonly isPassing: (error: unknown) => boolean;
  readonly now?: () => number;
}

export interface LookResult {
  readonly done: readonly string[];
  readonly failed: readonly string[];
  /** Files that still change, or could not be tried. */
  readonly waiting: number;
}

interface Seen {
  readonly size: number;
  readonly changedMs: number;
  /** When it was first seen so. */
  readonly since: number;
}

export class DropFolder {
  readonly #options: DropFolderOptions;
  readonly #now: () => number;
  #seen = new Map<string, Seen>();

  /** Makes the folders for what is done. Throws where the folder is none, or can't be written. */
  constructor(options: DropFolderOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    for (const name of [doneFolder, failedFolder]) mkdirSync(join(options.folder, name), { recursive: true });
  }

  /** Looks once, and takes what has settled, the oldest first. Rejects with what is passing, once the others are tried. */
  async look(signal?: AbortSignal): Promise<LookResult> {
    const { folder, settled, take, isPassing } = this.#options;
    const found = this.#present();
    const [done, failed]: [string[], string[]] = [[], []];
    for (const [name, { since }] of found) {
      if (signal?.aborted === true) break;
      if (this.#now() - since < settled) continue;
      const path = join(folder, name);
      try {
        await take(path);
        this.#move(name, doneFolder);
        done.push(name);
      } catch (error) {
        if (isPassing(error)) throw error;
        const moved = this.#move(name, failedFolder);
        writeFileSync(`${moved}.reason.txt`, `${messageOf(error)}\n`);
        failed.push(name);
      }
    }
    return { done, failed, waiting: found.length - done.length - failed.length };
  }

  /** The files that there are, with the time since which each is as it is now. */
  #present(): readonly (readonly [string, Seen])[] {
    const now = this.#now();
    const seen = new Map<string, Seen>();
    for (const entry of readdirSync(this.#options.folder, { withFileTypes: true })) {
      // Writers hide what is not finished behind a dot or the ending of their transfer program.
      if (!entry.isFile() || /^\.|\.(part|tmp|filepart|crdownload)$/i.test(entry.name)) continue;
      const status = statSync(join(this.#options.folder, entry.name), { throwIfNoEntry: false });
      if (status === undefined) continue;
      const { size, mtimeMs: changedMs } = status;
      const last = this.#seen.get(entry.name);
      const isSame = last?.size === size && last.changedMs === changedMs;
      // A clock of another machine may have written the file's time: only what was seen here counts.
      seen.set(entry.name, { size, changedMs, since: isSame ? last.since : now });
    }
    this.#seen = seen;
    return [...seen].toSorted(([, one], [, other]) => one.changedMs - other.changedMs);
  }

  /** Under its own name, or one with a number where that is taken: nothing is ever replaced. */
  #move(name: string, to: string): string {
    const target = join(this.#options.folder, to);
    for (let number = 1; ; number++) {
      const path = join(target, number === 1 ? name : `${name}.${number}`);
      if (existsSync(path)) continue;
      renameSync(join(this.#options.folder, name), path);
      this.#seen.delete(name);
      return path;
    }
  }
}
