/**
 * Entries of the quarantine whose message no raw file has any more, because it went by its age or was damaged: the entry is
 * what is left of it. All entries of a range are noted at first, those that are met among raw messages are struck out.
 */
import { DuckDBBlobValue, DuckDBTimestampTZValue, type DuckDBConnection } from "@duckdb/node-api";
import type { Lane, Micros } from "../../functions/core/model.ts";
import { quarantineTable } from "../../functions/core/table.ts";
import type { LakeCore } from "./lake-core.ts";
import { fileScan } from "./views.ts";

export interface Orphan {
  readonly deviceId: string;
  readonly channel: string;
  readonly receivedAt: Micros;
  readonly payload: Uint8Array;
  /** Of the entry, and of the rows that came of the message's good part. */
  readonly msgId: Uint8Array;
  readonly lane: Lane;
  /** Among those of the same device, arrival, channel and bytes. */
  readonly copy: number;
  /** Place among all of the range. */
  readonly number: number;
}

/** What one answer holds: a portion of a replay. */
const answerBytes = 1024 * 1024;
const answerEntries = 10_000;

/** Notes the entries of messages that arrived in [from, to), and says how many they are. */
export async function noteOrphans(core: LakeCore, from: Micros, to: Micros): Promise<number> {
  return withWriter(core, async (main) => {
    await main.run(`CREATE OR REPLACE TEMP TABLE replay_orphans AS
      SELECT *, row_number() OVER (PARTITION BY device_id, arrival, channel, payload ORDER BY msg_id) - 1 AS copy,
        row_number() OVER (ORDER BY arrival, device_id, channel, payload, msg_id) AS number
      FROM (SELECT device_id, received_at AS arrival, channel, sha256(payload) AS payload, msg_id,
          octet_length(payload) AS bytes
        FROM (${entriesIn(core)})
        WHERE received_at >= make_timestamptz(${from}) AND received_at < make_timestamptz(${to}))`);
    const reader = await main.runAndReadAll("SELECT count(*) FROM replay_orphans");
    return Number(reader.getRows()[0]?.[0]);
  });
}

/** Those of the portion's messages are none. */
export async function strikeOrphans(main: DuckDBConnection): Promise<void> {
  await main.run(`CREATE TEMP TABLE IF NOT EXISTS replay_orphans AS
    SELECT device_id, arrival, channel, payload FROM replay_bytes WHERE false`);
  for (const keys of ["replay_bytes", "replay_kept"])
    await main.run(`DELETE FROM replay_orphans o USING ${keys} b WHERE b.device_id = o.device_id
      AND b.arrival = o.arrival AND b.channel = o.channel AND b.payload = o.payload`);
}

/** The next ones behind a place, in order of arrival; none behind the last one. */
export async function orphansAfter(core: LakeCore, number: number): Promise<Orphan[]> {
  const rows = await withWriter(core, async (main) => {
    const reader = await main.runAndReadAll(`WITH next AS (
        SELECT *, sum(bytes) OVER (ORDER BY number) - bytes AS before FROM (
          SELECT * FROM replay_orphans WHERE number > ${number} ORDER BY number LIMIT ${answerEntries}))
      SELECT n.number, any_value(n.copy), any_value(o.device_id), any_value(o.channel), any_value(o.received_at),
        any_value(o.payload), any_value(o.msg_id), any_value(o.lane)
      FROM next n JOIN (${entriesIn(core)}) o ON o.device_id = n.device_id AND o.received_at = n.arrival
        AND o.channel = n.channel AND o.msg_id = n.msg_id AND sha256(o.payload) = n.payload
      WHERE n.before < ${answerBytes} GROUP BY n.number ORDER BY n.number`);
    return reader.getRows();
  });
  return rows.map((row) => {
    const [place, copy, deviceId, channel, arrival, payload, msgId, lane] = row;
    return {
      ...{ deviceId: String(deviceId), channel: String(channel), lane: lane === "live" ? "live" : "offline" },
      ...{ payload: bytesOf(payload), msgId: bytesOf(msgId), copy: Number(copy), number: Number(place) },
      receivedAt: arrival instanceof DuckDBTimestampTZValue ? Number(arrival.micros) : 0,
    };
  });
}

/** The engine that changes the lake knows the keys of portions. */
async function withWriter<Result>(
  core: LakeCore,
  work: (main: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  const results: Result[] = [];
  await core.change(async ({ engine }) => {
    results.push(await work(engine.main));
    return null;
  });
  return results[0] as Result;
}

const bytesOf = (value: unknown): Uint8Array =>
  value instanceof DuckDBBlobValue ? value.bytes : new Uint8Array();

function entriesIn({ folder, manifest }: LakeCore): string {
  const columns = "device_id, received_at, channel, payload, msg_id, lane";
  const own = manifest.files.filter(({ table }) => table === quarantineTable.name);
  const parts = [...Map.groupBy(own, ({ shape }) => shape).values()].map(
    (some) => `SELECT ${columns} FROM ${fileScan(folder, some)}`,
  );
  if (parts.length > 0) return parts.join(" UNION ALL ");
  return `SELECT '' AS device_id, make_timestamptz(0) AS received_at, '' AS channel, ''::BLOB AS payload,
    ''::BLOB AS msg_id, '' AS lane WHERE false`;
}
