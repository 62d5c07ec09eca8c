/** What lies in the lake: sizes, files, quarantined messages, names that SQL may use. */
import type { LakeReader, LogStats, QuarantineEntry, StoredFile } from "../ports.ts";
import type { LakeFile, LakeView, Quarantine, QuarantineItem, Schema } from "./api.ts";
import { numberOf, textOf, type LakeQueries } from "./lake-queries.ts";

const shownFiles = 200;

export async function readLake(lake: LakeReader, log: LogStats | null): Promise<LakeView> {
  const [stats, files] = await Promise.all([lake.stats(), lake.files({ limit: shownFiles })]);
  return { ...stats, files: files.map(toFile), log };
}

const toFile = ({ oldest, newest, ...file }: StoredFile): LakeFile => ({
  ...file,
  from: oldest === null ? null : oldest / 1000,
  to: newest / 1000,
});

const quarantineReasons = `
  SELECT reason, CAST(count(*) AS DOUBLE) AS "count" FROM quarantine GROUP BY reason ORDER BY 2 DESC, 1 LIMIT 50`;

export async function readQuarantine(
  queries: LakeQueries,
  { limit, before }: { limit: number; before?: string | undefined },
): Promise<Quarantine> {
  const { scope } = queries;
  const page = {
    limit: limit + 1,
    ...(before === undefined ? {} : { before }),
    ...(scope === undefined ? {} : { scope }),
  };
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

/** Views are what is meant to be queried; tables are how the lake keeps rows that are in no file yet. */
const columns = `
  SELECT table_name, column_name, data_type FROM information_schema.columns
  WHERE table_catalog = 'memory' AND table_name IN (
    SELECT table_name FROM information_schema.tables WHERE table_type = 'VIEW' AND table_schema = 'main')
  ORDER BY table_name, ordinal_position`;

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
