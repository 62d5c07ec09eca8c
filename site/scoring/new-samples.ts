/** What came in of the frames that models score: which stretches of which devices, and their samples. */
import type { Micros } from "../../functions/core/model.ts";
import { quoteIdentifier } from "../../functions/core/table.ts";
import { together, type Stretch } from "../../functions/scoring/stretches.ts";
import type { LakeReader } from "../ports.ts";

export interface NewStretches {
  readonly stretches: readonly Stretch[];
  /** Newest arrival that was looked at; null where nothing came. */
  readonly reached: Micros | null;
  /** Whether more may have come after that. */
  readonly more: boolean;
}

/** Of the samples of a device: times, and a column an axis with NaN for what is missing. */
export interface Samples {
  readonly times: Float64Array;
  readonly columns: readonly Float64Array[];
}

type Reader = Pick<LakeReader, "query">;

/** Arrivals that are looked at in one go, microseconds. */
const slice: Micros = 600_000_000;
const hour: Micros = 3_600_000_000;
const mostStretches = 200_000;
const pageRows = 10_000;
const instant = "make_timestamptz(CAST(? AS BIGINT))";
const micros = (column: string): string => `CAST(epoch_us(${column}) AS DOUBLE)`;

export async function hasTable(lake: Reader, table: string): Promise<boolean> {
  const { rows } = await lake.query(
    "SELECT 1 FROM information_schema.tables WHERE table_catalog = 'memory' AND table_name = ?",
    { parameters: [table], maxRows: 1 },
  );
  return rows.length > 0;
}

export interface Since {
  readonly since: Micros;
  /** Before it, in which some may have become visible later. */
  readonly overlap: Micros;
  /** Whether the overlap was looked at since: then there is something only where newer rows came. */
  readonly isSettled: boolean;
  /** Arrivals from then on are left out. Default none are. */
  readonly until?: Micros;
}

/**
 * Rows that arrived after `since`, and in the `overlap` before it. Throws where one slice has more stretches than memory
 * should hold.
 */
export async function newStretches(
  lake: Reader,
  table: string,
  { since, overlap, isSettled, until = Infinity }: Since,
): Promise<NewStretches> {
  const from = quoteIdentifier(table);
  const first = await lake.query(
    `SELECT ${micros("min(ingest_ts)")} FROM ${from} WHERE ingest_ts > ${instant}`,
    {
      parameters: [since],
    },
  );
  const next = first.rows[0]?.[0] ?? null;
  if ((next === null && isSettled) || Number(next) >= until)
    return { stretches: [], reached: null, more: false };
  const end = Math.min(Number(next ?? since) + slice, until);
  const { rows, truncated } = await lake.query(
    `SELECT device_id, lane = 'offline', ${micros("min(ts)")}, ${micros("max(ts)")}, ${micros("max(ingest_ts)")}
       FROM ${from} WHERE ingest_ts >= ${instant} AND ingest_ts < ${instant}
       GROUP BY 1, 2, time_bucket(INTERVAL 1 HOUR, ts) ORDER BY 1, 2, 3`,
    { parameters: [since - overlap, end], maxRows: mostStretches },
  );
  if (truncated) throw new Error(`${table} got more than ${mostStretches} stretches within ten minutes`);
  const stretches: Stretch[] = [];
  let reached: Micros | null = null;
  for (const row of rows) {
    const [device, isOffline, start, stop, arrived] = row as [string, boolean, number, number, number];
    reached = Math.max(reached ?? 0, arrived);
    stretches.push({ device, isOffline, from: start, to: stop });
  }
  return { stretches, reached, more: next !== null };
}

/** Of rows, the second one excluded. */
export interface Arrivals {
  readonly from: Micros;
  readonly to: Micros;
}

/** Stretches of all samples that arrived then; none where there is no such table. */
export async function arrivedIn(
  lake: Reader,
  table: string,
  { from, to }: Arrivals,
): Promise<readonly Stretch[]> {
  if (!(await hasTable(lake, table))) return [];
  let found: readonly Stretch[] = [];
  for (let since = from - 1, more = true; more;) {
    const next = await newStretches(lake, table, { since, overlap: -1, isSettled: true, until: to });
    found = together([...found, ...next.stretches], hour);
    since = next.reached ?? to;
    ({ more } = next);
  }
  return found;
}

/** A device's samples of that time, oldest first, page by page; of those of one time the first that arrived. */
export async function* samplesOf(
  lake: Reader,
  table: string,
  axes: readonly string[],
  { device, from, to }: Pick<Stretch, "device" | "from" | "to">,
): AsyncGenerator<Samples> {
  let after = from - 1;
  for (;;) {
    const { rows } = await lake.query(
      `SELECT ${[micros("ts"), ...axes.map(quoteIdentifier)].join(", ")} FROM ${quoteIdentifier(table)}
         WHERE device_id = ? AND ts > ${instant} AND ts <= ${instant} ORDER BY ts, ingest_ts LIMIT ${pageRows}`,
      { parameters: [device, after, to], maxRows: pageRows },
    );
    if (rows.length === 0) return;
    const numbers = (column: number): Float64Array =>
      Float64Array.from(rows, (row) => (typeof row[column] === "number" ? row[column] : NaN));
    const times = numbers(0);
    yield { times, columns: axes.map((_, axis) => numbers(axis + 1)) };
    if (rows.length < pageRows) return;
    after = times.at(-1)!;
  }
}
