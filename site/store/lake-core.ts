/** The lake inside its thread: stage, flush, query. Everything that touches DuckDB and the manifest is here. */
import { mkdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { TableSchema } from "../../functions/core/table.ts";
import type { LogPosition, PipelineStats } from "../ports.ts";
import type { Keyring } from "../seal.ts";
import { makeRoomForAlarms } from "./alarms-kept.ts";
import { Catalogue } from "./catalogue.ts";
import type { Change, ChangeFiles } from "./change.ts";
import { findDamaged, setAside } from "./damage.ts";
import { startEngine, type Engine } from "./engine.ts";
import { FileWriter } from "./file-writer.ts";
import { Manifest, type Commit, type LakeFile } from "./manifest.ts";
import type { PackedTable } from "./packed.ts";
import { bytesOf, StagedBatches, type Portion } from "./staged-batches.ts";
import { tidy } from "./tidy.ts";

export interface LakeCoreOptions {
  /** Absolute; holds raw/, curated/, quarantine/, manifest/. */
  readonly folder: string;
  readonly keyring: Keyring;
  readonly extensionFile: string | undefined;
  /** Told of files that were set aside, by their paths in the lake. */
  readonly onDamage: (paths: readonly string[]) => void;
  /** Told of staged packs that are in files: their memory is not read any more. */
  readonly onWritten?: (packs: readonly PackedTable[]) => void;
}

export interface DecodedBatch {
  readonly tables: readonly PackedTable[];
  /** Behind the last message in `tables`. */
  readonly next: LogPosition;
  readonly delta: PipelineStats;
}

/** Everything that is staged, in as many portions as it takes, or the oldest one. */
export type FlushExtent = "all" | "portion";
/** For questions, beyond which DuckDB writes to disk. */
const readerMemory = "80MB";

interface LakeParts {
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly catalogue: Catalogue;
  readonly writer: FileWriter;
}

export class LakeCore {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly #onDamage: LakeCoreOptions["onDamage"];
  readonly #catalogue: Catalogue;
  readonly #writer: FileWriter;
  readonly #batches = new StagedBatches();
  #position: LogPosition;
  #stats: PipelineStats;
  /** Steps that must not be left half done and are not over. */
  #unfinished = 0;
  #flushing: Promise<LogPosition> | null = null;

  private constructor(options: LakeCoreOptions, parts: LakeParts) {
    this.folder = options.folder;
    this.#onDamage = options.onDamage;
    this.manifest = parts.manifest;
    this.engine = parts.engine;
    this.#catalogue = parts.catalogue;
    this.#writer = parts.writer;
    this.#position = this.manifest.position;
    this.#stats = this.manifest.stats;
  }

  /** Files that are missing, cut or changed are set aside and told to `onDamage`; the rest is the lake. */
  static async open(options: LakeCoreOptions): Promise<LakeCore> {
    const { folder, keyring, extensionFile, onDamage, onWritten = () => undefined } = options;
    mkdirSync(join(folder, "drafts"), { recursive: true, mode: 0o700 });
    const manifest = Manifest.open(join(folder, "manifest"), keyring.key("manifest"));
    await tidy(folder, manifest, onDamage);
    const engines = { folder, key: keyring.key("curated"), extensionFile };
    let damaged = await findDamaged(folder, manifest.files, "size");
    for (;;) {
      setAside(folder, manifest, damaged);
      if (damaged.length > 0) onDamage(damaged.map(({ path }) => path));
      // A damaged file can put the whole engine out of order: each try has one of its own.
      const engine = await startEngine({ ...engines, name: "reader", threads: 2, memory: readerMemory });
      const catalogue = new Catalogue(folder, engine, onWritten);
      try {
        await makeRoomForAlarms(engine);
        await catalogue.restoreFrameTables(manifest.files);
        await catalogue.showFiles(manifest.files);
      } catch (error) {
        engine.close();
        damaged = await findDamaged(folder, manifest.files, "content");
        if (damaged.length === 0) throw error;
        continue;
      }
      const writer = await FileWriter.start(engines);
      return new LakeCore(options, { manifest, engine, catalogue, writer });
    }
  }

  get position(): LogPosition {
    return this.#position;
  }

  get stats(): PipelineStats {
    return this.#stats;
  }

  /** What is staged, in portions that are written together; from 1 on a flush is due. */
  get stagedPortions(): number {
    return this.#batches.portions;
  }

  /** False where memory does not say what the disk does, or the engine gave up: then only opening the lake again helps. */
  async isUsable(): Promise<boolean> {
    if (this.#unfinished > 0) return false;
    try {
      await Promise.all([this.engine.main.run("SELECT 1"), this.#writer.check()]);
      return true;
    } catch {
      // Nothing may begin any more: the thread must not end in the middle of a file.
      this.#unfinished++;
      return false;
    }
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
  stage({ tables, next, delta }: DecodedBatch): void {
    const stagings = tables.map((packed) => this.#catalogue.append(packed));
    this.#position = next;
    this.#stats = {
      messages: this.#stats.messages + delta.messages,
      rows: this.#stats.rows + delta.rows,
      frames: this.#stats.frames + delta.frames,
      quarantined: this.#stats.quarantined + delta.quarantined,
      duplicates: this.#stats.duplicates + delta.duplicates,
    };
    const rows = tables.reduce((sum, packed) => sum + packed.rows, 0);
    const bytes = tables.reduce((sum, packed) => sum + bytesOf(packed), 0);
    this.#batches.add({ position: next, stats: this.#stats, rows, bytes, stagings });
  }

  /** Writes what is staged; resolves with the position that is then safe. On an error the rows stay staged. */
  async flush(extent: FlushExtent): Promise<LogPosition> {
    this.#flushing = this.#flush(extent);
    try {
      return await this.#flushing;
    } finally {
      this.#flushing = null;
    }
  }

  /**
   * One change of the lake, from its new files to its manifest record: all of it, or nothing. `work` makes the files
   * by its argument and says what else the record holds; `null` where there is nothing to change after all.
   */
  async change(work: (files: ChangeFiles) => Promise<Change | null>): Promise<void> {
    this.#checkWhole();
    const { folder } = this;
    const add: LakeFile[] = [];
    const added = (file: LakeFile): void => void add.push(file);
    try {
      const change = await work({
        engine: this.#writer.engine,
        soFar: add,
        ofRows: (table, packs) => this.#writer.writeRows(table, packs, added),
        ofFiles: (table, files) => this.#writer.mergeFiles(table, files, added),
        made: (files) => files.forEach(added),
        ofSomeRows: async (...of) => added(await this.#writer.writeSomeRows(...of)),
        drop: (file) => this.#removeUnknown(add.splice(add.indexOf(file), 1)),
      });
      if (change === null) return await this.#removeUnknown(add);
      const { written, ...rest } = change;
      const kept = new Set(add.map(({ path }) => path));
      const commit = { add, ...rest, remove: rest.remove.filter((path) => !kept.has(path)) };
      await this.#swap(commit, written);
      for (const path of commit.remove) await rm(join(folder, path), { force: true });
    } catch (error) {
      await this.#removeUnknown(add);
      throw error;
    }
  }

  /** What there is to ask: the tables, and the rows of one that are in `files` or staged. */
  get catalogue(): Pick<Catalogue, "tables" | "frameTables" | "rowsOf"> {
    return this.#catalogue;
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
    this.#writer.close();
    this.manifest.close();
    rmSync(join(this.folder, "spill"), { recursive: true, force: true });
  }

  async #flush(extent: FlushExtent): Promise<LogPosition> {
    for (let left = this.#batches.count; left > 0;) {
      const portion = this.#batches.oldest(left) as Portion;
      left -= portion.batches;
      await this.change(async (files) => {
        for (const [staging, packs] of portion.packs) {
          await files.ofRows(staging.table, staging.packs.slice(0, packs));
        }
        const { position, stats } = portion;
        return { remove: [], position, stats, written: portion };
      });
      if (extent === "portion") break;
    }
    return this.manifest.position;
  }

  async #removeUnknown(files: readonly LakeFile[]): Promise<void> {
    const known = new Set(this.manifest.files.map(({ path }) => path));
    for (const { path } of files) if (!known.has(path)) await rm(join(this.folder, path), { force: true });
  }

  #showStaged(): void {
    this.#unfinished++;
    for (const staging of this.#catalogue.stagings) staging.show();
    this.#batches.shown();
    this.#unfinished--;
  }

  /** In memory first, because that can be taken back; the record in the manifest decides. */
  async #swap(commit: Commit, written: Portion | undefined): Promise<void> {
    const { main } = this.engine;
    const gone = new Set(commit.remove);
    const files = [...this.manifest.files.filter(({ path }) => !gone.has(path)), ...commit.add];
    const changed = new Set([...commit.add, ...this.#named(gone)].map(({ table }) => table));
    await main.run("BEGIN");
    try {
      for (const staging of written?.packs.keys() ?? []) await staging.shown.clear();
      await this.#catalogue.showFiles(files, changed);
      this.manifest.commit(commit);
    } catch (error) {
      await main.run("ROLLBACK");
      throw error;
    }
    await this.#whole(() => main.run("COMMIT"));
    if (written !== undefined) this.#batches.written(written);
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
