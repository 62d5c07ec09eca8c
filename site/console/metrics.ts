/** Which series a device has: rows of the long table, and the columns of the wide tables. */
import { quoteIdentifier, reservedFrameColumns } from "../../functions/core/table.ts";
import type { Metric } from "./api.ts";
import { numberOf, numberOrNull, textOf, textOrNull, type LakeQueries, type Row } from "./lake-queries.ts";
import { Memo } from "./memo.ts";

export const readings = "readings";

const readingMetrics = `
  SELECT sub_device, metric, max(unit) AS unit,
    CAST(epoch_us(min(ts)) AS DOUBLE) / 1000 AS oldest, CAST(epoch_us(max(ts)) AS DOUBLE) / 1000 AS newest,
    CAST(count(*) AS DOUBLE) AS "values",
    CAST(count(value_double) + count(value_int) + count(value_bool) AS DOUBLE) AS numbers
  FROM readings WHERE device_id = $1
  GROUP BY sub_device, metric ORDER BY sub_device NULLS FIRST, metric LIMIT 1000`;

const frameColumns = `
  SELECT table_name, column_name FROM information_schema.columns
  WHERE starts_with(table_name, 'frames_') AND data_type = 'DOUBLE'
  ORDER BY table_name, ordinal_position`;

interface FrameTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Names come out of the lake's own catalogue; what a request asks for is only ever looked up in them. */
export class MetricCatalogue {
  readonly #queries: LakeQueries;
  readonly #tables = new Memo<readonly FrameTable[]>(10_000, 1);
  readonly #devices = new Memo<readonly Metric[]>(2000, 64);

  constructor(queries: LakeQueries) {
    this.#queries = queries;
  }

  /** Readings first; empty where the lake knows nothing of the device. */
  of(device: string): Promise<readonly Metric[]> {
    return this.#devices.get(device, async () => {
      const tables = await this.#tables.get("", () => this.#frameTables());
      const [rows, ...frames] = await Promise.all([
        this.#queries.rows(readingMetrics, [device]),
        ...tables.map((table) => this.#frameMetrics(table, device)),
      ]);
      return [...rows.map(toMetric), ...frames.flat()];
    });
  }

  async #frameTables(): Promise<FrameTable[]> {
    const columns = await this.#queries.rows(frameColumns);
    const byTable = Map.groupBy(columns, (row) => textOf(row["table_name"]));
    return [...byTable].map(([name, rows]) => ({
      name,
      columns: rows
        .map((row) => textOf(row["column_name"]))
        .filter((column) => !reservedFrameColumns.includes(column)),
    }));
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
        isNumeric: true,
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
    isNumeric: numberOf(row["numbers"]) > 0,
  };
}
