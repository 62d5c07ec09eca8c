/** Roll-ups in DuckDB's words. The same statements on every target. */
import { quoteIdentifier, quoteText, readingsTable, reservedFrameColumns } from "../core/table.ts";
import type { InsightDeclaration } from "./declaration.ts";
import { windows, type WindowName } from "./tables.ts";

const number = "coalesce(value_double, CAST(value_int AS DOUBLE), CAST(value_bool AS DOUBLE))";
const source = "codec || '@' || codec_version";

export interface Source {
  readonly table: string;
  /** As a file's manifest entry names them: quoted, in order, commas between. */
  readonly shape: string;
  /** SQL that has the rows. */
  readonly scan: string;
}

/**
 * Every series of the sources in windows of a minute: one pass over the rows, in memory of the windows. Values of bad or
 * stale quality are counted and left out.
 */
export function minuteSelect(
  sources: readonly Source[],
  { devices, metrics }: InsightDeclaration["rollUps"],
  evidence: string,
): string {
  const wanted = [
    ...(devices === "*" ? [] : [`device_id GLOB ${quoteText(devices)}`]),
    ...(metrics === "*" ? [] : [`metric GLOB ${quoteText(metrics)}`]),
  ];
  const where = wanted.length === 0 ? "" : `WHERE ${wanted.join(" AND ")}`;
  const rows = sources.map(valuesOf).join(" UNION ALL ");
  const length = windows["1m"];
  const good = "FILTER (quality < 2)";
  // Of doubles and integers: DuckDB aggregates neither text nor timestamps as fast.
  return `
    SELECT tenant, device_id, sub_device, metric, make_timestamptz(bucket * ${length}) AS ts, count, bad,
      min, max, mean, deviation, first, last,
      make_timestamptz(first_us) AS first_ts, make_timestamptz(last_us) AS last_ts,
      CASE WHEN last_us > first_us THEN (last - first) / ((last_us - first_us) / 1e6) END AS rate,
      unit, codec, ${quoteText(evidence)} AS evidence
    FROM (
      SELECT any_value(tenant) AS tenant, device_id, sub_device, metric, us // ${length} AS bucket,
        count(v) ${good} AS count, count(*) FILTER (quality >= 2) AS bad,
        min(v) ${good} AS min, max(v) ${good} AS max, avg(v) ${good} AS mean, stddev_pop(v) ${good} AS deviation,
        arg_min(v, us) ${good} AS first, arg_max(v, us) ${good} AS last,
        min(us) ${good} AS first_us, max(us) ${good} AS last_us,
        any_value(unit) AS unit, ${codecsOf("codec")}
      FROM (${rows}) ${where} GROUP BY device_id, sub_device, metric, bucket)
    WHERE count > 0 OR bad > 0
    ORDER BY device_id, metric, ts, sub_device`;
}

/** Windows as longer ones. */
export function longerSelect(scan: string, window: WindowName, evidence: string): string {
  const length = windows[window];
  // Deviations are summed around one of the means: squares of large numbers would leave nothing of small differences.
  return `
    SELECT tenant, device_id, sub_device, metric, make_timestamptz(bucket * ${length}) AS ts, count, bad,
      min, max, origin + offset_sum / nullif(count, 0) AS mean,
      sqrt(greatest(0, square_sum / nullif(count, 0) - power(offset_sum / nullif(count, 0), 2))) AS deviation,
      first, last, first_ts, last_ts,
      CASE WHEN last_ts > first_ts THEN (last - first) / ((epoch_us(last_ts) - epoch_us(first_ts)) / 1e6) END AS rate,
      unit, codec, ${quoteText(evidence)} AS evidence
    FROM (
      SELECT any_value(tenant) AS tenant, device_id, sub_device, metric, bucket,
        CAST(sum(count) AS BIGINT) AS count, CAST(sum(bad) AS BIGINT) AS bad, min(min) AS min, max(max) AS max,
        any_value(origin) AS origin, sum(count * (mean - origin)) AS offset_sum,
        sum(count * (deviation * deviation + (mean - origin) * (mean - origin))) AS square_sum,
        arg_min(first, first_ts) AS first, arg_max(last, last_ts) AS last,
        min(first_ts) AS first_ts, max(last_ts) AS last_ts, any_value(unit) AS unit, ${codecsOf("codec")}
      FROM (
        SELECT *, first_value(mean IGNORE NULLS) OVER (
            PARTITION BY device_id, sub_device, metric, bucket ORDER BY ts
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS origin
        FROM (SELECT *, epoch_us(ts) // ${length} AS bucket FROM ${scan}))
      GROUP BY device_id, sub_device, metric, bucket)
    ORDER BY device_id, metric, ts, sub_device`;
}

/** In order, so that the same rows give the same text. */
const codecsOf = (column: string): string =>
  `array_to_string(list_sort(list_distinct(list(DISTINCT ${column}))), ' ') AS codec`;

/** The numbers of one table: a metric a row. */
function valuesOf({ table, shape, scan }: Source): string {
  if (table === readingsTable.name)
    return `SELECT tenant, device_id, sub_device, metric, epoch_us(ts) AS us, ${number} AS v, quality, unit,
      ${source} AS codec FROM ${scan} WHERE ${number} IS NOT NULL OR quality >= 2`;
  const axes = axesOf(shape);
  return `SELECT tenant, device_id, NULL AS sub_device, metric, epoch_us(ts) AS us, v, quality, NULL AS unit,
    ${source} AS codec FROM (UNPIVOT (SELECT * FROM ${scan}) ON ${axes.map(quoteIdentifier).join(", ")} INTO NAME metric VALUE v)`;
}

/** Columns of a wide table that hold what was measured. */
function axesOf(shape: string): string[] {
  const names = [...shape.matchAll(/"((?:[^"]|"")*)"/g)].map(([, name = ""]) => name.replaceAll('""', '"'));
  return names.filter((name) => !reservedFrameColumns.includes(name));
}
