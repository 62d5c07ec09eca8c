/** Files of a lake on this machine's disk, shared by the questions that an instance answers one after the other. */
import { mkdirSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BusyError } from "../../site/console/work-limit.ts";
import { inTurns } from "../adapters/in-turns.ts";

export interface CachedFile {
  /** Of its content: what has the same name is the same. */
  readonly name: string;
  readonly bytes: number;
  read(): Promise<Uint8Array>;
}

/** Files stay where they are until this is released. */
export interface Held {
  pathOf(name: string): string;
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

  /** Rejects with BusyError where files that others hold leave no room, and as `read` does. */
  async hold(wanted: readonly CachedFile[]): Promise<Held> {
    // Nothing is awaited before every file has its entry: what comes in between would see half of it.
    const files = [...new Map(wanted.map((file) => [file.name, file])).values()];
    const missing = files.filter(({ name }) => !this.#entries.has(name));
    this.#makeRoom(
      missing.reduce((sum, { bytes }) => sum + bytes, 0),
      new Set(files.map(({ name }) => name)),
    );
    const brought = this.#bring(missing);
    const entries = files.map(({ name }) => this.#use(name));
    let isHeld = true;
    const release = (): void => {
      if (isHeld) for (const entry of entries) entry.users -= 1;
      isHeld = false;
    };
    try {
      await brought;
      await Promise.all(entries.map(({ here }) => here));
      return { pathOf: (name) => this.#pathOf(name), release };
    } catch (error) {
      release();
      throw error;
    }
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

  #bring(files: readonly CachedFile[]): Promise<void> {
    const tasks = files.map((file) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      // Who holds it hears of it; that nobody does any more is no fault.
      promise.catch(() => undefined);
      this.#entries.set(file.name, { bytes: file.bytes, here: promise, users: 0 });
      return async (): Promise<void> => {
        try {
          await writeFile(this.#pathOf(file.name), await file.read());
          resolve();
        } catch (error) {
          this.#entries.delete(file.name);
          rmSync(this.#pathOf(file.name), { force: true });
          reject(error as Error);
        }
      };
    });
    return inTurns(tasks, atOnce);
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
