/** Answers to SQL: one read-only statement, bounded in rows and time, with JSON-safe values. */
import { StatementType, type DuckDBConnection } from "@duckdb/node-api";
import type { QueryOptions, QueryResult } from "../ports.ts";
import { jsonSafe } from "./values.ts";

/** The statement is not a query, takes too long, or is wrong SQL. */
export class QueryError extends Error {
  override readonly name = "QueryError";
  /** `scan-too-large` where a time range mends it. */
  readonly code: "query" | "scan-too-large";

  constructor(message: string, code: QueryError["code"] = "query") {
    super(message);
    this.code = code;
  }
}

const defaultRows = 10_000;
const defaultMs = 30_000;
/** Of texts in one answer: the thread that answers also writes, and must not end for want of memory. */
const mostCharacters = 16 * 1024 * 1024;

export async function answer(
  connection: DuckDBConnection,
  sql: string,
  { parameters = [], maxRows = defaultRows, timeoutMs = defaultMs }: QueryOptions,
): Promise<QueryResult> {
  const started = performance.now();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    connection.interrupt();
  }, timeoutMs);
  try {
    const prepared = await onlyQuery(connection, sql);
    if (parameters.length > 0) prepared.bind([...parameters]);
    const result = await prepared.stream();
    const names = result.columnNames();
    const types = result.columnTypes().map(String);
    const rows: unknown[][] = [];
    let truncated = false;
    let characters = 0;
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      for (const row of chunk.getRows()) {
        if (rows.length === maxRows || characters > mostCharacters) {
          truncated = true;
          break;
        }
        const safe = row.map(jsonSafe);
        for (const value of safe) if (typeof value === "string") characters += value.length;
        rows.push(safe);
      }
      if (truncated) break;
    }
    if (truncated) connection.interrupt();
    const columns = names.map((name, index) => ({ name, type: types[index] ?? "" }));
    return { columns, rows, truncated, milliseconds: performance.now() - started };
  } catch (error) {
    if (late)
      throw new QueryError(`the query took longer than ${timeoutMs} ms: narrow it by ts or device_id`);
    throw error instanceof QueryError ? error : new QueryError(plain((error as Error).message));
  } finally {
    clearTimeout(timer);
  }
}

/** DuckDB's own parser decides what the text is: exactly one statement, and one that reads. */
export async function onlyQuery(connection: DuckDBConnection, sql: string) {
  // The parser ends there, and whoever reads the text otherwise does not.
  if (sql.includes("\0")) throw new QueryError("received a NUL character; allowed: text without one");
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) {
    throw new QueryError(`received ${statements.count} statements; allowed: one query`);
  }
  const prepared = await statements.prepare(0);
  const { statementType } = prepared;
  if (statementType !== StatementType.SELECT && statementType !== StatementType.EXPLAIN) {
    throw new QueryError(
      `received a statement of type ${StatementType[statementType]}; allowed: SELECT, EXPLAIN`,
    );
  }
  return prepared;
}

/** Paths of this machine are nobody's business. */
export const plain = (message: string): string =>
  message.replace(/"?\/[^\s"']*\/(curated|quarantine|drafts)\//g, "$1/");
