/** The tables that insights are kept in: one definition for every engine, as in core/table.ts. */
import { optional, required, type TableSchema } from "../core/table.ts";

const tenant = required("tenant", "text", "Customer environment");
const deviceId = required("device_id", "text", "The device that the values are of");
const subDevice = optional("sub_device", "text", "As in readings; null for values of a frame");
const codec = optional(
  "codec",
  "text",
  "Profiles that decoded the values, each with its version: `name@version`",
);
const evidence = required(
  "evidence",
  "text",
  "What it rests on: rows of `insight_evidence` with the same text",
);

/** Lengths of windows, in microseconds. */
export const windows = {
  "1m": 60_000_000,
  "1h": 3_600_000_000,
  "1d": 86_400_000_000,
} as const;
export type WindowName = keyof typeof windows;

const rollUpTable = (window: WindowName, words: string): TableSchema => ({
  name: `rollups_${window}`,
  doc: `The numbers of each series in each ${words}, in UTC`,
  columns: [
    tenant,
    deviceId,
    subDevice,
    required("metric", "text", "Metric, or axis of a frame"),
    required("ts", "timestamp", `Where the ${words} begins`),
    required("count", "int64", "Good numbers: quality 0 or 1"),
    required("bad", "int64", "Values of quality 2 or 3"),
    optional("min", "double", "Smallest of them; true counts as 1"),
    optional("max", "double", "Largest"),
    optional("mean", "double", "Of the values, whatever their distance in time"),
    optional("deviation", "double", "Standard deviation of the values themselves"),
    optional("first", "double", "Value at first_ts"),
    optional("last", "double", "Value at last_ts"),
    optional("first_ts", "timestamp", "Time of the first value"),
    optional("last_ts", "timestamp", "Time of the last value"),
    optional(
      "rate",
      "double",
      "Change a second from the first value to the last; null where there is one time only",
    ),
    optional("unit", "text", "SenML/IANA unit symbol"),
    codec,
    evidence,
  ],
  sortBy: ["device_id", "metric", "ts"],
  partitionBy: "ts",
});

export const rollUpTables: Readonly<Record<WindowName, TableSchema>> = {
  "1m": rollUpTable("1m", "minute"),
  "1h": rollUpTable("1h", "hour"),
  "1d": rollUpTable("1d", "day"),
};

export const insightsTable: TableSchema = {
  name: "insights",
  doc: "What the declared insights found, one thing a row",
  columns: [
    tenant,
    deviceId,
    subDevice,
    optional("metric", "text", "Null where it is about the device as a whole"),
    required("ts", "timestamp", "Where it begins; of a forecast: the window that is meant"),
    optional(
      "until",
      "timestamp",
      "Where it ends; null while it lasts. Remaining time: when the limit is likely passed",
    ),
    optional("earliest", "timestamp", "Remaining time: when at the earliest"),
    required("insight", "text", "Its declared name"),
    required("insight_version", "int32", "Its declared version"),
    required("kind", "text", "gap, late, limit, anomaly, forecast or remaining-time"),
    required("detail", "text", "In words"),
    optional("value", "double", "That stood out, or was furthest beyond a limit; forecast: the likely one"),
    optional("expected", "double", "What was expected, or the limit"),
    optional("lower", "double", "Lower end of a forecast's interval"),
    optional("upper", "double", "Upper end"),
    optional(
      "score",
      "double",
      "Anomaly: 1 and more stands out. Forecast: back-tested error over a seasonal naive one's",
    ),
    optional("model", "text", "Model and its version, where one was used"),
    required("rows", "int64", "Values that were looked at for it"),
    codec,
    evidence,
  ],
  sortBy: ["device_id", "metric", "ts"],
  partitionBy: "ts",
};

export const evidenceTable: TableSchema = {
  name: "insight_evidence",
  doc: "Files that roll-ups and insights rest on, one file a row",
  columns: [
    tenant,
    required("device_id", "text", "Empty: a file holds rows of many devices"),
    required("ts", "timestamp", "Where the hour or day begins that was computed"),
    required("evidence", "text", "Named by the rows that rest on it; of the hashes and the declaration"),
    required("unit", "text", "What was computed: `hour/…`, `day/…`, `insight/<name>/…`"),
    required("source", "text", "Table of the file"),
    required("file", "text", "Its path"),
    required("sha256", "text", "Of the file's bytes"),
    required("rows", "int64", "Rows in it"),
  ],
  sortBy: ["evidence"],
  partitionBy: "ts",
};

export const insightTables: readonly TableSchema[] = [
  ...Object.values(rollUpTables),
  insightsTable,
  evidenceTable,
];
