/** What lies in the lake: sizes, files, quarantined messages, names that SQL may use. */
import type { LakeReader, LogStats, QuarantineEntry } from "../ports.ts";
import type { LakeFile, LakeView, Quarantine, QuarantineItem, Schema } from "./api.ts";
import { numberOf, numberOrNull, textOf, type LakeQueries, type Row } from "./lake-queries.ts";

const newestFiles = `
  SELECT zone, "table", path, CAST(rows AS DOUBLE) AS "rows", CAST(bytes AS DOUBLE) AS bytes,
    CAST(epoch_us(min_ts) AS DOUBLE) / 1000 AS oldest, CAST(epoch_us(max_ts) AS DOUBLE) / 1000 AS newest
  FROM files ORDER BY max_ts DESC NULLS LAST, path LIMIT 200`;

export async function readLake(queries: LakeQueries, log: LogStats | null): Promise<LakeView> {
  const [stats, files] = await Promise.all([queries.lake.stats(), queries.rows(newestFiles)]);
  return { ...stats, files: files.map(toFile), log };
}

const toFile = (row: Row): LakeFile => ({
  zone: textOf(row["zone"]),
  table: textOf(row["table"]),
  path: textOf(row["path"]),
  rows: numberOrNull(row["rows"]),
  bytes: numberOf(row["bytes"]),
  from: numberOrNull(row["oldest"]),
  to: numberOrNull(row["newest"]),
});

const quarantineReasons = `
  SELECT reason, CAST(count(*) AS DOUBLE) AS "count" FROM quarantine GROUP BY reason ORDER BY 2 DESC, 1 LIMIT 50`;

export async function readQuarantine(
  queries: LakeQueries,
  { limit, before }: { limit: number; before?: string | undefined },
): Promise<Quarantine> {
  const page = { limit: limit + 1, ...(before === undefined ? {} : { before }) };
  const [found, reasons] = await Promise.all([
    queries.lake.quarantine(page),
    before === undefined ? queries.rows(quarantineReasons) : [],
  ]);
  const entries = found.slice(0, limit);
  return {
    entries: entries.map(toItem),
    next: found.length > limit ? (entries.at(-1)?.id ?? null) : null,
    reasons: reasons.map((row) => ({ reason: textOf(row["reason"]), count: numberOf(row["count"]) })),
  };
}

const toItem = ({ receivedAt, deviceId, payload, ...entry }: QuarantineEntry): QuarantineItem => ({
  id: entry.id,
  received: receivedAt / 1000,
  device: deviceId,
  channel: entry.channel,
  reason: entry.reason,
  detail: entry.detail,
  codec: entry.codec,
  codecVersion: entry.codecVersion,
  payload: Buffer.from(payload).toString("hex"),
});

const columns = `
  SELECT table_name, column_name, data_type FROM information_schema.columns
  WHERE table_schema = 'main' ORDER BY table_name, ordinal_position`;

export async function readSchema(queries: LakeQueries): Promise<Schema> {
  const byTable = Map.groupBy(await queries.rows(columns), (row) => textOf(row["table_name"]));
  return {
    tables: [...byTable].map(([name, rows]) => ({
      name,
      columns: rows.map((row) => ({ name: textOf(row["column_name"]), type: textOf(row["data_type"]) })),
    })),
  };
}

export async function storedSizes(lake: LakeReader) {
  const { zones, pipeline } = await lake.stats();
  const sum = (field: "files" | "bytes") => zones.reduce((total, zone) => total + zone[field], 0);
  return { pipeline, stored: { files: sum("files"), bytes: sum("bytes") } };
}
