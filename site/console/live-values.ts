/** The latest value of each series. */
import type { Latest, LatestOrder, LatestRow, LatestValue } from "./api.ts";
import { numberOf, textOf, textOrNull, type LakeQueries, type Row } from "./lake-queries.ts";

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
  const double = row["value_double"];
  // JSON has no number for what a float can be: NaN, Infinity.
  if (typeof double === "string") return { kind: "text", value: double };
  if (isSet("value_double")) return { kind: "double", value: numberOf(double) };
  if (isSet("value_int")) return { kind: "int", value: textOf(row["value_int"]) };
  if (isSet("value_bool")) return { kind: "bool", value: row["value_bool"] === true };
  if (isSet("value_text")) return { kind: "text", value: textOf(row["value_text"]) };
  if (isSet("value_bytes")) {
    return { kind: "bytes", value: textOf(row["value_bytes"]), length: numberOf(row["byte_length"]) };
  }
  return { kind: "none" };
}
