/** DuckDB over files of frames and of scores that lie on this machine: what changed, what models need, and what they told. */
import { DuckDBTimestampTZValue, type DuckDBConnection } from "@duckdb/node-api";
import type { Lane, Micros } from "../core/model.ts";
import { quoteIdentifier, quoteText, readingsTable } from "../core/table.ts";
import { windowOf, type ToldScore } from "../scoring/rescoring.ts";
import { together, type Stretch } from "../scoring/stretches.ts";
import { rowsAsFile } from "./duckdb-copy.ts";
import type { DuckDbMergeOptions } from "./duckdb-merge.ts";

/** What tells of the decoder and not of the sample. */
const ofDecoder: ReadonlySet<string> = new Set(["codec", "codec_version", "msg_id", "flags"]);
/** What is not further apart counts as one stretch. */
const apart: Micros = 60_000_000;

const scanOf = (paths: readonly string[]): string =>
  `read_parquet([${paths.map(quoteText).join(", ")}], union_by_name = true, hive_partitioning = false, filename = true)`;
const micros = (column: string): string => `epoch_us(o.${column}::TIMESTAMPTZ)::DOUBLE`;
const instant = (at: Micros): string => `make_timestamptz(${Math.round(at)}::BIGINT)`;
const isAny = (column: string, paths: readonly string[]): string =>
  paths.length === 0 ? "false" : `${column} IN (${paths.map(quoteText).join(", ")})`;

