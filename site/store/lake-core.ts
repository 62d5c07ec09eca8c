/** The lake inside its thread: stage, flush, query. Everything that touches DuckDB and the manifest is here. */
import { mkdirSync, rmSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { columnList, quoteIdentifier, readingsTable, type TableSchema } from "../../functions/core/table.ts";
import type { LogPosition, PipelineStats } from "../ports.ts";
import type { Keyring } from "../seal.ts";
import { encryption, startEngine, type Engine } from "./engine.ts";
import { partitionOf, removeUnknown, settle, sha256Of } from "./files.ts";
import { Manifest, type LakeFile } from "./manifest.ts";
import { quarantineTable } from "./pack.ts";
import type { PackedTable } from "./packed.ts";
import { Staging, type Generation } from "./staging.ts";
import { fileScan, latestView, rateView, tableView } from "./views.ts";

export interface LakeCoreOptions {
  /** Absolute; holds raw/, curated/, quarantine/, manifest/. */
  readonly folder: string;
  readonly keyring: Keyring;
  readonly extensionFile: string | undefined;
}

export interface StageRequest {
  readonly tables: readonly PackedTable[];
  /** Behind the last message in `tables`. */
  readonly next: LogPosition;
  readonly delta: PipelineStats;
}

/** Rows of one file at the most, so that a flush is bounded in time and memory. */
export const flushRows = 100_000;

const zoneOf = (table: TableSchema): string =>
  table.name === quarantineTable.name ? quarantineTable.name : `curated/${table.name}`;

export class LakeCore {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly #staging = new Map<string, Staging>();
  readonly #schemas = new Map<string, TableSchema>();
  #generation: Generation = "a";
  #position: LogPosition;
  #stats: PipelineStats;

  private constructor(folder: string, manifest: Manifest, engine: Engine) {
    this.folder = folder;
    this.manifest = manifest;
    this.engine = engine;
    this.#position = manifest.position;
    this.#stats = manifest.stats;
  }

  static async open({ folder, keyring, extensionFile }: LakeCoreOptions): Promise<LakeCore> {
    mkdirSync(join(folder, "drafts"), { recursive: true, mode: 0o700 });
    const manifest = Manifest.open(join(folder, "manifest"), keyring.key("manifest"));
    const known = new Set(manifest.files.map(({ path }) => path));
    rmSync(join(folder, "spill"), { recursive: true, force: true });
    await removeUnknown(folder, ["drafts", "curated", "quarantine"], known);
    const engine = await startEngine(folder, keyring.key("curated"), extensionFile);
    const core = new LakeCore(folder, manifest, engine);
    for (const table of [readingsTable, quarantineTable]) core.#schemas.set(table.name, table);
    await core.#restoreFrameTables();
    await core.refreshViews();
    return core;
  }

  get position(): LogPosition {
    return this.#position;
  }

  get stats(): PipelineStats {
    return this.#stats;
  }

  get stagedRows(): number {
    return [...this.#staging.values()].reduce((sum, { rows }) => sum + rows.a + rows.b, 0);
  }

  get frameTables(): TableSchema[] {
    return [...this.#schemas.values()].filter(({ name }) => name.startsWith("frames_"));
  }

  async stage({ tables, next, delta }: StageRequest): Promise<void> {
    for (const packed of tables) {
      const staging = await this.#stagingOf(packed.table);
      await staging.append(packed, this.#generation);
    }
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
    const generation = this.#generation;
    const [position, stats] = [this.#position, this.#stats];
    const { segment, record } = this.manifest.position;
    if (segment === position.segment && record === position.record) return position;
    this.#generation = generation === "a" ? "b" : "a";
    const add: LakeFile[] = [];
    try {
      for (const staging of this.#staging.values()) {
        if (staging.rows[generation] > 0) add.push(...(await this.#write(staging, generation)));
      }
      this.manifest.commit({ add, remove: [], position, stats });
    } catch (error) {
      for (const { path } of add) await rm(join(this.folder, path), { force: true });
      await this.#mergeBack(generation);
      throw error;
    }
    await this.engine.writer.run("BEGIN");
    for (const staging of this.#staging.values()) await staging.clear(generation);
    await this.refreshViews(new Set(add.map(({ table }) => table)));
    await this.engine.writer.run("COMMIT");
    return position;
  }

  /** Files of a table, by partition column. */
  filesOf(table: string): LakeFile[] {
    return this.manifest.files.filter((file) => file.table === table);
  }

  schemaOf(table: string): TableSchema | undefined {
    return this.#schemas.get(table);
  }

  async refreshViews(changed?: ReadonlySet<string>): Promise<void> {
    for (const [name, table] of this.#schemas) {
      if (changed !== undefined && !changed.has(name)) continue;
      const view = tableView(name, table, this.folder, this.filesOf(name), this.#staging.get(name));
      await this.engine.writer.run(view);
    }
    if (changed !== undefined) return;
    await this.engine.writer.run(latestView(this.frameTables));
    await this.engine.writer.run(rateView(this.frameTables));
  }

  /** `COPY` of a selection into one file of one partition; sorted, encrypted, settled. */
  async writeFile(table: TableSchema, select: string, range: LakeRange): Promise<LakeFile> {
    const draft = join(this.folder, "drafts", `${table.name}-${process.hrtime.bigint()}.parquet`);
    const by = quoteIdentifier(table.partitionBy);
    const order = table.sortBy.map(quoteIdentifier).join(", ");
    const where = `${by} >= make_timestamptz(${range.from}) AND ${by} < make_timestamptz(${range.to})`;
    await this.engine.writer.run(
      `COPY (SELECT ${columnList(table)} FROM (${select}) WHERE ${where} ORDER BY ${order}) TO '${draft.replaceAll("'", "''")}'
       (FORMAT parquet, COMPRESSION zstd, ENCRYPTION_CONFIG {${encryption}})`,
    );
    const settled = await settle(draft, this.folder, zoneOf(table), partitionOf(range.from));
    const { rows, minTs, maxTs } = range;
    return { ...settled, table: table.name, rows, minTs, maxTs, shape: columnList(table) };
  }

  /** Hours that a selection touches. */
  async ranges(table: TableSchema, select: string): Promise<LakeRange[]> {
    const by = quoteIdentifier(table.partitionBy);
    const reader = await this.engine.writer.runAndReadAll(
      `SELECT CAST(epoch_us(date_trunc('hour', ${by})) AS DOUBLE), CAST(count(*) AS DOUBLE), CAST(epoch_us(min(${by})) AS DOUBLE),
         CAST(epoch_us(max(${by})) AS DOUBLE) FROM (${select}) GROUP BY date_trunc('hour', ${by}) ORDER BY 1`,
    );
    return reader.getRows().map(([from, rows, minTs, maxTs]) => ({
      from: Number(from),
      to: Number(from) + 3_600_000_000,
      rows: Number(rows),
      minTs: Number(minTs),
      maxTs: Number(maxTs),
    }));
  }

  /**
   * Moves files whose content is not what the manifest says to `damaged/`, so that the others stay readable.
   * Returns their paths. Their messages are still in the raw zone, as long as its retention keeps them.
   */
  async setAsideDamaged(): Promise<string[]> {
    const damaged: LakeFile[] = [];
    for (const file of this.manifest.files) {
      const isWhole = await sha256Of(join(this.folder, file.path)).then(
        (hash) => hash === file.sha256,
        () => false,
      );
      if (!isWhole) damaged.push(file);
    }
    if (damaged.length === 0) return [];
    const paths = damaged.map(({ path }) => path);
    this.manifest.commit({ add: [], remove: paths });
    await this.refreshViews(new Set(damaged.map(({ table }) => table)));
    mkdirSync(join(this.folder, "damaged"), { recursive: true, mode: 0o700 });
    for (const path of paths) {
      await rename(join(this.folder, path), join(this.folder, "damaged", basename(path))).catch(
        () => undefined,
      );
    }
    return paths;
  }

  async close(): Promise<void> {
    this.engine.close();
    this.manifest.close();
    rmSync(join(this.folder, "spill"), { recursive: true, force: true });
  }

  async #write(staging: Staging, generation: Generation): Promise<LakeFile[]> {
    const select = staging.select(generation);
    const files: LakeFile[] = [];
    for (const range of await this.ranges(staging.table, select)) {
      files.push(await this.writeFile(staging.table, select, range));
    }
    return files;
  }

  /** After a flush that failed (a full disk): its rows join those staged since, for the next try. */
  async #mergeBack(generation: Generation): Promise<void> {
    const other = generation === "a" ? "b" : "a";
    for (const staging of this.#staging.values()) {
      if (staging.rows[generation] === 0) continue;
      await this.engine.writer.run(
        `INSERT INTO ${staging.name(other)} SELECT * FROM ${staging.name(generation)}`,
      );
      staging.rows[other] += staging.rows[generation];
      await staging.clear(generation);
    }
  }

  async #stagingOf(table: TableSchema): Promise<Staging> {
    const known = this.#staging.get(table.name);
    if (known !== undefined) return known;
    const staging = await Staging.create(table, this.engine.writer, this.engine.native);
    this.#staging.set(table.name, staging);
    this.#schemas.set(table.name, table);
    await this.refreshViews();
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

export interface LakeRange {
  /** Microseconds, inclusive. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly rows: number;
  readonly minTs: number;
  readonly maxTs: number;
}
