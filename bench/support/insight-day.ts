/** A day of readings, a file an hour as the lake writes and merges them, and the same rows in plain files for peers. */
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { columnList, quoteIdentifier, readingsTable } from "../../functions/core/table.ts";
import { writeHour } from "../../site/store/write-files.ts";
import { deviceName, openCore } from "./filled-lake.ts";

export interface Day {
  readonly folder: string;
  readonly plainFolder: string;
  readonly dataFolder: string;
  readonly keyFile: string;
  readonly rows: number;
  /** Milliseconds, behind the last row. */
  readonly end: number;
  /** Minute of the spike, milliseconds since 1970, of each device that has one. */
  readonly spikes: Readonly<Record<string, number>>;
}

/** What roll-ups look at. */
const plainColumns = "device_id, metric, ts, value_double, unit";

/** One device in so many has a second that stands out. */
export const spikeEvery = 10;
const spike = 60;
/** 2026-11-01T00:00:00Z. */
const start = 1_793_491_200_000_000;
const hourMicros = 3_600_000_000;
const hourSeconds = 3_600;

/** Made in a new folder below `parent`. */
export async function fillDay(devices: number, hours: number, parent: string): Promise<Day> {
  const folder = mkdtempSync(join(parent, "fieldlake-insights-"));
  const at = { keyFile: join(folder, "lake.key"), dataFolder: join(folder, "data") };
  const plainFolder = join(folder, "plain");
  mkdirSync(at.dataFolder);
  mkdirSync(plainFolder);
  writeFileSync(at.keyFile, randomBytes(32).toString("base64"), { mode: 0o600 });
  const core = await openCore(at);
  const instance = await DuckDBInstance.create(":memory:");
  const plain = await instance.connect();
  for (let hour = 0; hour < hours; hour++) {
    const select = hourSelect(devices, hour, hours);
    const from = start + hour * hourMicros;
    const selection = { engine: core.engine, folder: core.folder, table: readingsTable, select };
    const file = await writeHour(selection, { from, minTs: from, maxTs: from + hourMicros - 1 });
    await core.change(async ({ made }) => {
      made([file]);
      return { remove: [] };
    });
    const draft = join(plainFolder, "draft");
    await plain.run(
      `COPY (SELECT ${plainColumns} FROM (${select})) TO '${draft}' (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, DICTIONARY_SIZE_LIMIT 1000, ROW_GROUP_SIZE 30720)`,
    );
    renameSync(draft, join(plainFolder, `${String(hour).padStart(2, "0")}.parquet`));
  }
  instance.closeSync();
  await core.close();
  const spikes = Object.fromEntries(
    Array.from({ length: Math.ceil(devices / spikeEvery) }, (_, index) => {
      const device = index * spikeEvery;
      const second = spikeSecond(device, hours);
      return [deviceName(device), (start / 1e6 + Math.floor(second / 60) * 60) * 1000];
    }),
  );
  const end = (start + hours * hourMicros) / 1000;
  return { ...at, folder, plainFolder, rows: devices * hours * hourSeconds, end, spikes };
}

/** In the second half of the time: a detector learns from what is before. */
const spikeSecond = (device: number, hours: number): number =>
  Math.floor((0.5 + ((device * 7919) % 997) / 2000) * hours * hourSeconds);

/** Rows in the order of the file: a slow wave of each device, noise, and the spike where it has one. */
function hourSelect(devices: number, hour: number, hours: number): string {
  const columns = readingsTable.columns.map(({ name, type, nullable }) => {
    const value = given[name] ?? (nullable ? "NULL" : "0");
    const sql = {
      text: "VARCHAR",
      timestamp: "TIMESTAMPTZ",
      double: "DOUBLE",
      int64: "BIGINT",
      int32: "INTEGER",
    };
    const other = { int16: "SMALLINT", int8: "TINYINT", bool: "BOOLEAN", bytes: "BLOB" };
    return `CAST(${value} AS ${{ ...sql, ...other }[type]}) AS ${quoteIdentifier(name)}`;
  });
  const spikes = Array.from({ length: Math.ceil(devices / spikeEvery) }, (_, index) => index * spikeEvery)
    .map((device) => [device, spikeSecond(device, hours)] as const)
    .filter(([, second]) => Math.floor(second / hourSeconds) === hour)
    .map(([device, second]) => `(d = ${device} AND s = ${second})`);
  return `SELECT ${columnList(readingsTable)} FROM (SELECT ${columns.join(", ")} FROM (
    SELECT i // ${hourSeconds} AS d, ${hour * hourSeconds} + i % ${hourSeconds} AS s,
      CASE WHEN ${spikes.join(" OR ") || "false"} THEN ${spike} ELSE 0 END AS extra
    FROM range(${devices * hourSeconds}) AS numbers(i)))`;
}

const micros = `${start} + s * 1000000 + d * 100`;
const given: Readonly<Record<string, string>> = {
  tenant: "'bench'",
  device_id: "'press-' || lpad(CAST(d AS VARCHAR), 3, '0')",
  ts: `make_timestamptz(CAST(${micros} AS BIGINT))`,
  metric: "'temperature'",
  // Noise of one hundredth's steps that is the same in each run.
  value_double: "round(20 + 5 * sin(s / 7000.0 + d) + (hash(d * 100000 + s) % 101) / 100.0 + extra, 2)",
  unit: "'Cel'",
  seq: "s",
  ingest_ts: `make_timestamptz(CAST(${micros} + 40000 AS BIGINT))`,
  msg_id: "encode(lpad(CAST(s * 100000 + d AS VARCHAR), 16, '0'))",
  lane: "'live'",
  codec: "'machine-json'",
  codec_version: "'1'",
};
