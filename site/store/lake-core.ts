/** The lake inside its thread: stage, flush, query. Everything that touches DuckDB and the manifest is here. */
import { mkdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { TableSchema } from "../../functions/core/table.ts";
import type { LogPosition, PipelineStats } from "../ports.ts";
import type { Keyring } from "../seal.ts";
import { Catalogue } from "./catalogue.ts";
import { findDamaged, setAside } from "./damage.ts";
import { startEngine, type Engine } from "./engine.ts";
import { tidy } from "./tidy.ts";
import { Manifest, type Commit, type LakeFile } from "./manifest.ts";
import type { PackedHour, PackedTable } from "./packed.ts";
import type { Staging } from "./staging.ts";
import { writeFiles } from "./write-files.ts";

export interface LakeCoreOptions {
  /** Absolute; holds raw/, curated/, quarantine/, manifest/. */
  readonly folder: string;
  readonly keyring: Keyring;
  readonly extensionFile: string | undefined;
  /** Told of files that were set aside, by their paths in the lake. */
  readonly onDamage: (paths: readonly string[]) => void;
}

export interface StagedBatch {
  readonly tables: readonly PackedTable[];
  /** Behind the last message in `tables`. */
  readonly next: LogPosition;
  readonly delta: PipelineStats;
}

/** Rows of one file at the most, so that a flush is bounded in time and memory. */
export const flushRows = 100_000;

/** Writes a selection of a table into files that are part of the change. */
export type WriteSelection = (
  table: TableSchema,
  select: string,
  hours?: readonly PackedHour[],
) => Promise<void>;

export interface Change extends Omit<Commit, "add"> {
  /** Whose rows are in the new files. */
  readonly staged?: readonly Staging[];
}

export class LakeCore {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly #onDamage: LakeCoreOptions["onDamage"];
  readonly #catalogue: Catalogue;
  #position: LogPosition;
  #stats: PipelineStats;
  /** Steps that must not be left half done and are not over. */
  #unfinished = 0;
  #flushing: Promise<LogPosition> | null = null;

  private constructor(options: LakeCoreOptions, manifest: Manifest, engine: Engine) {
    this.folder = options.folder;
    this.#onDamage = options.onDamage;
    this.manifest = manifest;
    this.engine = engine;
    this.#position = manifest.position;
    this.#stats = manifest.stats;
    this.#catalogue = new Catalogue(options.folder, engine);
  }

  /** Files that are missing, cut or changed are set aside and told to `onDamage`; the rest is the lake. */
  static async open(options: LakeCoreOptions): Promise<LakeCore> {
    const { folder, keyring, extensionFile, onDamage } = options;
    mkdirSync(join(folder, "drafts"), { recursive: true, mode: 0o700 });
    const manifest = Manifest.open(join(folder, "manifest"), keyring.key("manifest"));
    await tidy(folder, manifest, onDamage);
    let damaged = await findDamaged(folder, manifest.files, "size");
    for (;;) {
      setAside(folder, manifest, damaged);
      if (damaged.length > 0) onDamage(damaged.map(({ path }) => path));
      // A damaged file can put the whole engine out of order: each try has one of its own.
      const engine = await startEngine(folder, keyring.key("curated"), extensionFile);
      const core = new LakeCore(options, manifest, engine);
      try {
        await core.#catalogue.restoreFrameTables(manifest.files);
        await core.#catalogue.showFiles(manifest.files);
        return core;
      } catch (error) {
        engine.close();
        damaged = await findDamaged(folder, manifest.files, "content");
        if (damaged.length === 0) throw error;
      }
    }
  }

  get position(): LogPosition {
    return this.#position;
  }

  get stats(): PipelineStats {
    return this.#stats;
  }

  get stagedRows(): number {
    return this.#catalogue.stagings.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** False where memory does not say what the disk does, or the engine gave up: then only opening the lake again helps. */
  async isUsable(): Promise<boolean> {
    if (this.#unfinished > 0) return false;
    return this.engine.writer.run("SELECT 1").then(
      () => true,
      () => false,
    );
  }

  /** Makes room for the first rows of tables, before they are staged. */
  async addTables(tables: readonly TableSchema[]): Promise<void> {
    await this.#whole(async () => {
      for (const table of tables) await this.#catalogue.makeRoomFor(table);
      await this.#catalogue.showFiles(this.manifest.files);
    });
  }

  hasRoomFor(table: TableSchema): boolean {
    return this.#catalogue.hasRoomFor(table);
  }

  /** Resolves when queries see everything that is staged. */
  async show(): Promise<void> {
    while (this.#flushing !== null) await this.#flushing.catch(() => undefined);
    this.#showStaged();
  }

  /** Takes a batch over as a whole: no flush comes in between. */
  stage({ tables, next, delta }: StagedBatch): void {
    for (const packed of tables) this.#catalogue.append(packed);
    this.#position = next;
    this.#stats = {
      messages: this.#stats.messages + delta.messages,
      rows: this.#stats.rows + delta.rows,
      frames: this.#stats.frames + delta.frames,
      quarantined: this.#stats.quarantined + delta.quarantined,
      duplicates: this.#stats.duplicates + delta.duplicates,
    };
  }

  /** Writes what is staged; resolves with the position that is then safe. On an error the rows stay staged. */
  async flush(): Promise<LogPosition> {
    this.#flushing = this.#flush();
    try {
      return await this.#flushing;
    } finally {
      this.#flushing = null;
    }
  }

  /**
   * One change of the lake, from its new files to its manifest record: all of it, or nothing. `work` writes
   * selections to files by its argument and says what else the record holds.
   */
  async change(work: (write: WriteSelection) => Promise<Change>): Promise<void> {
    this.#checkWhole();
    const { engine, folder } = this;
    const add: LakeFile[] = [];
    try {
      const { staged = [], ...rest } = await work(async (table, select, hours) => {
        for await (const file of writeFiles({ engine, folder, table, select, hours })) add.push(file);
      });
      const added = new Set(add.map(({ path }) => path));
      const commit = { add, ...rest, remove: rest.remove.filter((path) => !added.has(path)) };
      await this.#swap(commit, staged);
      for (const path of commit.remove) await rm(join(folder, path), { force: true });
    } catch (error) {
      const known = new Set(this.manifest.files.map(({ path }) => path));
      for (const { path } of add) {
        if (!known.has(path)) await rm(join(folder, path), { force: true });
      }
      throw error;
    }
  }

  schemaOf(table: string): TableSchema | undefined {
    return this.#catalogue.schemaOf(table);
  }

  /** Those that are still part of the lake; the others stay readable. */
  async setAside(suspects: readonly LakeFile[]): Promise<void> {
    const damaged = suspects.filter((file) => this.manifest.files.includes(file));
    setAside(this.folder, this.manifest, damaged);
    this.#onDamage(damaged.map(({ path }) => path));
    const tables = new Set(damaged.map(({ table }) => table));
    await this.#whole(() => this.#catalogue.showFiles(this.manifest.files, tables));
  }

  async close(): Promise<void> {
    this.engine.close();
    this.manifest.close();
    rmSync(join(this.folder, "spill"), { recursive: true, force: true });
  }

  async #flush(): Promise<LogPosition> {
    const [position, stats] = [this.#position, this.#stats];
    const { segment, record } = this.manifest.position;
    if (segment === position.segment && record === position.record) return position;
    this.#showStaged();
    const { stagings } = this.#catalogue;
    await this.change(async (write) => {
      for (const staging of stagings) {
        await staging.withLabels((select) => write(staging.table, select, staging.hours));
      }
      return { remove: [], position, stats, staged: stagings };
    });
    return position;
  }

  #showStaged(): void {
    this.#unfinished++;
    for (const staging of this.#catalogue.stagings) staging.show();
    this.#unfinished--;
  }

  /** In memory first, because that can be taken back; the record in the manifest decides. */
  async #swap(commit: Commit, staged: readonly Staging[]): Promise<void> {
    const { writer } = this.engine;
    const gone = new Set(commit.remove);
    const files = [...this.manifest.files.filter(({ path }) => !gone.has(path)), ...commit.add];
    const changed = new Set([...commit.add, ...this.#named(gone)].map(({ table }) => table));
    await writer.run("BEGIN");
    try {
      for (const staging of staged) await staging.clear();
      await this.#catalogue.showFiles(files, changed);
      this.manifest.commit(commit);
    } catch (error) {
      await writer.run("ROLLBACK");
      throw error;
    }
    await this.#whole(() => writer.run("COMMIT"));
    for (const staging of staged) staging.cleared();
  }

  /** What must not be left half done: where it fails, nothing may be built on it. */
  async #whole(step: () => Promise<unknown>): Promise<void> {
    this.#checkWhole();
    this.#unfinished++;
    await step();
    this.#unfinished--;
  }

  #checkWhole(): void {
    if (this.#unfinished > 0) throw new Error("the lake has to be opened again");
  }

  #named(paths: ReadonlySet<string>): LakeFile[] {
    return this.manifest.files.filter(({ path }) => paths.has(path));
  }
}
