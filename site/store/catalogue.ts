/** The lake's tables as queries see them: files and staged rows of each as one view. */
import { quarantineTable, readingsTable, type TableSchema } from "../../functions/core/table.ts";
import { alarmsTable } from "../../functions/alarms/alarms-table.ts";
import { insightTables } from "../../functions/declared-insights/tables.ts";
import { alarmsSelect } from "./alarms-kept.ts";
import type { Engine } from "./engine.ts";
import type { LakeFile } from "./manifest.ts";
import type { PackedTable } from "./packed.ts";
import { RowsTable } from "./rows-table.ts";
import { Staging } from "./staging.ts";
import { fileScan, latestView, rateView, tableSelect, tableView } from "./views.ts";

export class Catalogue {
  readonly #folder: string;
  readonly #engine: Engine;
  readonly #schemas = new Map(
    [readingsTable, quarantineTable, alarmsTable, ...insightTables].map((table) => [table.name, table]),
  );
  readonly #staging = new Map<string, Staging>();

  readonly #onWritten: (packs: readonly PackedTable[]) => void;

  /** `folder` is the lake's; `onWritten` as a {@link Staging} has it. */
  constructor(folder: string, engine: Engine, onWritten: (packs: readonly PackedTable[]) => void) {
    this.#folder = folder;
    this.#onWritten = onWritten;
    this.#engine = engine;
  }

  get frameTables(): TableSchema[] {
    return [...this.#schemas.values()].filter(({ name }) => name.startsWith("frames_"));
  }

  schemaOf(table: string): TableSchema | undefined {
    return this.#schemas.get(table);
  }

  get tables(): readonly TableSchema[] {
    return [...this.#schemas.values()];
  }

  /** Rows of a table that are in `files`, and staged ones. */
  rowsOf(table: TableSchema, files: readonly LakeFile[]): string {
    if (table.name === alarmsTable.name) return alarmsSelect;
    return tableSelect(table, this.#folder, files, this.#staging.get(table.name)?.shown);
  }

  get stagings(): Staging[] {
    return [...this.#staging.values()];
  }

  hasRoomFor({ name }: TableSchema): boolean {
    return this.#staging.has(name);
  }

  /** Room for the first rows of a table; its view is to be made anew. */
  async makeRoomFor(table: TableSchema): Promise<void> {
    if (this.hasRoomFor(table)) return;
    this.#staging.set(table.name, new Staging(await RowsTable.create(table, this.#engine), this.#onWritten));
    this.#schemas.set(table.name, table);
  }

  /** Into the room that was made for it, which is returned. */
  append(packed: PackedTable): Staging {
    const staging = this.#staging.get(packed.table.name);
    if (staging === undefined) throw new Error(`no room was made for rows of ${packed.table.name}`);
    staging.append(packed);
    return staging;
  }

  /** Views over `files`; with `changed` only those of its tables. */
  async showFiles(files: readonly LakeFile[], changed?: ReadonlySet<string>): Promise<void> {
    const { main } = this.#engine;
    for (const [name, table] of this.#schemas) {
      if (changed !== undefined && !changed.has(name)) continue;
      const own = files.filter((file) => file.table === name);
      await main.run(tableView(table, this.rowsOf(table, own)));
    }
    if (changed !== undefined) return;
    await main.run(latestView(this.frameTables));
    await main.run(rateView(this.frameTables));
  }

  /** The columns of wide tables are in their files; nothing else remembers them. */
  async restoreFrameTables(files: readonly LakeFile[]): Promise<void> {
    for (const name of new Set(files.map(({ table }) => table))) {
      if (this.#schemas.has(name)) continue;
      const scan = fileScan(this.#folder, files.filter(({ table }) => table === name).slice(-1));
      const reader = await this.#engine.main.runAndReadAll(`DESCRIBE SELECT * FROM ${scan}`);
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
