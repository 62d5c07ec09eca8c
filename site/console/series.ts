/** A time series in as many buckets as a plot has pixels: the lake sends the picture, not the rows. */
import { quoteIdentifier } from "../../functions/core/table.ts";
import type { Metric, Series } from "./api.ts";
import { numberOf, type LakeQueries, type Parameters } from "./lake-queries.ts";
import { readings } from "./frame-tables.ts";
import type { MetricCatalogue } from "./metrics.ts";
import type { SeriesParameters } from "./contract/parameters.ts";

/** The lake has no such series. */
export class NoSeriesError extends Error {
  override readonly name = "NoSeriesError";
}

const readingValue =
  "coalesce(value_double, CAST(value_int AS DOUBLE), CASE WHEN value_bool THEN 1.0 WHEN NOT value_bool THEN 0.0 END)";

/** Rejects with {@link NoSeriesError}. The range is the series' own where `from` or `to` is absent. */
export async function readSeries(
  queries: LakeQueries,
  catalogue: MetricCatalogue,
  asked: Omit<SeriesParameters, "format">,
): Promise<Series> {
  const found = (await catalogue.of(asked.device)).filter((metric) => isAsked(metric, asked));
  const [first] = found;
  if (first === undefined) {
    throw new NoSeriesError(
      `device ${JSON.stringify(asked.device)} has no series ${JSON.stringify(asked.metric)}`,
    );
  }
  const from = asked.from ?? Math.min(...found.map((metric) => metric.from));
  // One microsecond beyond the newest value: the range ends before `to`.
  const to = asked.to ?? Math.max(...found.map((metric) => metric.to)) + 0.001;
  return read(queries, first.table, asked, Math.min(from, to - 0.001), to);
}

const isAsked = (
  metric: Metric,
  { metric: name, table, sub }: Pick<SeriesParameters, "metric" | "table" | "sub">,
): boolean =>
  metric.metric === name &&
  (table === undefined || metric.table === table) &&
  (sub === undefined || metric.table !== readings || metric.sub === (sub === "" ? null : sub));

async function read(
  queries: LakeQueries,
  table: string,
  { device, metric, sub, points }: Omit<SeriesParameters, "format">,
  from: number,
  to: number,
): Promise<Series> {
  const [fromMicros, toMicros] = [Math.floor(from * 1000), Math.ceil(to * 1000)];
  const bucket = Math.max(1, Math.ceil((toMicros - fromMicros) / points));
  const parameters: Parameters = [device, fromMicros, toMicros, bucket];
  const source =
    table === readings
      ? readingSource(metric, sub, parameters)
      : { value: quoteIdentifier(metric), where: "", parameters };
  // Buckets lie on a grid that starts in 1970, not at `from`: they stay where they are while the plot is moved.
  const sql = `
    SELECT CAST(avg(epoch_us(ts)) AS DOUBLE) / 1000 AS "time", min(value) AS low, max(value) AS high,
      avg(value) AS mean, CAST(count(*) AS DOUBLE) AS "values"
    FROM (
      SELECT ts, ${source.value} AS value FROM ${quoteIdentifier(table)}
      WHERE device_id = $1 AND ts >= make_timestamptz(CAST($2 AS BIGINT)) AND ts < make_timestamptz(CAST($3 AS BIGINT))
        ${source.where}
    )
    WHERE isfinite(value)
    GROUP BY epoch_us(ts) // CAST($4 AS BIGINT)
    ORDER BY 1`;
  const rows = await queries.rows(sql, source.parameters, points + 2);
  const column = (name: string): number[] => rows.map((row) => numberOf(row[name]));
  return {
    from,
    to,
    bucket: bucket / 1000,
    values: column("values").reduce((sum, count) => sum + count, 0),
    time: column("time"),
    min: column("low"),
    max: column("high"),
    mean: column("mean"),
  };
}

function readingSource(metric: string, sub: string | undefined, parameters: Parameters) {
  const where = "AND metric = $5";
  if (sub === undefined) return { value: readingValue, where, parameters: [...parameters, metric] };
  return {
    value: readingValue,
    where: `${where} AND sub_device IS NOT DISTINCT FROM CAST($6 AS VARCHAR)`,
    parameters: [...parameters, metric, sub === "" ? null : sub],
  };
}
