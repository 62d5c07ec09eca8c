/** What arrived lately: rows per minute, and who sent most. */
import type { Busiest, Rate } from "./api.ts";
import type { FrameTables } from "./frame-tables.ts";
import { numberOf, textOrNull, type LakeQueries } from "./lake-queries.ts";

const minuteMs = 60_000;

/** The last `minutes`, the running one included. `now` in milliseconds. */
export async function readRate(
  queries: LakeQueries,
  tables: FrameTables,
  minutes: number,
  now: number,
): Promise<Rate> {
  const last = Math.floor(now / minuteMs) * minuteMs;
  const first = last - (minutes - 1) * minuteMs;
  // Not by the view rows_per_minute: a condition on what it computed reads the whole lake.
  const arrived = await tables.everyRow(
    "ingest_ts",
    "WHERE ingest_ts >= make_timestamptz(CAST($1 AS BIGINT))",
  );
  const rows = await queries.rows(
    `SELECT CAST(epoch_us(ingest_ts) // 60000000 AS DOUBLE) AS minute, CAST(count(*) AS DOUBLE) AS "rows"
     FROM (${arrived}) GROUP BY 1`,
    [first * 1000],
  );
  const counts = new Map(rows.map((row) => [numberOf(row["minute"]) * minuteMs, numberOf(row["rows"])]));
  const starts = Array.from({ length: minutes }, (_, index) => first + index * minuteMs);
  return { minutes: starts, rows: starts.map((start) => counts.get(start) ?? 0) };
}

/** Of the hour in which something arrived last; null where the lake holds no row. */
export async function readBusiest(queries: LakeQueries, tables: FrameTables): Promise<Busiest> {
  const [newest] = await queries.rows(
    `SELECT CAST(epoch_us(max(ingest_ts)) AS DOUBLE) AS newest FROM (${await tables.everyRow("ingest_ts", "")})`,
  );
  const last = newest?.["newest"];
  if (last === null || last === undefined) return { device: null };
  const arrived = await tables.everyRow(
    "device_id",
    "WHERE ingest_ts > make_timestamptz(CAST($1 AS BIGINT))",
  );
  const [row] = await queries.rows(
    `SELECT device_id FROM (${arrived}) GROUP BY device_id ORDER BY count(*) DESC, device_id LIMIT 1`,
    [Math.floor(numberOf(last)) - 60 * minuteMs * 1000],
  );
  return { device: textOrNull(row?.["device_id"]) };
}
