/**
 * A lake with the tables, views and answers of the real one, plain and in DuckDB's memory: 24 hours of room sensors, an
 * hour of 10 Hz frames, a few of everything else. The same shape in every run; times count back from `now`.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBBlobValue, DuckDBInstance, DuckDBTimestampTZValue } from "@duckdb/node-api";
import type {
  LakeReader,
  LakeStats,
  QuarantineEntry,
  QueryOptions,
  StoredFile,
} from "../../../site/ports.ts";
import { exportDraft } from "../../../site/store/asking/export-draft.ts";
import { answer } from "../../../site/store/reader.ts";
import { fakeQuarantine } from "./fake-quarantine.ts";
import { fakeFilesQuery, fakeTables } from "./fake-tables.ts";

export interface FakeLake extends LakeReader {
  /** Every statement that was asked, with its parameters, oldest first. */
  readonly asked: readonly { sql: string; parameters: QueryOptions["parameters"] }[];
  /** Something arrives: any SQL; rows go into `kept_readings`, `kept_frames_wearable_imu`. */
  run(sql: string): Promise<void>;
  /** A message is quarantined, as the newest. */
  quarantineOne(entry: QuarantineEntry): void;
  close(): void;
}

export interface FakeLakeOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** No rows, no files, nothing in quarantine. */
  readonly empty?: boolean;
  /** Adds a device whose names, values and quarantined messages are markup. */
  readonly hostile?: boolean;
}

export async function openFakeLake({
  now,
  empty = false,
  hostile = false,
}: FakeLakeOptions): Promise<FakeLake> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  for (const statement of fakeTables({ now, empty, hostile })) await connection.run(statement);
  const quarantined = empty ? [] : fakeQuarantine(now, hostile);
  for (const { receivedAt, deviceId, reason, detail, payload } of quarantined) {
    await connection.run(
      `INSERT INTO kept_quarantine BY NAME SELECT 'demo' AS tenant, $1 AS device_id, 'telemetry' AS channel, $2 AS received_at,
         $3 AS reason, $4 AS detail, $5 AS payload, '\\x01'::BLOB AS msg_id, 'live' AS lane, '' AS codec, '' AS codec_version`,
      [
        deviceId,
        new DuckDBTimestampTZValue(BigInt(receivedAt)),
        reason,
        detail.replaceAll("\u0000", ""),
        new DuckDBBlobValue(payload),
      ],
    );
  }
  const files = (await (await connection.runAndReadAll(fakeFilesQuery)).getRows()).map(toFile);
  const folder = mkdtempSync(join(tmpdir(), "fieldlake-fake-"));
  mkdirSync(join(folder, "drafts"));
  const asked: FakeLake["asked"][number][] = [];
  return {
    asked,
    async run(sql) {
      await connection.run(sql);
    },
    quarantineOne: (entry) => void quarantined.unshift(entry),
    async query(sql, options = {}) {
      asked.push({ sql, parameters: options.parameters });
      // One each: a second statement on a connection ends the first one's stream.
      const own = await instance.connect();
      try {
        return await answer(own, sql, options);
      } finally {
        own.closeSync();
      }
    },
    exportParquet: () => Promise.reject(new Error("the page exports nothing")),
    async exportDraft(sql, options) {
      const own = await instance.connect();
      try {
        return await exportDraft({ folder }, own, sql, options);
      } finally {
        own.closeSync();
      }
    },
    flush: async () => undefined,
    stats: async () => statsOf(files, quarantined.length),
    files: async ({ limit }) => files.toSorted((a, b) => b.newest - a.newest).slice(0, limit),
    async quarantine({ limit, before }) {
      const start = before === undefined ? 0 : quarantined.findIndex(({ id }) => id === before) + 1;
      return quarantined.slice(start, start + limit);
    },
    close() {
      connection.closeSync();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function toFile([folder, path, rows, bytes, oldest, newest]: readonly unknown[]): StoredFile {
  const zone = String(folder).split("/")[0] as StoredFile["zone"];
  const times = { oldest: zone === "raw" ? null : Number(oldest), newest: Number(newest) };
  return {
    zone,
    path: String(path),
    bytes: Number(bytes),
    rows: zone === "raw" ? null : Number(rows),
    ...times,
  };
}

function statsOf(files: readonly StoredFile[], quarantined: number): LakeStats {
  const sum = (of: readonly StoredFile[]) => ({
    files: of.length,
    bytes: of.reduce((total, { bytes }) => total + bytes, 0),
    rows: of.reduce((total, { rows }) => total + (rows ?? 0), 0),
  });
  const tableOf = ({ path }: StoredFile): string => path.split("/dt=")[0]?.split("/").at(-1) ?? "";
  const tables = [...Map.groupBy(files, tableOf)]
    .filter(([table]) => table !== "raw")
    .map(([table, of]) => ({ table, ...sum(of) }));
  const rowsOf = (name: string): number => tables.find(({ table }) => table === name)?.rows ?? 0;
  const [rows, frames] = [rowsOf("readings"), rowsOf("frames_wearable_imu")];
  return {
    zones: (["raw", "curated", "quarantine"] as const).map((zone) => {
      const { files: count, bytes } = sum(files.filter((file) => file.zone === zone));
      return { zone, files: count, bytes };
    }),
    tables,
    pipeline: {
      messages: Math.round(frames / 4 + rows / 3) + quarantined,
      rows,
      frames,
      quarantined,
      duplicates: rows > 0 ? 214 : 0,
    },
  };
}
