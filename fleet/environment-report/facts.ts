/** What a report of an environment is made of, asked of its running site. */
import { quoteIdentifier } from "../../functions/core/table.ts";
import type { SiteHealth } from "../../site/client.ts";
import type { DeviceState, LakeStats, LogStats, QueryOptions, QueryResult } from "../../site/ports.ts";
import { alarmFacts, type AlarmFacts, type AskAlarms } from "./alarms.ts";

/** What a running site is asked, from inside or over its control socket. */
export interface ReportSource {
  health(): Promise<Pick<SiteHealth, "modules">>;
  status(): Promise<{
    readonly fleet: readonly DeviceState[];
    readonly lake: LakeStats | null;
    readonly log: LogStats | null;
  }>;
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
  readonly alarms: AskAlarms;
}

export interface DayVolume {
  /** YYYY-MM-DD, UTC, of arrival. */
  readonly day: string;
  readonly rows: number;
  readonly devices: number;
}

export interface RefusedMessages {
  readonly deviceId: string;
  readonly reason: string;
  /** `name@version` of the profile that refused them. */
  readonly codec: string;
  readonly messages: number;
  /** RFC 3339, UTC. */
  readonly last: string;
}

export interface ReportFacts {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Days that volume and quarantine look back on. */
  readonly days: number;
  readonly modules: SiteHealth["modules"];
  readonly devices: readonly DeviceState[];
  readonly lake: LakeStats;
  readonly log: LogStats | null;
  /** Null where nobody looks after alarms. */
  readonly alarms: AlarmFacts | null;
  /** Oldest first; days without any row are not in it. */
  readonly volume: readonly DayVolume[];
  /** The most frequent first, at most {@link mostRefused}. */
  readonly refused: readonly RefusedMessages[];
}

/** Kinds of refused messages that a report lists; a broken fleet must not make it endless. */
export const mostRefused = 50;
const dayMs = 86_400_000;
const queryMs = 300_000;

/** Rejects as `site` does where it does not run or its lake is not open. */
export async function reportFacts(site: ReportSource, days: number, now: number): Promise<ReportFacts> {
  const { modules } = await site.health();
  const { fleet, lake, log } = await site.status();
  const zones = lake ?? (await withoutLake(site));
  const since = new Date(now - days * dayMs).toISOString();
  const options = { parameters: [since], timeoutMs: queryMs };
  const measured = ["readings", ...zones.tables.map(({ table }) => table).filter(isFrames)];
  const volume = await site.query(volumeOf(measured), options);
  const refused = await site.query(refusedMessages, options);
  return {
    at: now,
    days,
    modules,
    devices: fleet,
    lake: zones,
    log,
    alarms:
      modules.alarms?.state === "running"
        ? await alarmFacts((request) => site.alarms(request), days, now)
        : null,
    volume: volume.rows.map(([day, rows, devices]) => {
      return { day: String(day), rows: Number(rows), devices: Number(devices) };
    }),
    refused: refused.rows.map(([deviceId, reason, codec, messages, last]) => ({
      deviceId: String(deviceId),
      reason: String(reason),
      codec: String(codec),
      messages: Number(messages),
      last: String(last),
    })),
  };
}

const isFrames = (table: string): boolean => table.startsWith("frames_");

/** The question says in the user's terms why there is no lake. */
async function withoutLake(site: Pick<ReportSource, "query">): Promise<LakeStats> {
  await site.query("SELECT 1");
  const pipeline = { messages: 0, rows: 0, frames: 0, quarantined: 0, duplicates: 0 };
  return { zones: [], tables: [], pipeline };
}

/** One parameter: from when on, RFC 3339. */
function volumeOf(tables: readonly string[]): string {
  const rows = tables.map((table) => `SELECT device_id, ingest_ts FROM ${quoteIdentifier(table)}`);
  return `SELECT strftime(ingest_ts, '%Y-%m-%d') AS day, count(*), count(DISTINCT device_id)
    FROM (${rows.join(" UNION ALL ")}) WHERE ingest_ts >= CAST(? AS TIMESTAMPTZ) GROUP BY day ORDER BY day`;
}

const refusedMessages = `SELECT device_id, reason, codec || '@' || codec_version AS refused_by, count(*) AS messages, max(received_at)
  FROM quarantine WHERE received_at >= CAST(? AS TIMESTAMPTZ)
  GROUP BY device_id, reason, refused_by ORDER BY messages DESC, device_id, reason, refused_by LIMIT ${mostRefused}`;
