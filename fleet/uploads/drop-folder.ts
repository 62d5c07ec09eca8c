/**
 * A folder in which machines drop files: each is taken once it has stopped changing, and is then moved out of the way, to
 * `done/` or to `failed/`. Where it lies says what became of it, so that a restart needs to remember nothing; a file that was
 * taken and not moved is known by its content.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { messageOf } from "../errors.ts";

const [doneFolder, failedFolder] = ["done", "failed"];
const reasonEnding = ".reason.txt";
/** Bytes of a name that leave room for a number and an ending below the 255 that file systems have. */
const mostNameBytes = 200;

/** What becomes of a file that was taken. */
export type AfterTaking = "move" | "remove";

export interface DropFolderOptions {
  readonly folder: string;
  /** Milliseconds that a file must not have changed for. */
  readonly settled: number;
  /** Default `move`: to `done/`. */
  readonly after?: AfterTaking;
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
    // Not below a folder that is away, such as a share that is not mounted.
    if (!statSync(options.folder).isDirectory()) throw new Error(`${options.folder} is no folder`);
    for (const name of [doneFolder, failedFolder]) mkdirSync(join(options.folder, name), { recursive: true });
  }

  /** Files that could not be taken and that nobody has cleared away. */
  get failures(): number {
    const names = readdirSync(join(this.#options.folder, failedFolder));
    return names.filter((name) => !name.endsWith(reasonEnding)).length;
  }

  /** Looks once, and takes what has settled, the oldest first. Rejects with the first that is passing; what is behind it waits. */
  async look(signal?: AbortSignal): Promise<LookResult> {
    const { folder, settled, take, isPassing } = this.#options;
    const found = this.#present();
    const [done, failed]: [string[], string[]] = [[], []];
    for (const [name, seen] of found) {
      if (signal?.aborted === true) break;
      if (this.#now() - seen.since < settled) continue;
      try {
        await take(join(folder, name));
        // What was added meanwhile was not taken: it is another file now, of which the beginning is known.
        if (this.#hasChanged(name, seen)) continue;
        this.#clear(name);
        done.push(name);
      } catch (error) {
        if (isPassing(error)) throw error;
        if (this.#hasChanged(name, seen)) continue;
        this.#putAside(name, messageOf(error));
        failed.push(name);
      }
    }
    return { done, failed, waiting: found.length - done.length - failed.length };
  }

  /** The files that there are, with the time since which each is as it is now. */
  #present(): readonly (readonly [string, Seen])[] {
    const now = this.#now();
    const seen = new Map<string, Seen>();
    for (const { name } of readdirSync(this.#options.folder, { withFileTypes: true })) {
      // Writers hide what is not finished behind a dot or the ending of their transfer program.
      if (/^\.|\.(part|tmp|filepart|crdownload)$/i.test(name)) continue;
      const state = this.#stateOf(name);
      if (state === null) continue;
      const last = this.#seen.get(name);
      const isSame = last?.size === state.size && last.changedMs === state.changedMs;
      // A clock of another machine may have written the file's time: only what was seen here counts.
      seen.set(name, { ...state, since: isSame ? last.since : now });
    }
    this.#seen = seen;
    return [...seen].toSorted(([, one], [, other]) => one.changedMs - other.changedMs);
  }

  /** Null where there is no file of that name: links and devices are none, whatever they lead to. */
  #stateOf(name: string): Pick<Seen, "size" | "changedMs"> | null {
    const status = lstatSync(join(this.#options.folder, name), { throwIfNoEntry: false });
    return status?.isFile() === true ? { size: status.size, changedMs: status.mtimeMs } : null;
  }

  #hasChanged(name: string, { size, changedMs }: Seen): boolean {
    const state = this.#stateOf(name);
    return state?.size !== size || state.changedMs !== changedMs;
  }

  #clear(name: string): void {
    const path = join(this.#options.folder, name);
    if (this.#options.after === "remove") rmSync(path);
    else renameSync(path, this.#freePath(name, doneFolder));
    this.#seen.delete(name);
  }

  /** The reason first: a full disk then leaves the file where it is. */
  #putAside(name: string, reason: string): void {
    const path = this.#freePath(name, failedFolder);
    writeFileSync(`${path}${reasonEnding}`, `${reason}\n`);
    renameSync(join(this.#options.folder, name), path);
    this.#seen.delete(name);
  }

  /** Under its own name, or one with a number where that is taken: nothing is ever replaced. */
  #freePath(name: string, to: string): string {
    const short =
      Buffer.byteLength(name) > mostNameBytes
        ? `${name.slice(0, 40)}~${createHash("sha256").update(name).digest("hex").slice(0, 12)}`
        : name;
    for (let number = 1; ; number++) {
      const path = join(this.#options.folder, to, number === 1 ? short : `${short}.${number}`);
      if (!existsSync(path)) return path;
    }
  }
}
