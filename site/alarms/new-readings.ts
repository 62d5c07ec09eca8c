/** The values that rules look at, in the order of their arrival, page by page. */
import type { Micros } from "../../functions/core/model.ts";
import { quoteIdentifier } from "../../functions/core/table.ts";
import type { LakeReader } from "../ports.ts";
import type { Subject } from "../../functions/alarms/alarm.ts";
import { furthestAhead, youngest, type AlarmReading } from "../../functions/alarms/alarm-reading.ts";

export interface NewReading extends AlarmReading {
  readonly arrived: Micros;
}

const pageRows = 20_000;

const number = "coalesce(value_double, CAST(value_int AS DOUBLE), CAST(value_bool AS DOUBLE))";
const columns = `device_id, sub_device, metric, CAST(epoch_us(ts) AS DOUBLE), ${number}, CAST(epoch_us(ingest_ts) AS DOUBLE),
  hex(msg_id), codec, codec_version`;
const wanted = `FROM readings WHERE list_contains(string_split(?, ','), metric) AND ${number} IS NOT NULL AND quality < 2`;
const instant = "make_timestamptz(CAST(? AS BIGINT))";

/** Good numbers of these metrics that arrived at or after `from`, as {@link pagesSince} gives them. */
export const readingsSince = (
  lake: Pick<LakeReader, "query">,
  metrics: readonly string[],
  from: Micros,
  now: Micros,
): AsyncGenerator<readonly NewReading[]> =>
  pagesSince(lake, { columns, wanted, parameters: [metrics.join(",")] }, from, now);

/** A measured column of a frame table. */
export interface FrameColumn {
  readonly table: string;
  readonly metric: string;
}

/** Columns of frame tables that are named as these metrics. */
export async function frameColumns(
  lake: Pick<LakeReader, "query">,
  metrics: readonly string[],
): Promise<readonly FrameColumn[]> {
  const { rows } = await lake.query(
    `SELECT table_name, column_name FROM information_schema.columns
       WHERE table_catalog = 'memory' AND starts_with(table_name, 'frames_') AND data_type = 'DOUBLE'
         AND list_contains(string_split(?, ','), column_name) ORDER BY ALL`,
    { parameters: [metrics.join(",")] },
  );
  return rows.map(([table, metric]) => ({ table: String(table), metric: String(metric) }));
}

/** The same as {@link readingsSince} of a frame table's column, sample by sample. */
export function frameValuesSince(
  lake: Pick<LakeReader, "query">,
  { table, metric }: FrameColumn,
  from: Micros,
  now: Micros,
): AsyncGenerator<readonly NewReading[]> {
  const value = quoteIdentifier(metric);
  const source = {
    columns: `device_id, NULL, CAST(? AS VARCHAR), CAST(epoch_us(ts) AS DOUBLE), ${value},
      CAST(epoch_us(ingest_ts) AS DOUBLE), hex(msg_id), codec, codec_version`,
    wanted: `FROM ${quoteIdentifier(table)} WHERE ${value} IS NOT NULL AND quality < 2`,
    parameters: [metric],
  };
  return pagesSince(lake, source, from, now);
}

interface Source {
  readonly columns: string;
  readonly wanted: string;
  readonly parameters: readonly string[];
}

/**
 * What arrived in the same moment, as a burst or an upload does, by its own time. A page may begin with values of the
 * former one.
 */
async function* pagesSince(
  lake: Pick<LakeReader, "query">,
  source: Source,
  from: Micros,
  now: Micros,
): AsyncGenerator<readonly NewReading[]> {
  let key: readonly [arrived: number, time: number, msgId: string] = [from, 0, ""];
  for (;;) {
    const { rows } = await lake.query(
      `SELECT ${source.columns} ${source.wanted} AND ts >= ${instant}
         AND ts <= ingest_ts + INTERVAL (${furthestAhead}) MICROSECOND AND (ingest_ts, ts, hex(msg_id)) >= (${instant}, ${instant}, ?)
       ORDER BY ingest_ts, ts, hex(msg_id) LIMIT ${pageRows}`,
      { parameters: [...source.parameters, now - youngest, key[0], key[1], key[2]], maxRows: pageRows },
    );
    const page = rows.map(toReading);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return;
    const next = [last.arrived, last.time, last.msgId] as const;
    // More metrics of one moment than a page holds: the rest of them is left out rather than asked for without end.
    const isStuck = next.every((part, at) => part === key[at]);
    key = isStuck ? [last.arrived, last.time + 1, ""] : next;
  }
}

/** The values of a series before a moment, oldest first. */
export async function valuesBefore(
  lake: Pick<LakeReader, "query">,
  { device, sub, metric }: Subject,
  before: Micros,
  limit: number,
): Promise<readonly number[]> {
  const { rows } = await lake.query(
    `SELECT ${number} ${wanted} AND device_id = ? AND sub_device IS NOT DISTINCT FROM CAST(? AS VARCHAR)
       AND ts < ${instant} ORDER BY ts DESC LIMIT CAST(? AS BIGINT)`,
    { parameters: [metric, device, sub, before, limit], maxRows: limit },
  );
  return rows.map(([value]) => Number(value)).toReversed();
}

function toReading(row: readonly unknown[]): NewReading {
  const [device, sub, metric, time, value, arrived, msgId, codec, codecVersion] = row;
  return {
    device: String(device),
    sub: sub === null ? null : String(sub),
    metric: String(metric),
    time: Number(time),
    value: Number(value),
    arrived: Number(arrived),
    msgId: String(msgId),
    codec: String(codec),
    codecVersion: String(codecVersion),
  };
}