/** Where samples of the new files say something else than those of the former ones. */
export async function changedStretches(
  connection: DuckDBConnection,
  former: readonly string[],
  fresh: readonly string[],
): Promise<readonly Stretch[]> {
  if (former.length + fresh.length === 0) return [];
  const scan = scanOf([...former, ...fresh]);
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * EXCLUDE (filename) FROM ${scan}`);
  const columns = described
    .getRows()
    .map(([name]) => String(name))
    .filter((name) => !ofDecoder.has(name));
  const said = `hash(${columns.map((name) => `o.${quoteIdentifier(name)}`).join(", ")})`;
  const rows = (paths: readonly string[]): string =>
    `(SELECT o.device_id, o.lane, o.ts, ${said} AS said FROM ${scan} o WHERE ${isAny("o.filename", paths)})`;
  return stretchesOf(
    connection,
    `(${rows(former)} EXCEPT ALL ${rows(fresh)}) UNION ALL (${rows(fresh)} EXCEPT ALL ${rows(former)})`,
    "1 MINUTE",
    apart,
  );
}

/** Where samples are that arrived in [from, to). */
export async function arrivedStretches(
  connection: DuckDBConnection,
  paths: readonly string[],
  { from, to }: { readonly from: Micros; readonly to: Micros },
): Promise<readonly Stretch[]> {
  if (paths.length === 0) return [];
  const isWanted = `o.ingest_ts::TIMESTAMPTZ >= ${instant(from)} AND o.ingest_ts::TIMESTAMPTZ < ${instant(to)}`;
  return stretchesOf(connection, `SELECT * FROM ${scanOf(paths)} o WHERE ${isWanted}`, "1 HOUR", 60 * apart);
}

async function stretchesOf(
  connection: DuckDBConnection,
  rows: string,
  bucket: string,
  nearby: Micros,
): Promise<readonly Stretch[]> {
  const reader = await connection.runAndReadAll(
    `SELECT o.device_id, bool_and(o.lane = 'offline'), min(${micros("ts")}), max(${micros("ts")})
     FROM (${rows}) o GROUP BY o.device_id, time_bucket(INTERVAL ${bucket}, o.ts::TIMESTAMPTZ)`,
  );
  const found = reader.getRows().map(([device, isOffline, first, last]) => ({
    ...{ device: String(device), isOffline: isOffline === true, from: Number(first), to: Number(last) },
  }));
  return together(found, nearby);
}

/** A device's samples of that time, oldest first; of those of one time the first that arrived. */
export async function* samplesIn(
  connection: DuckDBConnection,
  paths: readonly string[],
  axes: readonly string[],
  { device, from, to }: Pick<Stretch, "device" | "from" | "to">,
): AsyncGenerator<readonly [time: Micros, values: readonly number[]]> {
  if (paths.length === 0) return;
  const values = axes.map((axis) => `o.${quoteIdentifier(axis)}::DOUBLE`);
  const result = await connection.stream(
    `SELECT ${[micros("ts"), ...values].join(", ")} FROM ${scanOf(paths)} o WHERE o.device_id = ${quoteText(device)}
       AND o.ts::TIMESTAMPTZ BETWEEN ${instant(from)} AND ${instant(to)} ORDER BY o.ts, o.ingest_ts`,
  );
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    for (const [time, ...sample] of chunk.getRows())
      yield [Number(time), sample.map((value) => (value === null ? NaN : Number(value)))];
  }
}

/** Scores of a device whose window ends in that time. */
export async function toldIn(
  connection: DuckDBConnection,
  paths: readonly string[],
  { restsOn, codecs }: { readonly restsOn: string; readonly codecs: readonly string[] },
  { device, from, to }: Pick<Stretch, "device" | "from" | "to">,
): Promise<readonly ToldScore[]> {
  if (paths.length === 0) return [];
  const reader = await connection.runAndReadAll(
    `SELECT o.msg_id::VARCHAR, ${micros("ingest_ts")}, o.lane, o.value_text FROM ${scanOf(paths)} o
       WHERE o.device_id = ${quoteText(device)} AND o.metric = ${quoteText(restsOn)} AND ${isAny("o.codec", codecs)}
         AND o.ts::TIMESTAMPTZ BETWEEN ${instant(from)} AND ${instant(to)}`,
  );
  return reader.getRows().flatMap(([msgId, arrival, told, text]) => {
    const window = windowOf(String(text));
    const lane: Lane = told === "live" ? "live" : "offline";
    const score = { deviceId: device, msgId: String(msgId), arrival: Number(arrival), lane };
    return window === null ? [] : [{ ...score, ...window }];
  });
}

/** Takes the place of the scores that were struck before. */
export async function strike(connection: DuckDBConnection, struck: readonly ToldScore[]): Promise<void> {
  await connection.run(
    "CREATE OR REPLACE TEMP TABLE struck (device_id VARCHAR, arrival TIMESTAMPTZ, msg_id VARCHAR)",
  );
  const appender = await connection.createAppender("struck");
  for (const { deviceId, arrival, msgId } of struck) {
    appender.appendVarchar(deviceId);
    appender.appendTimestampTZ(new DuckDBTimestampTZValue(BigInt(arrival)));
    appender.appendVarchar(msgId);
    appender.endRow();
  }
  appender.closeSync();
}

const isStruck =
  "EXISTS (FROM struck s WHERE s.device_id = o.device_id AND s.arrival = o.ingest_ts::TIMESTAMPTZ AND s.msg_id = o.msg_id::VARCHAR)";

/** Of files of readings, how many rows of struck scores each one has that has some. */
export async function struckRows(
  connection: DuckDBConnection,
  paths: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (paths.length === 0) return new Map();
  const reader = await connection.runAndReadAll(
    `SELECT o.filename, count(*) FROM ${scanOf(paths)} o WHERE ${isStruck} GROUP BY 1`,
  );
  return new Map(reader.getRows().map(([path, rows]) => [String(path), Number(rows)]));
}

/** The file's rows but those of struck scores; null where there are no others. */
export function withoutStruck(
  connection: DuckDBConnection,
  path: string,
  folder: string,
  options: Pick<DuckDbMergeOptions, "codec" | "version">,
): Promise<Uint8Array | null> {
  const order = readingsTable.sortBy.map((name) => `o.${quoteIdentifier(name)}`);
  const rest = `SELECT o.* FROM read_parquet(${quoteText(path)}, hive_partitioning = false) o WHERE NOT ${isStruck}
    ORDER BY ${order.join(", ")}`;
  return rowsAsFile(connection, rest, folder, options);
}
