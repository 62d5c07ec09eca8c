/**
 * Makes the lake's files, in an engine of its own: what is asked of the lake takes neither memory nor time from what
 * comes in, and the one thread that writes does not wait for another one by asking all the time whether it is ready.
 */
import type { TableSchema } from "../../functions/core/table.ts";
import { startEngine, type Engine, type EngineOptions } from "./engine.ts";
import type { LakeFile } from "./manifest.ts";
import { mergeSelect } from "./merge.ts";
import type { PackedTable } from "./packed.ts";
import { RowsTable } from "./rows-table.ts";
import { hourMicros, writeHours, type Hour, type Selection } from "./write-files.ts";

/** Merging sorts beyond it on disk, but sorting and writing have to start somewhere: at 64 MB they did not. */
const writerMemory = "96MB";

export class FileWriter {
  readonly #folder: string;
  readonly #engine: Engine;

  private constructor(folder: string, engine: Engine) {
    this.#folder = folder;
    this.#engine = engine;
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
    const rows = await RowsTable.create(table, this.#engine);
    try {
      rows.append(packs);
      const hours = together(packs.flatMap((pack) => pack.hours));
      await rows.withLabels((select) => this.#write(table, { select, isSorted: false }, hours, add));
    } finally {
      await rows.drop();
    }
  }

  /** Files of the same shape as one for each hour; files as in {@link writeRows}. */
  async mergeFiles(
    table: TableSchema,
    files: readonly LakeFile[],
    add: (file: LakeFile) => void,
  ): Promise<void> {
    const select = mergeSelect(this.#folder, table, files);
    const hours = files.map(({ minTs, maxTs }) => {
      return { from: Math.floor(minTs / hourMicros) * hourMicros, minTs, maxTs };
    });
    await this.#write(table, { select, isSorted: true }, together(hours), add);
  }

  /** Rejects where the engine gave up. */
  async check(): Promise<void> {
    await this.#engine.main.run("SELECT 1");
  }

  close(): void {
    this.#engine.close();
  }

  async #write(
    table: TableSchema,
    rows: Pick<Selection, "select" | "isSorted">,
    hours: readonly Hour[],
    add: (file: LakeFile) => void,
  ): Promise<void> {
    const selection = { engine: this.#engine, folder: this.#folder, table, ...rows };
    for await (const file of writeHours(selection, hours)) add(file);
  }
}

/** One entry an hour, in order. */
function together(hours: readonly Hour[]): Hour[] {
  const all = new Map<number, Hour>();
  for (const { from, minTs, maxTs } of hours) {
    const known = all.get(from);
    all.set(from, {
      from,
      minTs: Math.min(minTs, known?.minTs ?? minTs),
      maxTs: Math.max(maxTs, known?.maxTs ?? maxTs),
    });
  }
  return [...all.values()].sort((left, right) => left.from - right.from);
}
