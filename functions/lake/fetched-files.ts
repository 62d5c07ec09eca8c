/** Files of a lake that lie on this machine, each fetched once: what they hold never changes. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ObjectStore } from "../ports.ts";
import type { DayFiles } from "./day-files.ts";
import { dayFolder } from "./day-record.ts";

export interface FileHere {
  readonly container: string;
  readonly table: string;
  readonly day: string;
  /** Below the day's folder; of a new one, the hour's. */
  readonly name: string;
  readonly path: string;
}

export class FetchedFiles {
  readonly #folder: string;
  readonly #objects: Pick<ObjectStore, "read">;
  /** By container and key. */
  readonly #fetched = new Map<string, string>();

  constructor(folder: string, objects: Pick<ObjectStore, "read">) {
    this.#folder = folder;
    this.#objects = objects;
  }

  /** Those that count. */
  async of(container: string, table: string, days: readonly DayFiles[]): Promise<FileHere[]> {
    const here: FileHere[] = [];
    for (const { day, files } of days) {
      for (const { key } of files) {
        const id = `${container}/${key}`;
        const known = this.#fetched.get(id);
        const path = known ?? join(this.#folder, `${this.#fetched.size}.parquet`);
        if (known === undefined) await writeFile(path, await this.#objects.read(container, key));
        this.#fetched.set(id, path);
        here.push({ container, table, day, name: key.slice(dayFolder(table, day).length), path });
      }
    }
    return here;
  }
}
