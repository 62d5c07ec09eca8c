/** What the console, the command line and the decode workers ask of the lake beyond SQL of their own. */
import { constants, existsSync } from "node:fs";
import { copyFile, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { DuckDBBlobValue, DuckDBTimestampTZValue, type DuckDBConnection } from "@duckdb/node-api";
import type { Micros } from "../../functions/core/model.ts";
import type { LakeStats, QuarantineEntry, StoredFile } from "../ports.ts";
import { filesBelow } from "./files.ts";
import type { LakeCore } from "./lake-core.ts";
import { exportDraft } from "./asking/export-draft.ts";
import { QueryError } from "./reader.ts";
import { quarantineId } from "./recent-ids.ts";

const shownBytes = 65_536;

/** Newest first; `before` is the `id` of an entry, for the next page. */
export async function quarantineEntries(
  connection: DuckDBConnection,
  { limit, before }: { limit: number; before?: string },
): Promise<QuarantineEntry[]> {
  const [ts, id] = before?.split("-") ?? [];
  const where = before === undefined ? "" : "WHERE (epoch_us(received_at), hex(msg_id)) < ($2::BIGINT, $3)";
  const reader = await connection.runAndReadAll(
    `SELECT received_at, msg_id, device_id, channel, reason, detail, codec, codec_version, payload[1:${shownBytes}] AS payload
     FROM quarantine ${where} ORDER BY epoch_us(received_at) DESC, hex(msg_id) DESC LIMIT $1::BIGINT`,
    before === undefined ? [limit] : [limit, ts ?? "0", id ?? ""],
  );
  return reader.getRows().map((row) => {
    const [receivedAt, msgId, deviceId, channel, reason, detail, codec, codecVersion, payload] = row;
    const micros = receivedAt instanceof DuckDBTimestampTZValue ? receivedAt.micros : 0n;
    const bytes = (value: unknown) => (value instanceof DuckDBBlobValue ? value.bytes : new Uint8Array());
    return {
      id: `${micros}-${Buffer.from(bytes(msgId)).toString("hex").toUpperCase()}`,
      receivedAt: Number(micros),
      deviceId: String(deviceId),
      channel: String(channel),
      reason: String(reason),
      detail: String(detail),
      codec: String(codec),
      codecVersion: String(codecVersion),
      payload: bytes(payload),
    };
  });
}

/** What the newest messages, of those that came before a time, are remembered by: 16 bytes each, one behind the other. */
export async function knownIds(
  connection: DuckDBConnection,
  limit: number,
  before?: Micros,
): Promise<Uint8Array> {
  const earlier = (arrival: string): string =>
    before === undefined ? "" : ` WHERE ${arrival} < make_timestamptz(${before})`;
  const tables = await connection.runAndReadAll(
    "SELECT table_name FROM information_schema.tables WHERE table_name IN ('readings', 'quarantine') OR table_name LIKE 'frames\\_%' ESCAPE '\\'",
  );
  const parts = tables.getRows().map(([name]) => {
    const arrival = name === "quarantine" ? "received_at" : "ingest_ts";
    return `SELECT msg_id, ${arrival} AS arrival, ${name === "quarantine"} AS is_refused FROM "${String(name)}"${earlier(arrival)}`;
  });
  const reader = await connection.runAndReadAll(
    `SELECT msg_id, bool_and(is_refused) FROM (${parts.join(" UNION ALL ")}) GROUP BY msg_id ORDER BY max(arrival) DESC LIMIT ${limit}`,
  );
  const rows = reader.getRows();
  const ids = new Uint8Array(rows.length * 16);
  // Oldest first, so that the newest are forgotten last.
  rows.toReversed().forEach(([id, isRefused], index) => {
    if (id instanceof DuckDBBlobValue)
      ids.set(isRefused === true ? quarantineId(id.bytes) : id.bytes, index * 16);
  });
  return ids;
}

export async function lakeStats(core: LakeCore): Promise<LakeStats> {
  const zones = new Map<string, { files: number; bytes: number }>(
    ["raw", "curated", "quarantine"].map((zone) => [zone, { files: 0, bytes: 0 }]),
  );
  const tables = new Map<string, { files: number; rows: number; bytes: number }>();
  for (const file of core.manifest.files) {
    const zone = zones.get(file.path.split("/")[0] ?? "");
    if (zone !== undefined) {
      zone.files++;
      zone.bytes += file.bytes;
    }
    const table = tables.get(file.table) ?? { files: 0, rows: 0, bytes: 0 };
    tables.set(file.table, {
      files: table.files + 1,
      rows: table.rows + file.rows,
      bytes: table.bytes + file.bytes,
    });
  }
  const raw = await filesBelow(join(core.folder, "raw"));
  const sizes = await Promise.all(raw.map(async (file) => (await stat(file).catch(() => null))?.size ?? 0));
  zones.set("raw", { files: raw.length, bytes: sizes.reduce((sum, size) => sum + size, 0) });
  return {
    zones: [...zones].map(([zone, sums]) => ({ zone: zone as "raw", ...sums })),
    tables: [...tables].map(([table, sums]) => ({ table, ...sums })),
    pipeline: core.stats,
  };
}

/** Those of the manifest, and the raw zone's, which are the log's released segments. */
export async function newestFiles(
  { manifest, folder }: LakeCore,
  { limit }: { limit: number },
): Promise<StoredFile[]> {
  const raw = await Promise.all(
    (await filesBelow(join(folder, "raw"))).map(async (file): Promise<StoredFile[]> => {
      const found = await stat(file).catch(() => null);
      if (found === null) return [];
      const newest = Math.round(found.mtimeMs * 1000);
      const path = relative(folder, file);
      return [{ zone: "raw", path, bytes: found.size, rows: null, oldest: null, newest }];
    }),
  );
  const settled = manifest.files.map(({ path, bytes, rows, minTs, maxTs }): StoredFile => {
    const zone = path.startsWith("quarantine/") ? "quarantine" : "curated";
    return { zone, path, bytes, rows, oldest: minTs, newest: maxTs };
  });
  return [...raw.flat(), ...settled]
    .toSorted((a, b) => b.newest - a.newest || (a.path < b.path ? -1 : 1))
    .slice(0, limit);
}

/** The finished export is copied out and the draft removed. */
export async function exportParquet(
  core: LakeCore,
  connection: DuckDBConnection,
  sql: string,
  file: string,
): Promise<{ rows: number }> {
  if (existsSync(file)) throw new QueryError(`${file} exists already; name a file that does not`);
  const draft = await exportDraft(core, connection, sql, { format: "parquet" });
  try {
    await copyFile(draft.file, file, constants.COPYFILE_EXCL).catch((error: NodeJS.ErrnoException) => {
      throw new QueryError(`${file} cannot be written (${error.code})`);
    });
    return { rows: draft.rows };
  } finally {
    await rm(draft.file, { force: true });
  }
}
