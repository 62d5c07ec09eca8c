/** SQL that a person typed: bounded in time, rows and bytes, and answered with the lake's own words where it is wrong. */
import type { Context } from "hono";
import type { LakeReader, QueryResult } from "../ports.ts";

/** The lake refused the statement. */
export class QueryRefusedError extends Error {
  override readonly name = "QueryRefusedError";
}

const limits = {
  milliseconds: 30_000,
  /** Of the JSON text. */
  bytes: 4 * 1024 * 1024,
} as const;

export async function answerQuery(
  context: Context,
  lake: LakeReader,
  { sql, maxRows }: { sql: string; maxRows: number },
): Promise<Response> {
  let result: QueryResult;
  try {
    result = await lake.query(sql, { maxRows, timeoutMs: limits.milliseconds });
  } catch (error) {
    throw new QueryRefusedError((error as Error).message, { cause: error });
  }
  const text = JSON.stringify(cutToBytes(result));
  return context.body(text, 200, { "Content-Type": "application/json" });
}

/** As many of the first rows as fit; `truncated` where that is not all. */
function cutToBytes(result: QueryResult): QueryResult {
  let bytes = 0;
  const end = result.rows.findIndex((row) => {
    bytes += Buffer.byteLength(JSON.stringify(row));
    return bytes > limits.bytes;
  });
  return end === -1 ? result : { ...result, rows: result.rows.slice(0, end), truncated: true };
}
