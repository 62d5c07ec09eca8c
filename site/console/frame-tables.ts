/** The wide tables of the lake, by its own catalogue: what a request names is only ever looked up in them. */
import { quoteIdentifier, reservedFrameColumns } from "../../functions/core/table.ts";
import { textOf, type LakeQueries } from "./lake-queries.ts";
import { Memo } from "./memo.ts";

/** The long table. */
export const readings = "readings";

const frameColumns = `
  SELECT table_name, column_name FROM information_schema.columns
  WHERE table_catalog = 'memory' AND starts_with(table_name, 'frames_') AND data_type = 'DOUBLE'
  ORDER BY table_name, ordinal_position`;

export interface FrameTable {
  readonly name: string;
  /** Measured columns only. */
  readonly columns: readonly string[];
}

/** A layout that is seen for the first time makes a new table: looked up again every ten seconds. */
const keptMs = 10_000;

export class FrameTables {
  readonly #queries: LakeQueries;
  readonly #kept = new Memo<readonly FrameTable[]>(keptMs, 1);

  constructor(queries: LakeQueries) {
    this.#queries = queries;
  }

  all(): Promise<readonly FrameTable[]> {
    return this.#kept.get("", async () => {
      const columns = await this.#queries.rows(frameColumns);
      const byTable = Map.groupBy(columns, (row) => textOf(row["table_name"]));
      return [...byTable].map(([name, rows]) => ({
        name,
        columns: rows
          .map((row) => textOf(row["column_name"]))
          .filter((column) => !reservedFrameColumns.includes(column)),
      }));
    });
  }

  /** `SELECT <columns> FROM <table> <where>` of every table that rows are in, as one. */
  async everyRow(columns: string, where: string): Promise<string> {
    const tables = [readings, ...(await this.all()).map(({ name }) => name)];
    return tables
      .map((table) => `SELECT ${columns} FROM ${quoteIdentifier(table)} ${where}`)
      .join(" UNION ALL ");
  }
}
