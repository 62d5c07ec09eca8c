/** Rows of the lake's files that came of the messages of a portion. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { quarantineTable, type TableSchema } from "../../functions/core/table.ts";
import type { LakeCore } from "./lake-core.ts";
import type { LakeFile } from "./manifest.ts";
import { rowsOfKeys } from "./replay-keys.ts";
import { fileScan } from "./views.ts";

export interface FormerFile {
  readonly schema: TableSchema;
  readonly file: LakeFile;
  /** Of the messages. */
  readonly rows: number;
}

export class FormerRows {
  readonly #folder: string;
  readonly #arrival: string;
  readonly files: readonly FormerFile[];

  private constructor(folder: string, arrival: string, files: readonly FormerFile[]) {
    this.#folder = folder;
    this.#arrival = arrival;
    this.files = files;
  }

  /** `arrival` bounds when the messages came, as SQL: files and row groups of other times are not read. */
  static async find(core: LakeCore, main: DuckDBConnection, arrival: string): Promise<FormerRows> {
    const found: FormerFile[] = [];
    const decoded = core.manifest.files.filter(({ derived }) => derived === undefined);
    for (const files of Map.groupBy(decoded, shapeOf).values()) {
      const schema = core.schemaOf(files[0]!.table);
      if (schema === undefined) continue;
      const { joins, isTheirs } = rowsOfKeys(schema);
      const scan = `${fileScan(core.folder, files).slice(0, -1)}, filename = true)`;
      const reader = await main.runAndReadAll(
        `SELECT o.filename, count(*) FROM ${scan} o ${joins}
         WHERE o.${arrivalColumn(schema)} ${arrival} AND ${isTheirs} GROUP BY 1`,
      );
      const counts = new Map(reader.getRows().map(([name, count]) => [String(name), Number(count)]));
      for (const file of files) {
        const rows = counts.get(`${core.folder}/${file.path}`);
        if (rows !== undefined) found.push({ schema, file, rows });
      }
    }
    return new FormerRows(core.folder, arrival, found);
  }

  /** A query for each table and shape that is wanted; `columns` of `o`, by the names in a shape. */
  selects(isWanted: (table: string) => boolean, columns: (shape: string) => string): string[] {
    const wanted = this.files.filter(({ file }) => isWanted(file.table));
    return [...Map.groupBy(wanted, ({ file }) => shapeOf(file)).values()].map((former) => {
      const { schema, file } = former[0]!;
      const { joins, isTheirs } = rowsOfKeys(schema);
      const scan = fileScan(
        this.#folder,
        former.map((one) => one.file),
      );
      return `SELECT ${columns(file.shape)} FROM ${scan} o ${joins}
        WHERE o.${arrivalColumn(schema)} ${this.#arrival} AND ${isTheirs}`;
    });
  }
}

export const isQuarantine = (table: string): boolean => table === quarantineTable.name;

const shapeOf = ({ table, shape }: LakeFile): string => `${table} ${shape}`;
const arrivalColumn = ({ name }: TableSchema): string => (isQuarantine(name) ? "received_at" : "ingest_ts");
