/** A connection made ready for a question: judged, guarded, and with the views that it may see, over the files that it needs. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteIdentifier, type TableSchema } from "../../../functions/core/table.ts";
import type { QueryOptions, QuestionScope } from "../../ports.ts";
import { QueryError } from "../reader.ts";
import { derivedViews } from "../views.ts";
import { plannedRange, type PlannedRange } from "./planned-range.ts";
import { guardScan, inRange, type ScannedFile } from "./scan-guard.ts";
import { scopedViews } from "./scoped-views.ts";
import { judge, parse, referencesOf, tablesOf } from "./statement.ts";

type Entrance = Pick<QueryOptions, "scope" | "judged" | "scan" | "parameters">;

/** A lake of so few files is not worth a look at the plan. */
const fewFiles = 8;

export interface Lake {
  readonly catalogue: {
    readonly tables: readonly TableSchema[];
    readonly frameTables: readonly TableSchema[];
    /** The rows of a table that are in `files`, as a SELECT. */
    rowsOf(table: TableSchema, files: readonly ScannedFile[]): string;
  };
  readonly manifest: { readonly files: readonly ScannedFile[] };
  /** While `work` runs no file of the lake comes or goes. */
  readonly steady: (work: () => Promise<void>) => Promise<void>;
}

/** Rejects with {@link QueryError}; then nothing of the lake was read. `sql`: null for a question of our own. */
export async function enter(
  lake: Lake,
  connection: DuckDBConnection,
  sql: string | null,
  options: Entrance,
): Promise<void> {
  const { scope = { devices: null }, judged = false, scan } = options;
  const tree = sql === null ? null : await judgedTree(lake, connection, sql, options);
  const guard = (range: Pick<QuestionScope, "from" | "to">): void => {
    if (sql === null || scan === undefined) return;
    guardScan(lake.manifest.files, tree === null ? null : tablesOf(tree), range, scan);
  };
  if (scope.from !== undefined || scope.to !== undefined || scope.devices !== null) {
    guard(scope);
    await lake.steady(() => makeViews(lake, connection, scope, judged));
    return;
  }
  const { files } = lake.manifest;
  const planned =
    sql === null || tree === null || files.length <= fewFiles
      ? null
      : await plannedRange(connection, sql, options.parameters, scansOf(referencesOf(tree), files));
  guard(planned ?? {});
  if (planned !== null) await lake.steady(() => makeViews(lake, connection, planned, false));
}

/** The statement's tree, where somebody wants it. */
async function judgedTree(
  { catalogue }: Lake,
  connection: DuckDBConnection,
  sql: string,
  { judged = false, scan }: Entrance,
): Promise<Awaited<ReturnType<typeof parse>>> {
  // What is wrong with a statement that nobody judges is said by running it.
  if (!judged && scan === undefined) return parse(connection, sql).catch(() => null);
  const tree = await parse(connection, sql);
  if (judged) {
    if (tree === null) throw new QueryError("received no query; allowed: one SELECT, DESCRIBE or SUMMARIZE");
    const names = [...catalogue.tables.map(({ name }) => name), ...derivedViews];
    await judge(connection, tree, new Set(names.map((name) => name.toLowerCase())));
  }
  return tree;
}

/** Of what a scope allows, or over the files that the range of a plan needs: then its conditions stay the question's own. */
async function makeViews(
  { catalogue, manifest }: Lake,
  connection: DuckDBConnection,
  range: QuestionScope | PlannedRange,
  judged: boolean,
): Promise<void> {
  // What is staged and what is in files is told apart once: a flush in between would take rows away, or double them.
  await connection.run("BEGIN");
  const { tables, frameTables } = catalogue;
  const files = inRange(manifest.files, range);
  const isNarrow = range.from !== undefined || range.to !== undefined;
  const rowsOf = (table: TableSchema): string =>
    isNarrow
      ? catalogue.rowsOf(
          table,
          files.filter((file) => file.table === table.name),
        )
      : `SELECT * FROM memory.main.${quoteIdentifier(table.name)}`;
  const views =
    "devices" in range
      ? scopedViews({ tables, frameTables, rowsOf }, range, judged)
      : tables.map(
          (table) => `CREATE OR REPLACE TEMP VIEW ${quoteIdentifier(table.name)} AS ${rowsOf(table)}`,
        );
  for (const view of views) await connection.run(view);
}

/** Scans of files that a plan has for these references: one for each shape of a table's files. */
function scansOf(references: readonly string[], files: readonly ScannedFile[]): number {
  const shapes = (name: string): number =>
    new Set(files.filter(({ table }) => table === name).map(({ shape }) => shape)).size;
  return references.reduce((sum, name) => sum + shapes(name), 0);
}
