/** Small files of one hour as one, without the repeats that came after their message's id was forgotten. */
import { columnList, quoteIdentifier, type TableSchema } from "../../functions/core/table.ts";
import type { LakeFile } from "./manifest.ts";
import { fileScan } from "./views.ts";

/** What a repeat may have otherwise: when it came, and what that made of it (late, out of sequence). */
const circumstances: ReadonlySet<string> = new Set(["ingest_ts", "flags"]);

/**
 * The rows in the file's order; of those that say the same, the first to arrive. They are next to each other by their
 * hash: of 64 bits, and of rows with the same device and time, so that it tells them apart. The comparison is one of
 * numbers, because DuckDB 1.5 gives up the order of rows where it compares structs or the halves of an OR.
 */
export function mergeSelect(folder: string, table: TableSchema, files: readonly LakeFile[]): string {
  const said = table.columns.map(({ name }) => name).filter((name) => !circumstances.has(name));
  const arrival = table.columns.some(({ name }) => name === "ingest_ts") ? ", ingest_ts" : "";
  return `SELECT ${columnList(table)} FROM (
            SELECT *, lag(said) OVER () AS said_before FROM (
              SELECT *, hash(${said.map(quoteIdentifier).join(", ")}) AS said FROM ${fileScan(folder, files)}
              ORDER BY ${table.sortBy.map(quoteIdentifier).join(", ")}, said${arrival}))
          WHERE said IS DISTINCT FROM said_before`;
}
