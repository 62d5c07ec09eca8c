/** Which series a device has: rows of the long table, and the columns of the wide tables. */
import { quoteIdentifier } from "../../functions/core/table.ts";
import type { Metric } from "./api.ts";
import { readings, type FrameTable, type FrameTables } from "./frame-tables.ts";
import { numberOf, numberOrNull, textOf, textOrNull, type LakeQueries, type Row } from "./lake-queries.ts";
import { Memo } from "./memo.ts";

/** In the order in which people want to see them. */
const kinds: readonly Metric["kind"][] = ["number", "boolean", "other"];

const readingMetrics = `
  SELECT sub_device, metric, max(unit) AS unit,
    CAST(epoch_us(min(ts)) AS DOUBLE) / 1000 AS oldest, CAST(epoch_us(max(ts)) AS DOUBLE) / 1000 AS newest,
    CAST(count(*) AS DOUBLE) AS "values",
    CAST(count(value_double) + count(value_int) AS DOUBLE) AS numbers, CAST(count(value_bool) AS DOUBLE) AS booleans
  FROM readings WHERE device_id = $1
  GROUP BY sub_device, metric ORDER BY sub_device NULLS FIRST, metric LIMIT 1000`;

export class MetricCatalogue {
  readonly #queries: LakeQueries;
  readonly #tables: FrameTables;
  readonly #devices = new Memo<readonly Metric[]>(2000, 64);

  constructor(queries: LakeQueries, tables: FrameTables) {
    this.#queries = queries;
    this.#tables = tables;
  }

  /** Numbers first; empty where the lake knows nothing of the device. */
  of(device: string): Promise<readonly Metric[]> {
    return this.#devices.get(device, async () => {
      const tables = await this.#tables.all();
      const [rows, ...frames] = await Promise.all([
        this.#queries.rows(readingMetrics, [device]),
        ...tables.map((table) => this.#frameMetrics(table, device)),
      ]);
      const found = [...rows.map(toMetric), ...frames.flat()];
      return found.toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
    });
  }

  async #frameMetrics({ name, columns }: FrameTable, device: string): Promise<Metric[]> {
    const counts = columns.map(
      (column, index) => `CAST(count(${quoteIdentifier(column)}) AS DOUBLE) AS n${index}`,
    );
    const sql = `
      SELECT CAST(epoch_us(min(ts)) AS DOUBLE) / 1000 AS oldest, CAST(epoch_us(max(ts)) AS DOUBLE) / 1000 AS newest,
        ${counts.join(", ")}
      FROM ${quoteIdentifier(name)} WHERE device_id = $1`;
    const [row = {}] = await this.#queries.rows(sql, [device]);
    const from = numberOrNull(row["oldest"]);
    const to = numberOrNull(row["newest"]);
    if (from === null || to === null) return [];
    return columns
      .map((metric, index) => ({
        table: name,
        sub: null,
        metric,
        unit: null,
        from,
        to,
        values: numberOf(row[`n${index}`]),
        kind: "number" as const,
      }))
      .filter(({ values }) => values > 0);
  }
}

function toMetric(row: Row): Metric {
  return {
    table: readings,
    sub: textOrNull(row["sub_device"]),
    metric: textOf(row["metric"]),
    unit: textOrNull(row["unit"]),
    from: numberOf(row["oldest"]),
    to: numberOf(row["newest"]),
    values: numberOf(row["values"]),
    kind: numberOf(row["numbers"]) > 0 ? "number" : numberOf(row["booleans"]) > 0 ? "boolean" : "other",
  };
}
