/**
 * When the sample recording began. The first start decides; every later one sends the same times again, so that
 * every message is recognised as a repeat. The time is kept in a small file, and found again in the lake.
 */
import { join } from "node:path";
import { z } from "zod";
import type { Micros } from "../../functions/core/model.ts";
import { samplesOfFrame } from "../../samples/imu-frames.ts";
import { recordingLength } from "../../samples/messages.ts";
import { sampleRate } from "../../samples/recording.ts";
import { readJson, writeJson, type EnvironmentFolders } from "../environment.ts";
import type { SiteConnection } from "../site-client.ts";

const anchorSchema = z.object({
  /** When the recording begins. */
  base: z.iso.datetime(),
  /** The messages that nothing tells from a new reading were acknowledged; they are not sent again. */
  sentOnce: z.boolean(),
});

export interface Anchor {
  /** Whole seconds. */
  readonly base: Micros;
  readonly sentOnce: boolean;
  /** `new`: this is the first feed. `file`, `lake`: an earlier one, found there. */
  readonly source: "new" | "file" | "lake";
}

const anchorFile = (folders: EnvironmentFolders): string => join(folders.environment, "samples.json");

const second: Micros = 1_000_000;
/** Time between the first samples of two frames. */
const framePeriod: Micros = (samplesOfFrame / sampleRate) * second;
/** Live data is believed for seven days; a beginning that is nearly as old is no use for a lake without samples. */
const usableFor: Micros = 6 * 86_400 * second;

/** The earliest stored sample of the bands' lowest frame, from which the beginning follows. */
export const anchorSql = `select seq, epoch_us(min(ts)) as first
from frames_wearable_imu
where device_id like 'wrist-%'
group by seq
order by seq
limit 1`;

/**
 * The beginning of the recording: what the lake tells; for a lake without samples what the file tells, if it is
 * recent (an earlier feed was interrupted); else the recording ends now. Flush before.
 */
export async function findAnchor(
  folders: EnvironmentFolders,
  site: Pick<SiteConnection, "query">,
  now: Micros,
): Promise<Anchor> {
  const stored = await baseFromLake(site);
  const file = readJson(anchorFile(folders), anchorSchema);
  const remembered = file === null ? null : Date.parse(file.base) * 1000;
  if (stored !== null) {
    // Of a feed without a file nothing is known but that it took place.
    const sentOnce = remembered === stored ? file?.sentOnce === true : true;
    return { base: stored, sentOnce, source: remembered === stored ? "file" : "lake" };
  }
  if (remembered !== null && remembered <= now && now - remembered < usableFor) {
    return { base: remembered, sentOnce: false, source: "file" };
  }
  return { base: Math.floor((now - recordingLength) / second) * second, sentOnce: false, source: "new" };
}

async function baseFromLake({ query }: Pick<SiteConnection, "query">): Promise<Micros | null> {
  const tables = await query(
    "select 1 from information_schema.tables where table_name = 'frames_wearable_imu'",
  );
  if (tables.rows.length === 0) return null;
  const [row] = (await query(anchorSql)).rows;
  if (row === undefined) return null;
  const [sequence, first] = row.map(Number);
  return (first ?? 0) - (sequence ?? 0) * framePeriod;
}

/** To be written before the first message is sent, and again when all are acknowledged. */
export function writeAnchor(folders: EnvironmentFolders, base: Micros, sentOnce: boolean): void {
  writeJson(anchorFile(folders), { base: new Date(base / 1000).toISOString(), sentOnce });
}
