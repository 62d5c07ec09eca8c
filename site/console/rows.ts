/** Answers that are rows, as CSV or Parquet. */
import type { Context } from "hono";
import { parquetWriteBuffer, type BasicType } from "hyparquet-writer";
import { toCsv } from "../csv.ts";
import type { Fleet, Latest, Metrics, Quarantine, Series } from "./api.ts";
import type { formats } from "./contract/parameters.ts";
import type { OperationName } from "./contract/operations.ts";

interface Column {
  readonly name: string;
  /** Times are microseconds since 1970. */
  readonly type: "text" | "number" | "integer" | "boolean" | "time";
}
interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
}

/** `["a:number", "b"]`; text where no type is given. */
const columnsOf = (...texts: readonly string[]): Column[] =>
  texts.map((text) => {
    const [name = "", type = "text"] = text.split(":");
    return { name, type: type as Column["type"] };
  });

const micros = (milliseconds: number): number => Math.round(milliseconds * 1000);

const tables: { readonly [Name in OperationName]?: (answer: never) => Table } = {
  fleet: ({ devices }: Fleet) => ({
    columns: columnsOf(
      ...["device", "profile", "pinned:boolean", "connected:boolean", "online:boolean", "last_seen:time"],
      ...["revoked:boolean", "certificate_not_after:time"],
    ),
    rows: devices.map((one) => [
      ...[one.deviceId, one.profile, one.pinned, one.connected, one.online, one.lastSeen],
      ...[one.revoked, one.certificateNotAfter],
    ]),
  }),
  latest: ({ rows }: Latest) => ({
    columns: columnsOf(
      "device",
      "sub_device",
      "metric",
      "time:time",
      "kind",
      "value",
      "unit",
      "quality:integer",
    ),
    rows: rows.map(({ device, sub, metric, time, value, unit, quality }) => [
      ...[device, sub, metric, micros(time), value.kind],
      ...[value.kind === "none" ? null : String(value.value), unit, quality],
    ]),
  }),
  metrics: ({ device, metrics }: Metrics) => ({
    columns: columnsOf(
      ...[
        "device",
        "table",
        "sub_device",
        "metric",
        "unit",
        "from:time",
        "to:time",
        "values:integer",
        "kind",
      ],
    ),
    rows: metrics.map((one) => [
      ...[
        device,
        one.table,
        one.sub,
        one.metric,
        one.unit,
        micros(one.from),
        micros(one.to),
        one.values,
        one.kind,
      ],
    ]),
  }),
  series: ({ time, min, max, mean }: Series) => ({
    columns: columnsOf("time:time", "min:number", "max:number", "mean:number"),
    rows: time.map((at, index) => [micros(at), ...[min, max, mean].map((values) => values[index] ?? null)]),
  }),
  quarantine: ({ entries }: Quarantine) => ({
    columns: columnsOf(
      ...[
        "id",
        "received:time",
        "device",
        "channel",
        "reason",
        "detail",
        "codec",
        "codec_version",
        "payload_hex",
      ],
    ),
    rows: entries.map((one) => [
      ...[one.id, micros(one.received), one.device, one.channel, one.reason, one.detail],
      ...[one.codec, one.codecVersion, one.payload],
    ]),
  }),
};

/** JSON, or the answer's rows in the form that was asked for. */
export function inForm(context: Context, name: OperationName, asked: unknown, answer: unknown): Response {
  const format = (asked as { readonly format?: (typeof formats)[number] }).format ?? "json";
  const table = tables[name] as ((answer: unknown) => Table) | undefined;
  if (format === "json" || table === undefined) {
    return context.body(JSON.stringify(answer), 200, { "Content-Type": "application/json" });
  }
  const rows = table(answer);
  const disposition = { "Content-Disposition": `attachment; filename="${name}.${format}"` };
  if (format === "csv") {
    return context.body(csvOf(rows), 200, {
      "Content-Type": "text/csv; charset=utf-8; header=present",
      ...disposition,
    });
  }
  const type = { "Content-Type": "application/vnd.apache.parquet" };
  return context.body(parquetOf(rows), 200, { ...type, ...disposition });
}

/** Times as ISO 8601. Text that a spreadsheet would run is marked as text (`toCsv`). */
function csvOf({ columns, rows }: Table): string {
  const values = rows.map((row) =>
    row.map((value, index) =>
      columns[index]?.type === "time" && typeof value === "number"
        ? new Date(value / 1000).toISOString()
        : value,
    ),
  );
  return toCsv(
    columns.map(({ name }) => name),
    values,
  );
}

const parquetTypes: Readonly<Record<Column["type"], BasicType>> = {
  text: "STRING",
  number: "DOUBLE",
  integer: "INT64",
  boolean: "BOOLEAN",
  time: "TIMESTAMP",
};

function parquetOf({ columns, rows }: Table): ArrayBuffer {
  return parquetWriteBuffer({
    columnData: columns.map(({ name, type }, index) => ({
      name,
      type: parquetTypes[type],
      nullable: true,
      data: rows.map((row) => parquetValue(row[index] ?? null, type)),
    })),
  });
}

function parquetValue(value: string | number | boolean | null, type: Column["type"]): unknown {
  if (value === null || typeof value !== "number") return value;
  if (type === "time") return new Date(value / 1000);
  return type === "integer" ? BigInt(Math.round(value)) : value;
}
