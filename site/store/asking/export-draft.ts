/** A whole answer as a plain file, which the asker wanted: written below the lake's folder, where alone DuckDB may write. */
import { randomBytes } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { DraftOptions, ExportFormat } from "../../ports.ts";
import { onlyQuery, plain, QueryError } from "../reader.ts";

const forms: Readonly<Record<ExportFormat, string>> = {
  parquet: "FORMAT parquet, COMPRESSION zstd",
  csv: "FORMAT csv, HEADER true",
  ndjson: "FORMAT json",
};

/** Milliseconds between two looks at how large it is. */
const lookMs = 100;

/** A name that no other draft has. @param folder the lake's */
export const draftFile = (folder: string, format: ExportFormat): string =>
  join(folder, "drafts", `export-${randomBytes(8).toString("hex")}.${format}`);

/** Rejects with {@link QueryError}; then there is no file. @param place the lake's folder, and the file where somebody named it */
export async function exportDraft(
  place: { readonly folder: string; readonly file?: string },
  connection: DuckDBConnection,
  sql: string,
  {
    format,
    parameters = [],
    timeoutMs,
    maxBytes,
  }: Pick<DraftOptions, "format" | "parameters" | "timeoutMs"> & Partial<DraftOptions>,
): Promise<{ file: string; rows: number }> {
  await onlyQuery(connection, sql).catch(refuse);
  const file = place.file ?? draftFile(place.folder, format);
  const began = Date.now();
  let stopped: string | null = null;
  const look = setInterval(() => {
    const isLate = timeoutMs !== undefined && Date.now() - began > timeoutMs;
    if (isLate) stopped = `the export took longer than ${timeoutMs} ms`;
    if (stopped !== null) return connection.interrupt();
    void stat(file).then(
      ({ size }) => {
        if (maxBytes !== undefined && size > maxBytes) stopped = `the export is over ${maxBytes} bytes`;
      },
      () => undefined,
    );
  }, lookMs);
  try {
    const statement = sql.trim().replace(/;\s*$/, "");
    const reader = await connection.runAndReadAll(`COPY (${statement}\n) TO '${file}' (${forms[format]})`, [
      ...parameters,
    ]);
    return { file, rows: Number(reader.getRows()[0]?.[0] ?? 0) };
  } catch (error) {
    await rm(file, { force: true });
    if (stopped !== null) throw new QueryError(`${stopped}: narrow it by time or device_id`);
    return refuse(error as Error);
  } finally {
    clearInterval(look);
  }
}

/** What DuckDB says of a statement is said to who asked. */
function refuse(error: Error): never {
  throw error instanceof QueryError ? error : new QueryError(plain(error.message));
}
