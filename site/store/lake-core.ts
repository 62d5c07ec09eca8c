/** The lake inside its thread: stage, flush, query. Everything that touches DuckDB and the manifest is here. */
import { mkdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { quarantineTable, readingsTable, type TableSchema } from "../../functions/core/table.ts";
import type { LogPosition, PipelineStats } from "../ports.ts";
import type { Keyring } from "../seal.ts";
import { findDamaged, setAside } from "./damage.ts";
import { startEngine, type Engine } from "./engine.ts";
import { tidy } from "./tidy.ts";
import { Manifest, type Commit, type LakeFile } from "./manifest.ts";
import type { PackedHour, PackedTable } from "./packed.ts";
import { Staging } from "./staging.ts";
import { fileScan, latestView, rateView, tableView } from "./views.ts";
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
  readonly #staging = new Map<string, Staging>();
  readonly #schemas = new Map<string, TableSchema>();
  #position: LogPosition;
  #stats: PipelineStats;
  #isTorn = false;

  private constructor(options: LakeCoreOptions, manifest: Manifest, engine: Engine) {
    this.folder = options.folder;
    this.#onDamage = options.onDamage;
    this.manifest = manifest;
    this.engine = engine;
    this.#position = manifest.position;
    this.#stats = manifest.stats;
    for (const table of [readingsTable, quarantineTable]) this.#schemas.set(table.name, table);
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
        await core.#restoreFrameTables();
        await core.#showFiles(manifest.files);
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
    return [...this.#staging.values()].reduce((sum, { rows }) => sum + rows, 0);
  }

  get frameTables(): TableSchema[] {
    return [...this.#schemas.values()].filter(({ name }) => name.startsWith("frames_"));
  }

  /** False where memory does not say what the disk does, or the engine gave up: then only opening the lake again helps. */
  async isUsable(): Promise<boolean> {
    if (this.#isTorn) return false;
    return this.engine.writer.run("SELECT 1").then(
      () => true,
      () => false,
    );
  }

  async stage({ tables, next, delta }: StagedBatch): Promise<void> {
    await this.#whole(async () => {
      for (const packed of tables) {
        const staging = await this.#stagingOf(packed.table);
        staging.append(packed);
      }
    });
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
    const [position, stats] = [this.#position, this.#stats];
    const { segment, record } = this.manifest.position;
    if (segment === position.segment && record === position.record) return position;
    const stagings = [...this.#staging.values()].filter(({ rows }) => rows > 0);
    await this.change(async (write) => {
      for (const staging of stagings) {
        await staging.withLabels((select) => write(staging.table, select, staging.hours));
      }
      return { remove: [], position, stats, staged: stagings };
    });
    return position;
  }

  /**
   * One change of the lake, from its new files to its manifest record: all of it, or nothing. `work` writes
   * selections to files by its argument and says what else the record holds.
   */
  async change(work: (write: WriteSelection) => Promise<Change>): Promise<void> {
    if (this.#isTorn) throw new Error("the lake has to be opened again");
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

  /** Files of a table, by partition column. */
  filesOf(table: string): LakeFile[] {
    return this.manifest.files.filter((file) => file.table === table);
  }

  schemaOf(table: string): TableSchema | undefined {
    return this.#schemas.get(table);
  }

  /** Those that are still part of the lake; the others stay readable. */
  async setAside(suspects: readonly LakeFile[]): Promise<void> {
    const damaged = suspects.filter((file) => this.manifest.files.includes(file));
    setAside(this.folder, this.manifest, damaged);
    this.#onDamage(damaged.map(({ path }) => path));
    await this.#whole(() => this.#showFiles(this.manifest.files, new Set(damaged.map(({ table }) => table))));
  }

  async close(): Promise<void> {
    this.engine.close();
    this.manifest.close();
    rmSync(join(this.folder, "spill"), { recursive: true, force: true });
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
      await this.#showFiles(files, changed);
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
    if (this.#isTorn) throw new Error("the lake has to be opened again");
    this.#isTorn = true;
    await step();
    this.#isTorn = false;
  }

  #named(paths: ReadonlySet<string>): LakeFile[] {
    return this.manifest.files.filter(({ path }) => paths.has(path));
  }

  /** Views over `files`; with `changed` only those of its tables. */
  async #showFiles(files: readonly LakeFile[], changed?: ReadonlySet<string>): Promise<void> {
    for (const [name, table] of this.#schemas) {
      if (changed !== undefined && !changed.has(name)) continue;
      const own = files.filter((file) => file.table === name);
      await this.engine.writer.run(tableView(name, table, this.folder, own, this.#staging.get(name)));
    }
    if (changed !== undefined) return;
    await this.engine.writer.run(latestView(this.frameTables));
    await this.engine.writer.run(rateView(this.frameTables));
  }

  async #stagingOf(table: TableSchema): Promise<Staging> {
    const known = this.#staging.get(table.name);
    if (known !== undefined) return known;
    const staging = await Staging.create(table, this.engine.writer, this.engine.native);
    this.#staging.set(table.name, staging);
    this.#schemas.set(table.name, table);
    await this.#showFiles(this.manifest.files);
    return staging;
  }

  /** The columns of wide tables are in their files; nothing else remembers them. */
  async #restoreFrameTables(): Promise<void> {
    for (const name of new Set(this.manifest.files.map(({ table }) => table))) {
      if (this.#schemas.has(name)) continue;
      const scan = fileScan(this.folder, this.filesOf(name).slice(-1));
      const reader = await this.engine.writer.runAndReadAll(`DESCRIBE SELECT * FROM ${scan}`);
      const columns = reader.getRows().map(([column, type]) => ({
        name: String(column),
        type: String(type) === "DOUBLE" ? ("double" as const) : ("text" as const),
        nullable: true,
        doc: "",
      }));
      const shape = { name, doc: "", sortBy: ["device_id", "ts"], partitionBy: "ts" };
      this.#schemas.set(name, { ...shape, columns });
    }
  }
}
