/** SQL that somebody wrote: bounded in files, time, rows and bytes, and answered with the lake's own words where it is wrong. */
import { createReadStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Context } from "hono";
import type { AskedLake, AskedRange, ExportFormat, QueryOptions, QueryResult } from "../ports.ts";
import type { QueryAnswer } from "./api.ts";
import type { Asker } from "./asker.ts";

/** The lake refused the statement. */
export class QueryRefusedError extends Error {
  override readonly name = "QueryRefusedError";
  readonly code: string;

  constructor(cause: Error & { readonly code?: string }) {
    super(cause.message, { cause });
    this.code = cause.code ?? "query";
  }
}

const limits = {
  milliseconds: 30_000,
  /** Of the JSON text. */
  bytes: 4 * 1024 * 1024,
  exportMilliseconds: 60_000,
  exportBytes: 512 * 1024 * 1024,
  /** Of the files that a statement may read: about what thirty seconds are enough for. */
  scan: { files: 2000, bytes: 1024 * 1024 * 1024 },
} as const;

interface Statement {
  readonly sql: string;
  /** Milliseconds since 1970. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Rejects with {@link QueryRefusedError}. */
export async function answerQuery(
  lake: AskedLake,
  asker: Asker,
  { maxRows, ...statement }: Statement & { readonly maxRows: number },
): Promise<QueryAnswer> {
  const options = { ...bounds(asker, statement), maxRows, timeoutMs: limits.milliseconds };
  const { range, ...result } = await orRefused(lake.query(statement.sql, options));
  const answer = cutToBytes(result);
  return range === undefined ? answer : { ...answer, range: inMilliseconds(range) };
}

/** Rejects with {@link QueryRefusedError}. */
export async function answerExport(
  context: Context,
  lake: AskedLake,
  { format, ...statement }: Statement & { readonly format: ExportFormat },
  asker: Asker,
): Promise<Response> {
  const size = { timeoutMs: limits.exportMilliseconds, maxBytes: limits.exportBytes };
  const { file, rows, range } = await orRefused(
    lake.exportDraft(statement.sql, { ...bounds(asker, statement), ...size, format }),
  );
  try {
    const { size: length } = await stat(file);
    const stream = createReadStream(file);
    stream.once("close", () => void rm(file, { force: true }));
    return context.body(Readable.toWeb(stream) as ReadableStream, 200, {
      "Content-Type": contentTypes[format],
      "Content-Length": String(length),
      "Content-Disposition": `attachment; filename="answer.${format}"`,
      "Fieldlake-Rows": String(rows),
      ...(range === undefined ? {} : { "Fieldlake-Range": intervalOf(range) }),
    });
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

const inMilliseconds = ({ from, to }: AskedRange) => ({
  from: from / 1000,
  to: to === null ? null : to / 1000,
});

/** ISO 8601; `..` for an end that is open. */
const intervalOf = (range: AskedRange): string => {
  const { from, to } = inMilliseconds(range);
  return `${new Date(from).toISOString()}/${to === null ? ".." : new Date(to).toISOString()}`;
};

const contentTypes: Readonly<Record<ExportFormat, string>> = {
  parquet: "application/vnd.apache.parquet",
  csv: "text/csv; charset=utf-8; header=present",
  ndjson: "application/x-ndjson",
};

/** The owner may look behind the views; a token sees what it is good for. */
function bounds({ tokenId, devices }: Asker, { from, to }: Statement): QueryOptions {
  const scope = {
    devices,
    ...(from === undefined ? {} : { from: Math.floor(from * 1000) }),
    ...(to === undefined ? {} : { to: Math.ceil(to * 1000) }),
  };
  return { scope, judged: tokenId !== null, scan: limits.scan };
}

async function orRefused<Result>(answer: Promise<Result>): Promise<Result> {
  return answer.catch((error: Error) => {
    // A lake that is busy, or out of order, has not refused the statement.
    if (error.name === "QueryError") throw new QueryRefusedError(error);
    throw error;
  });
}

/** As many of the first rows as fit; `truncated` where that is not all. */
function cutToBytes(result: Omit<QueryResult, "range">): QueryAnswer {
  let bytes = 0;
  const end = result.rows.findIndex((row) => {
    bytes += Buffer.byteLength(JSON.stringify(row));
    return bytes > limits.bytes;
  });
  return end === -1 ? result : { ...result, rows: result.rows.slice(0, end), truncated: true };
}
