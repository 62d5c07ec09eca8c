/**
 * Makes the lake's files, in an engine of its own: what is asked of the lake takes neither memory nor time from what
 * comes in, and the one thread that writes does not wait for another one by asking all the time whether it is ready.
 */
import { columnList, quoteIdentifier, type TableSchema } from "../../functions/core/table.ts";
import { startEngine, type Engine, type EngineOptions } from "./engine.ts";
import type { LakeFile } from "./manifest.ts";
import { mergeSelect } from "./merge.ts";
import type { PackedTable } from "./packed.ts";
import { RowOrder } from "./row-order.ts";
import { fileColumns, RowSource } from "./row-source.ts";
import { nameColumns } from "./series-names.ts";
import { fileScan } from "./views.ts";
import { hourMicros, writeHour, type Hour, type Selection } from "./write-files.ts";

/** Merging sorts beyond it on disk, but sorting and writing have to start somewhere: at 64 MB they did not. */
const writerMemory = "96MB";

export class FileWriter {
  readonly #folder: string;
  readonly #engine: Engine;
  readonly #source: RowSource;
  readonly #order = new RowOrder();

  private constructor(folder: string, engine: Engine) {
    this.#folder = folder;
    this.#engine = engine;
    this.#source = new RowSource(engine);
  }

  /** `folder` is the lake's. */
  static async start(options: Omit<EngineOptions, "threads" | "memory" | "name">): Promise<FileWriter> {
    const engine = await startEngine({ ...options, name: "writer", threads: 1, memory: writerMemory });
    return new FileWriter(options.folder, engine);
  }

  /** Each file is synced and in its place when it is handed to `add`; no manifest names it yet. */
  async writeRows(
    table: TableSchema,
    packs: readonly PackedTable[],
    add: (file: LakeFile) => void,
  ): Promise<void> {
    const names = nameColumns(table, packs);
    const columns = fileColumns(table, packs, names);
    for (const { places, ...hour } of this.#order.hours(table, packs, names)) {
      const write = (select: string): Promise<LakeFile> =>
        writeHour({ ...this.#target(table), select }, hour);
      add(await this.#source.during(columns, places, write));
    }
  }

  /** Files of the same shape as one for each hour; files as in {@link writeRows}. */
  async mergeFiles(
    table: TableSchema,
    files: readonly LakeFile[],
    add: (file: LakeFile) => void,
  ): Promise<void> {
    const merged = mergeSelect(this.#folder, table, files);
    const by = quoteIdentifier(table.partitionBy);
    for (const hour of hoursOf(files)) {
      const [from, until] = [hour.from, hour.from + hourMicros].map(
        (micros) => `make_timestamptz(${micros})`,
      );
      const select = `SELECT ${columnList(table)} FROM (${merged}) WHERE ${by} >= ${from} AND ${by} < ${until}`;
      add(await writeHour({ ...this.#target(table), select }, hour));
    }
  }

  /** Of `file`, the rows that `kept` says, in their order and with the file's own columns; a file as in {@link writeRows}. */
  async writeSomeRows(table: TableSchema, file: LakeFile, joins: string, kept: string): Promise<LakeFile> {
    const { shape, minTs, maxTs } = file;
    const columns = shape.split(", ").map((name) => `o.${name}`);
    const order = table.sortBy.map((name) => `o.${quoteIdentifier(name)}`);
    const select = `SELECT ${columns.join(", ")} FROM ${fileScan(this.#folder, [file])} o ${joins}
      WHERE ${kept} ORDER BY ${order.join(", ")}`;
    const from = Math.floor(minTs / hourMicros) * hourMicros;
    return { ...(await writeHour({ ...this.#target(table), select }, { from, minTs, maxTs })), shape };
  }

  get engine(): Engine {
    return this.#engine;
  }

  /** Rejects where the engine gave up. */
  async check(): Promise<void> {
    await this.#engine.main.run("SELECT 1");
  }

  close(): void {
    this.#engine.close();
  }

  #target(table: TableSchema): Omit<Selection, "select"> {
    return { engine: this.#engine, folder: this.#folder, table };
  }
}

/** One entry an hour, in order. */
function hoursOf(files: readonly LakeFile[]): Hour[] {
  const all = new Map<number, Hour>();
  for (const { minTs, maxTs } of files) {
    const from = Math.floor(minTs / hourMicros) * hourMicros;
    const known = all.get(from);
    all.set(from, {
      from,
      minTs: Math.min(minTs, known?.minTs ?? minTs),
      maxTs: Math.max(maxTs, known?.maxTs ?? maxTs),
    });
  }
  return [...all.values()].sort((left, right) => left.from - right.from);
}
