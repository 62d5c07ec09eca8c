/** Rows of a replay on their way into the lake, as files of their days that lie on this machine: memory holds a batch. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parquetSink } from "../adapters/lake.ts";
import type { ParquetCodec } from "../adapters/parquet.ts";
import type { RowBlock } from "../core/columns.ts";
import { quarantineTable } from "../core/table.ts";
import type { RowSink } from "../ports.ts";
import type { FileHere } from "./fetched-files.ts";
import type { ReplayPlaces } from "./replay-options.ts";

export class FreshFiles {
  readonly curated: RowSink;
  readonly quarantine: RowSink;
  readonly #folder: string;
  /** By container and key: a batch that comes twice is there once, as in the lake. */
  #files = new Map<string, FileHere>();
  #written = 0;

  constructor(folder: string, places: Pick<ReplayPlaces, "curated" | "quarantine">, codec: ParquetCodec) {
    this.#folder = folder;
    const create = (container: string, key: string, bytes: Uint8Array) => this.#keep(container, key, bytes);
    const read = () => Promise.reject(new Error("what is new is not read"));
    const sinkOf = (container: string) => parquetSink({ create, read }, container, "hex", codec);
    this.curated = sinkOf(places.curated);
    this.quarantine = sinkOf(places.quarantine);
  }

  get all(): readonly FileHere[] {
    return [...this.#files.values()];
  }

  /** How many there are: to go {@link back} to. */
  get count(): number {
    return this.#files.size;
  }

  async write(blocks: readonly RowBlock[]): Promise<void> {
    for (const block of blocks)
      await (block.table.name === quarantineTable.name ? this.quarantine : this.curated).write(block);
  }

  /** Takes away what came behind the first `count`. */
  async back(count: number): Promise<void> {
    const kept = [...this.#files].slice(0, count);
    for (const { path } of this.all.slice(count)) await rm(path, { force: true });
    this.#files = new Map(kept);
  }

  async #keep(container: string, key: string, bytes: Uint8Array): Promise<boolean> {
    const id = `${container}/${key}`;
    if (this.#files.has(id)) return false;
    const [, table = "", day = "", name = ""] = /^([^/]+)\/dt=([^/]+)\/(hr=\d\d\/)/.exec(key) ?? [];
    const path = join(this.#folder, `fresh-${this.#written++}.parquet`);
    this.#files.set(id, { container, table, day, name, path });
    await writeFile(path, bytes);
    return true;
  }
}
