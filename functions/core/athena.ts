/** The lake's tables and views in Athena's words, derived from their one definition in `table.ts`. */

import { readingsTable, type Column, type ColumnType, type TableSchema } from "./table.ts";

/**
 * Glue's type of a column. Bytes are hexadecimal text on AWS: the JSON reader that Firehose converts with
 * (OpenX JSON SerDe) has no reader for binary values.
 */
const glueTypes: Record<ColumnType, string> = {
  text: "string",
  timestamp: "timestamp",
  double: "double",
  int64: "bigint",
  int32: "int",
  int16: "smallint",
  int8: "tinyint",
  bool: "boolean",
  bytes: "string",
};

/** S3 Tables hold Iceberg; its smallest integer has 32 bits. */
const icebergTypes: Record<ColumnType, string> = {
  text: "string",
  timestamp: "timestamptz",
  double: "double",
  int64: "long",
  int32: "int",
  int16: "int",
  int8: "int",
  bool: "boolean",
  bytes: "string",
};

export const icebergType = ({ type }: Column): string => icebergTypes[type];

export const glueType = ({ type }: Column): string => glueTypes[type];

/** First day that a query without a date of its own looks at. */
const firstDay = "2020-01-01";

/** A column that a table is partitioned by, and how Athena works out its values without asking a catalogue. */
export interface PartitionKey {
  readonly name: string;
  /** Glue's type. */
  readonly type: string;
  readonly projection: Readonly<Record<string, string>>;
}

export const byDay: PartitionKey = {
  name: "dt",
  type: "string",
  projection: {
    type: "date",
    format: "yyyy-MM-dd",
    range: `${firstDay},NOW+1DAYS`,
    interval: "1",
    "interval.unit": "DAYS",
  },
};

export const byHour: PartitionKey = {
  name: "hr",
  type: "string",
  projection: { type: "integer", range: "0,23", digits: "2" },
};

/** Parameters of a Glue table whose partitions are projected below `location`, `key=value/` a level. */
export function projection(location: string, keys: readonly PartitionKey[]): Record<string, string> {
  const levels = keys.map(({ name }) => `${name}=\${${name}}/`).join("");
  const entries = keys.flatMap(({ name, projection: rules }) =>
    Object.entries(rules).map(([rule, value]) => [`projection.${name}.${rule}`, value] as const),
  );
  return {
    EXTERNAL: "TRUE",
    "projection.enabled": "true",
    ...Object.fromEntries(entries),
    "storage.location.template": `${location}${levels}`,
  };
}

/** A view in Trino's words, every column cast: its declared type is then its type, whatever the files hold. */
export interface AthenaView {
  readonly name: string;
  readonly doc: string;
  readonly columns: readonly { readonly name: string; readonly trino: string; readonly glue: string }[];
  readonly sql: string;
}

const trinoTypes: Record<ColumnType, string> = {
  text: "varchar",
  timestamp: "timestamp(3)",
  double: "double",
  int64: "bigint",
  int32: "integer",
  int16: "smallint",
  int8: "tinyint",
  bool: "boolean",
  bytes: "varchar",
};

const viewColumn = (column: Column): AthenaView["columns"][number] => ({
  name: column.name,
  trino: trinoTypes[column.type],
  glue: glueType(column),
});

const cast = ({ name, trino }: AthenaView["columns"][number]): string =>
  `CAST(${name} AS ${trino}) AS ${name}`;

/** Days that `latest` looks back: without a bound it would list every hour there is. */
const latestDays = 31;

const latestColumns = [
  ...["tenant", "device_id", "sub_device", "metric", "ts"],
  ...["value_double", "value_int", "value_bool", "value_text", "value_bytes", "unit", "quality", "flags"],
];

/** The views that everybody queries, by the same names as on one machine. */
export function athenaViews(table: TableSchema = readingsTable): AthenaView[] {
  const all = table.columns.map(viewColumn);
  const latest = all.filter(({ name }) => latestColumns.includes(name));
  const since = `dt >= date_format(current_date - interval '${latestDays}' day, '%Y-%m-%d')`;
  return [
    {
      name: "latest",
      doc: `Newest value of each device, sub-device and metric of the last ${latestDays} days`,
      columns: latest,
      sql:
        `SELECT ${latest.map(cast).join(", ")} FROM (SELECT *, row_number() OVER ` +
        `(PARTITION BY device_id, sub_device, metric ORDER BY ts DESC) AS place FROM ${table.name} WHERE ${since}) ` +
        "WHERE place = 1",
    },
    {
      name: "readings_once",
      doc: "Readings without the repeats that at-least-once delivery leaves; filter by dt",
      columns: [...all, { name: "dt", trino: "varchar", glue: "string" }],
      sql:
        `SELECT ${[...all, { name: "dt", trino: "varchar", glue: "string" }].map(cast).join(", ")} FROM (SELECT *, ` +
        "row_number() OVER (PARTITION BY msg_id, sub_device, metric, ts, ts_ns ORDER BY ingest_ts) AS place " +
        `FROM ${table.name}) WHERE place = 1`,
    },
    {
      name: "rows_per_minute",
      doc: "Rows that arrived in each minute; filter by dt",
      columns: [
        { name: "dt", trino: "varchar", glue: "string" },
        { name: "minute", trino: "timestamp(3)", glue: "timestamp" },
        { name: "rows", trino: "bigint", glue: "bigint" },
      ],
      sql:
        "SELECT CAST(dt AS varchar) AS dt, CAST(date_trunc('minute', ingest_ts) AS timestamp(3)) AS minute, " +
        `CAST(count(*) AS bigint) AS "rows" FROM ${table.name} GROUP BY 1, 2`,
    },
  ];
}

/** Days that a merge looks back: later than that, data comes by the file lane, and its upload is merged by hand. */
const mergeDays = 2;

/**
 * Athena's statement that brings new readings into an Iceberg table of the same columns, each message once.
 * @param target the table in Trino's words, quoted
 */
export function icebergMerge(target: string, table: TableSchema = readingsTable): string {
  const names = table.columns.map(({ name }) => name);
  const source = table.columns.map(({ name, type }) =>
    type === "timestamp" ? `with_timezone(CAST(${name} AS timestamp(6)), 'UTC') AS ${name}` : name,
  );
  const same = ["msg_id", "sub_device", "metric", "ts", "ts_ns"]
    .map((name) => `t.${name} IS NOT DISTINCT FROM s.${name}`)
    .join(" AND ");
  return (
    `MERGE INTO ${target} t USING (SELECT ${source.join(", ")} FROM readings_once ` +
    `WHERE dt >= date_format(current_date - interval '${mergeDays}' day, '%Y-%m-%d')) s ON ${same} ` +
    `WHEN NOT MATCHED THEN INSERT (${names.join(", ")}) VALUES (${names.map((name) => `s.${name}`).join(", ")})`
  );
}
