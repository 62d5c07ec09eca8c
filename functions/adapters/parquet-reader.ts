/** The newest values of a curated file, whoever wrote it: our functions (zstd) or Firehose (Snappy, 96-bit times). */
import { zstdDecompressSync } from "node:zlib";
import { parquetMetadata, parquetReadObjects } from "hyparquet/src/index.js";
import { furthestAhead, type AlarmReading } from "../alarms/alarm-reading.ts";
import { reservedFrameColumns } from "../core/table.ts";
import type { LatestValue } from "../ports.ts";

/** What is kept of a file beside it: enough to know what a partition holds without opening it. */
export interface FileSummary {
  readonly rows: number;
  /** Microseconds, of the event times in it. */
  readonly firstTs: number;
  readonly lastTs: number;
  /** Latest arrival of a message in it. */
  readonly lastIngestTs: number;
  readonly latest: readonly LatestValue[];
  /** Every good number of the present of the metrics that are watched, in the file's order. */
  readonly watched: readonly AlarmReading[];
}

type Row = Readonly<Record<string, unknown>>;

/** From there on a value is not to be relied on (see the table `readings`). */
const badQuality = 2;
const isAxis = (column: string): boolean => !reservedFrameColumns.includes(column);

/** Throws an Error where the bytes are no Parquet file with the lake's columns. */
export async function summarise(
  bytes: Uint8Array,
  table: string,
  watches: (metric: string) => boolean = () => false,
): Promise<FileSummary> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = parquetMetadata(file);
  const columns = metadata.schema.slice(1).map(({ name }) => name);
  if (!["device_id", "ts", "ingest_ts"].every((name) => columns.includes(name))) {
    throw new Error(`the file has the columns ${columns.join(", ")}: it is none of the table ${table}`);
  }
  const rows: Row[] = await parquetReadObjects({
    file,
    metadata,
    compressors: { ZSTD: (input) => zstdDecompressSync(input) },
    parsers: {
      timestampFromMilliseconds: (milliseconds) => Number(milliseconds) * 1_000,
      timestampFromMicroseconds: Number,
      // What 96-bit times are read as.
      timestampFromNanoseconds: (nanoseconds) => Number(nanoseconds / 1_000n),
    },
  });
  const latest = new Map<string, LatestValue>();
  const keep = (value: LatestValue): void => {
    const key = `${value.deviceId} ${value.subDevice ?? ""} ${value.metric}`;
    const known = latest.get(key);
    if (known === undefined || known.ts < value.ts) latest.set(key, value);
  };
  const watched: AlarmReading[] = [];
  const see = (
    row: Row,
    { deviceId, subDevice, metric, ts, ingestTs, value, quality }: LatestValue,
  ): void => {
    const isNumber = typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
    if (!isNumber || quality >= badQuality || ts > ingestTs + furthestAhead || !watches(metric)) return;
    const evidence = {
      msgId: String(row["msg_id"]).toUpperCase(),
      codec: String(row["codec"]),
      codecVersion: String(row["codec_version"]),
    };
    watched.push({ device: deviceId, sub: subDevice, metric, time: ts, value: Number(value), ...evidence });
  };
  const take = (row: Row, value: LatestValue): void => {
    keep(value);
    see(row, value);
  };
  let [firstTs, lastTs, lastIngestTs] = [Infinity, -Infinity, -Infinity];
  const axes = columns.filter(isAxis);
  for (const row of rows) {
    const [ts, ingestTs] = [Number(row["ts"]), Number(row["ingest_ts"])];
    firstTs = Math.min(firstTs, ts);
    lastTs = Math.max(lastTs, ts);
    lastIngestTs = Math.max(lastIngestTs, ingestTs);
    const common = { deviceId: String(row["device_id"]), ts, ingestTs, quality: Number(row["quality"] ?? 0) };
    if (typeof row["metric"] === "string") {
      const subDevice = typeof row["sub_device"] === "string" ? row["sub_device"] : null;
      const unit = typeof row["unit"] === "string" ? row["unit"] : null;
      take(row, { ...common, subDevice, metric: row["metric"], unit, value: valueOf(row) });
    } else {
      for (const axis of axes) {
        const value = row[axis];
        if (typeof value === "number")
          take(row, { ...common, subDevice: null, metric: axis, unit: null, value });
      }
    }
  }
  return { rows: rows.length, firstTs, lastTs, lastIngestTs, latest: [...latest.values()], watched };
}

/** Exactly one of these is set, none where quality is bad. */
function valueOf(row: Row): LatestValue["value"] {
  for (const column of ["value_double", "value_int", "value_bool", "value_text", "value_bytes"]) {
    const value = row[column];
    if (value !== undefined && value !== null) return value as LatestValue["value"];
  }
  return null;
}
