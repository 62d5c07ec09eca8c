/** Rows per minute and the latest value of each series. */
import type { Latest, LatestOrder, LatestRow, LatestValue, Rate } from "./api.ts";
import { numberOf, textOf, textOrNull, type LakeQueries, type Row } from "./lake-queries.ts";

const minuteMs = 60_000;

const ratePerMinute = `
  SELECT CAST(epoch_ms(minute) AS DOUBLE) AS minute, CAST(sum(rows) AS DOUBLE) AS "rows"
  FROM rows_per_minute WHERE minute >= make_timestamptz(CAST($1 AS BIGINT))
  GROUP BY 1 ORDER BY 1`;

/** The last `minutes`, the running one included. `now` in milliseconds. */
export async function readRate(queries: LakeQueries, minutes: number, now: number): Promise<Rate> {
  const last = Math.floor(now / minuteMs) * minuteMs;
  const first = last - (minutes - 1) * minuteMs;
  const rows = await queries.rows(ratePerMinute, [first * 1000], minutes + 2);
  const counts = new Map(rows.map((row) => [numberOf(row["minute"]), numberOf(row["rows"])]));
  const starts = Array.from({ length: minutes }, (_, index) => first + index * minuteMs);
  return { minutes: starts, rows: starts.map((start) => counts.get(start) ?? 0) };
}

const number = "coalesce(value_double, CAST(value_int AS DOUBLE), CAST(value_bool AS INTEGER))";

const orders: Readonly<Record<LatestOrder, readonly string[]>> = {
  device: ["device_id", "sub_device", "metric"],
  metric: ["metric", "device_id", "sub_device"],
  value: [number, "value_text", "device_id", "metric", "sub_device"],
  time: ["ts", "device_id", "metric", "sub_device"],
};

export interface LatestOptions {
  readonly search: string;
  readonly order: LatestOrder;
  readonly descending: boolean;
  readonly limit: number;
}

/** `search` is looked for in device, sub-device and metric; all its words must be found. */
export async function readLatest(
  queries: LakeQueries,
  { search, order, descending, limit }: LatestOptions,
): Promise<Latest> {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8);
  const conditions = words.map(
    (_, index) => `contains(lower(concat_ws(' ', device_id, sub_device, metric)), $${index + 2})`,
  );
  const direction = descending ? "DESC" : "ASC";
  const sql = `
    SELECT device_id, sub_device, metric, CAST(epoch_us(ts) AS DOUBLE) / 1000 AS "time", unit,
      CAST(quality AS INTEGER) AS quality, value_double, CAST(value_int AS VARCHAR) AS value_int, value_bool,
      left(value_text, 200) AS value_text, hex(value_bytes[1:32]) AS value_bytes,
      octet_length(value_bytes) AS byte_length, CAST(count(*) OVER () AS DOUBLE) AS matching
    FROM latest ${conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : ""}
    ORDER BY ${orders[order].map((column) => `${column} ${direction} NULLS LAST`).join(", ")}
    LIMIT CAST($1 AS BIGINT)`;
  const rows = await queries.rows(sql, [limit, ...words], limit);
  return { matching: numberOf(rows[0]?.["matching"] ?? 0), rows: rows.map(toLatest) };
}

function toLatest(row: Row): LatestRow {
  return {
    device: textOf(row["device_id"]),
    sub: textOrNull(row["sub_device"]),
    metric: textOf(row["metric"]),
    time: numberOf(row["time"]),
    value: valueOf(row),
    unit: textOrNull(row["unit"]),
    quality: numberOf(row["quality"]),
  };
}

function valueOf(row: Row): LatestValue {
  const isSet = (name: string): boolean => row[name] !== null && row[name] !== undefined;
  if (isSet("value_double")) return { kind: "double", value: numberOf(row["value_double"]) };
  if (isSet("value_int")) return { kind: "int", value: textOf(row["value_int"]) };
  if (isSet("value_bool")) return { kind: "bool", value: row["value_bool"] === true };
  if (isSet("value_text")) return { kind: "text", value: textOf(row["value_text"]) };
  if (isSet("value_bytes")) {
    return { kind: "bytes", value: textOf(row["value_bytes"]), length: numberOf(row["byte_length"]) };
  }
  return { kind: "none" };
}
