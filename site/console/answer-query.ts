/** SQL that somebody wrote: bounded in files, time, rows and bytes, and answered with the lake's own words where it is wrong. */
import { createReadStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Context } from "hono";
import type { ExportFormat, LakeReader, QueryOptions } from "../ports.ts";
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
  lake: LakeReader,
  asker: Asker,
  { maxRows, ...statement }: Statement & { readonly maxRows: number },
): Promise<QueryAnswer> {
  const options = { ...bounds(asker, statement), maxRows, timeoutMs: limits.milliseconds };
  return cutToBytes(await orRefused(lake.query(statement.sql, options)));
}

/** Rejects with {@link QueryRefusedError}. */
export async function answerExport(
  context: Context,
  lake: LakeReader,
  { format, ...statement }: Statement & { readonly format: ExportFormat },
  asker: Asker,
): Promise<Response> {
  const size = { timeoutMs: limits.exportMilliseconds, maxBytes: limits.exportBytes };
  const { file, rows } = await orRefused(
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
    });
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

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
    throw new QueryRefusedError(error);
  });
}

/** As many of the first rows as fit; `truncated` where that is not all. */
function cutToBytes(result: QueryAnswer): QueryAnswer {
  let bytes = 0;
  const end = result.rows.findIndex((row) => {
    bytes += Buffer.byteLength(JSON.stringify(row));
    return bytes > limits.bytes;
  });
  return end === -1 ? result : { ...result, rows: result.rows.slice(0, end), truncated: true };
}
