/**
 * Entries of the quarantine whose message no raw object has any more, because it went by its age or was damaged: the entry is
 * what is left of it.
 */
import { createHash } from "node:crypto";
import type { DuckDBConnection } from "@duckdb/node-api";
import { hourFolder, hourOf } from "../core/instant.ts";
import type { Message, Micros } from "../core/model.ts";
import { quarantineTable, quoteText } from "../core/table.ts";
import { MissingObject } from "../missing-object.ts";
import { dayFiles, type DayFiles, type LakeReading } from "./day-files.ts";
import type { FetchedFiles, FileHere } from "./fetched-files.ts";
import { orphanPosition } from "./orphan-position.ts";

export interface Orphan {
  /** Its place in the stream is lost: what tells equal ones apart takes its place. */
  readonly message: Message;
  /** Hex, of the entry and of the rows that came of the message's good part. */
  readonly msgId: string;
}

const attempts = 5;

/** Files with entries of messages that arrived in an hour, here, and their size; what goes meanwhile is looked for again. */
export async function entriesOf(
  container: string,
  hour: Micros,
  reading: LakeReading,
  fetched: FetchedFiles,
): Promise<{ readonly files: readonly FileHere[]; readonly bytes: number }> {
  for (let attempt = 1; ; attempt++) {
    const found = await filesOf(container, hour, reading);
    try {
      const files = await fetched.of(container, quarantineTable.name, [found]);
      return { files, bytes: found.files.reduce((sum, { bytes }) => sum + bytes, 0) };
    } catch (error) {
      if (!(error instanceof MissingObject) || attempt === attempts) throw error;
    }
  }
}

async function filesOf(container: string, hour: Micros, reading: LakeReading): Promise<DayFiles> {
  const [day = "", folder = ""] = hourFolder(hourOf(hour)).slice("dt=".length).split("/");
  const [found] = (await dayFiles(container, quarantineTable.name, [day], reading)) as readonly [DayFiles];
  return { ...found, files: found.files.filter(({ key }) => key.includes(`/${folder}/`)) };
}

export interface OrphanOptions {
  readonly tenant: string;
  /** Their messages are none. */
  readonly messages: readonly Message[];
  /** Arrival, the second one excluded. */
  readonly from: Micros;
  readonly to: Micros;
  isWanted(deviceId: string): boolean;
  /** Whether the raw zone has the file that a record came in: it is decoded with its file. */
  hasFile(place: Pick<Message, "deviceId" | "channel" | "receivedAt">): boolean;
}

/** Those among the entries of some files, in order of arrival. */
export async function orphansIn(
  connection: DuckDBConnection,
  files: readonly FileHere[],
  { tenant, messages, from, to, isWanted, hasFile }: OrphanOptions,
): Promise<Orphan[]> {
  if (files.length === 0) return [];
  const raw = new Set(messages.map(keyOf));
  const copies = new Map<string, number>();
  const orphans: Orphan[] = [];
  const paths = files.map(({ path }) => quoteText(path)).join(", ");
  const found = await connection.stream(`SELECT device_id, channel, epoch_us(received_at::TIMESTAMPTZ),
      payload::VARCHAR, msg_id::VARCHAR, lane FROM read_parquet([${paths}], union_by_name = true, hive_partitioning = false)
    ORDER BY received_at, device_id, channel, payload, msg_id`);
  for await (const rows of found.yieldRows()) {
    for (const [device, channel, arrival, payload, msgId, lane] of rows) {
      const [deviceId, receivedAt] = [String(device), Number(arrival)];
      if (!isWanted(deviceId) || receivedAt < from || receivedAt >= to) continue;
      const message: Omit<Message, "position"> = {
        ...{ tenant, deviceId, channel: String(channel), receivedAt },
        ...{ payload: Buffer.from(String(payload), "hex"), lane: lane === "live" ? "live" : "offline" },
      };
      const key = keyOf(message);
      if (raw.has(key) || (message.lane === "offline" && hasFile(message))) continue;
      const copy = copies.get(key) ?? 0;
      copies.set(key, copy + 1);
      orphans.push({
        message: { ...message, position: orphanPosition(receivedAt, copy) },
        msgId: String(msgId),
      });
    }
  }
  return orphans;
}

const keyOf = ({ deviceId, channel, receivedAt, payload, lane }: Omit<Message, "position">): string =>
  JSON.stringify([deviceId, channel, receivedAt, lane, createHash("sha256").update(payload).digest("hex")]);
