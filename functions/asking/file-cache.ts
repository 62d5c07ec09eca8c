/** Files of a lake on this machine's disk, shared by the questions that an instance answers one after the other. */
import { mkdirSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BusyError } from "../../site/console/work-limit.ts";
import { inTurns } from "../adapters/in-turns.ts";
import { DamagedFile } from "./damaged-files.ts";

export interface CachedFile {
  /** Of its content: what has the same name is the same. */
  readonly name: string;
  readonly bytes: number;
  /** Rejects with DamagedFile where others are held without it. */
  read(): Promise<Uint8Array>;
}

/** Files stay where they are until this is released. */
export interface Held {
  /** Undefined of a damaged one, and of any other that is not held. */
  pathOf(name: string): string | undefined;
  /** By name, what is wrong with it. */
  readonly damaged: ReadonlyMap<string, DamagedFile>;
  release(): void;
}

interface Entry {
  readonly bytes: number;
  readonly here: Promise<void>;
  users: number;
}

const atOnce = 8;

export class FileCache {
  readonly #folder: string;
  readonly #mostBytes: number;
  /** The longest unused first. */
  readonly #entries = new Map<string, Entry>();

  /** @param folder of nobody else; what an earlier process left there is removed @param mostBytes of all files */
  constructor(folder: string, mostBytes: number) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Rejects with BusyError where files that others hold leave no room, and as `read` does, but for damaged files. */
  async hold(wanted: readonly CachedFile[]): Promise<Held> {
    // Nothing is awaited before every file has its entry: what comes in between would see half of it.
    const files = [...new Map(wanted.map((file) => [file.name, file])).values()];
    const missing = files.filter(({ name }) => !this.#entries.has(name));
    this.#makeRoom(
      missing.reduce((sum, { bytes }) => sum + bytes, 0),
      new Set(files.map(({ name }) => name)),
    );
    this.#bring(missing);
    const entries = files.map(({ name }) => this.#use(name));
    let isHeld = true;
    const release = (): void => {
      if (isHeld) for (const entry of entries) entry.users -= 1;
      isHeld = false;
    };
    const here = new Set(files.map(({ name }) => name));
    const damaged = new Map<string, DamagedFile>();
    const settled = await Promise.allSettled(entries.map(({ here }) => here));
    for (const [index, one] of settled.entries()) {
      if (one.status === "fulfilled") continue;
      const failure: unknown = one.reason;
      if (!(failure instanceof DamagedFile)) {
        release();
        throw failure;
      }
      const { name } = files[index] as CachedFile;
      here.delete(name);
      damaged.set(name, failure);
    }
    const pathOf = (name: string) => (here.has(name) ? this.#pathOf(name) : undefined);
    return { pathOf, damaged, release };
  }

  #pathOf(name: string): string {
    return join(this.#folder, `${name}.parquet`);
  }

  #use(name: string): Entry {
    const entry = this.#entries.get(name) as Entry;
    entry.users += 1;
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    return entry;
  }

  /** Each entry settles: where one can't be had, those behind it are not tried. */
  #bring(files: readonly CachedFile[]): void {
    let failure: Error | null = null;
    const tasks = files.map((file) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      // Who holds it hears of it; that nobody does any more is no fault.
      promise.catch(() => undefined);
      this.#entries.set(file.name, { bytes: file.bytes, here: promise, users: 0 });
      return async (): Promise<void> => {
        try {
          if (failure !== null) throw failure;
          await writeFile(this.#pathOf(file.name), await file.read());
          resolve();
        } catch (error) {
          if (!(error instanceof DamagedFile)) failure = error as Error;
          this.#entries.delete(file.name);
          rmSync(this.#pathOf(file.name), { force: true });
          reject(error as Error);
        }
      };
    });
    void inTurns(tasks, atOnce);
  }

  /** What was not used for longest goes first. */
  #makeRoom(bytes: number, wanted: ReadonlySet<string>): void {
    let held = [...this.#entries.values()].reduce((sum, entry) => sum + entry.bytes, 0);
    const gone: string[] = [];
    for (const [name, entry] of this.#entries) {
      if (held + bytes <= this.#mostBytes) break;
      if (entry.users > 0 || wanted.has(name)) continue;
      held -= entry.bytes;
      gone.push(name);
    }
    if (held + bytes > this.#mostBytes)
      throw new BusyError("the lake is busy with other questions: ask again in a moment");
    for (const name of gone) {
      this.#entries.delete(name);
      rmSync(this.#pathOf(name), { force: true });
    }
  }
}
