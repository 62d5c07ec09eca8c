/** Which tables a statement may read, before it is judged. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { QueryOptions } from "../../site/ports.ts";
import { parse, tablesOf } from "../../site/store/asking/statement.ts";

/** Null where that isn't known, none where it will be refused. */
export async function namedIn(
  connection: DuckDBConnection,
  sql: string,
  { judged = false }: QueryOptions,
): Promise<ReadonlySet<string> | null> {
  const tree = await parse(connection, sql).catch(() => null);
  if (tree !== null) return tablesOf(tree);
  return judged ? new Set() : null;
}
