/** A connection made ready for a question: judged, guarded, and with the views that it may see. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteIdentifier } from "../../../functions/core/table.ts";
import type { QueryOptions } from "../../ports.ts";
import type { LakeCore } from "../lake-core.ts";
import { QueryError } from "../reader.ts";
import { derivedViews } from "../views.ts";
import { guardScan, inRange } from "./scan-guard.ts";
import { scopedViews } from "./scoped-views.ts";
import { judge, parse, tablesOf } from "./statement.ts";

type Entrance = Pick<QueryOptions, "scope" | "judged" | "scan">;

/** Rejects with {@link QueryError}; then nothing of the lake was read. `sql`: null for a question of our own. */
export async function enter(
  { catalogue, manifest }: Pick<LakeCore, "catalogue" | "manifest">,
  connection: DuckDBConnection,
  sql: string | null,
  { scope = { devices: null }, judged = false, scan }: Entrance,
): Promise<void> {
  const { tables, frameTables } = catalogue;
  const isNarrow = scope.from !== undefined || scope.to !== undefined;
  if (sql !== null && (judged || scan !== undefined)) {
    const tree = await parse(connection, sql);
    if (judged) {
      if (tree === null)
        throw new QueryError("received no query; allowed: one SELECT, DESCRIBE or SUMMARIZE");
      const names = [...tables.map(({ name }) => name), ...derivedViews];
      await judge(connection, tree, new Set(names.map((name) => name.toLowerCase())));
    }
    if (scan !== undefined) guardScan(manifest.files, tree === null ? null : tablesOf(tree), scope, scan);
  }
  if (!isNarrow && scope.devices === null) return;
  const files = inRange(manifest.files, scope);
  const rowsOf: Parameters<typeof scopedViews>[0]["rowsOf"] = (table) =>
    isNarrow
      ? catalogue.rowsOf(
          table,
          files.filter((file) => file.table === table.name),
        )
      : `SELECT * FROM memory.main.${quoteIdentifier(table.name)}`;
  for (const view of scopedViews({ tables, frameTables, rowsOf }, scope, judged)) await connection.run(view);
}
