/** Who works a day's roll-ups and anomalies out, as a process of its own: `node insight-contenders.ts <name> <day>`. */
import { mkdirSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { pino } from "pino";
import { insightDeclaration } from "../../functions/declared-insights/declaration.ts";
import { Insights } from "../../site/insights/insights.ts";
import { openLake } from "../../site/store/lake.ts";
import type { Day } from "./insight-day.ts";
import { peakMemory } from "./memory.ts";

export interface Done {
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
  readonly peakBytes: number;
  /** Rows of the roll-up by the minute. */
  readonly minutes: number;
  /** Minutes that stand out, milliseconds since 1970. */
  readonly anomalies: readonly { readonly device: string; readonly ts: number }[];
}
export type Contender = "fieldlake" | "duckdb";

const contenders: Readonly<Record<Contender, (day: Day) => Promise<Pick<Done, "minutes" | "anomalies">>>> = {
  async fieldlake({ dataFolder, keyFile, end }) {
    const logger = pino({ level: "silent" });
    const extensionFile = process.env["FIELDLAKE_DUCKDB_HTTPFS"];
    const retentionDays = { raw: 0, curated: 0, quarantine: 0 };
    const settings = { tenant: "bench", dataFolder, keyFile, retentionDays };
    const lake = await openLake({ settings, extensionFile, logger });
    const declaration = insightDeclaration.parse({ declared: [{ kind: "anomaly", name: "odd" }] });
    const now = (): number => end + 3_600_000;
    const insights = new Insights({
      ...{
        lake,
        logger,
        tenant: "bench",
        dataFolder,
        keyFile,
        extensionFile,
        declaration,
        now,
        retentionDays: 0,
      },
    });
    await insights.look();
    if (insights.trouble !== null) throw new Error(insights.trouble);
    const { rows } = await lake.query("SELECT device_id, CAST(epoch_ms(ts) AS DOUBLE) FROM insights", {
      maxRows: 1_000_000,
    });
    const minutes = Number((await lake.query("SELECT count(*) FROM rollups_1m")).rows[0]?.[0]);
    await insights.stop();
    await lake.close();
    return { minutes, anomalies: rows.map(([device, ts]) => ({ device: String(device), ts: Number(ts) })) };
  },

  async duckdb({ folder, plainFolder }) {
    const out = join(folder, "duckdb");
    mkdirSync(out, { recursive: true });
    const instance = await DuckDBInstance.create(":memory:", { threads: String(cpus().length) });
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    const copy = (select: string, name: string) =>
      connection.run(`COPY (${select}) TO '${out}/${name}.parquet' (FORMAT parquet, COMPRESSION zstd)`);
    const rolled = (of: string, mean: string, deviation: string, length: string): string =>
      `SELECT device_id, metric, date_trunc('${length}', ts) AS ts, ${of}, ${mean} AS mean, ${deviation} AS deviation,
       any_value(unit) AS unit`;
    await copy(
      `${rolled("count(*) AS count, min(value_double) AS min, max(value_double) AS max, arg_min(value_double, ts) AS first, arg_max(value_double, ts) AS last, min(ts) AS first_ts, max(ts) AS last_ts", "avg(value_double)", "stddev_pop(value_double)", "minute")}
       FROM read_parquet('${plainFolder}/*.parquet') GROUP BY ALL ORDER BY device_id, metric, ts`,
      "1m",
    );
    const again =
      "sum(count) AS count, min(min) AS min, max(max) AS max, arg_min(first, first_ts) AS first, arg_max(last, last_ts) AS last, min(first_ts) AS first_ts, max(last_ts) AS last_ts";
    const mean = "sum(mean * count) / sum(count)";
    const spread =
      "sqrt(sum(count * (deviation ** 2 + mean ** 2)) / sum(count) - (sum(mean * count) / sum(count)) ** 2)";
    await copy(`${rolled(again, mean, spread, "hour")} FROM '${out}/1m.parquet' GROUP BY ALL`, "1h");
    await copy(`${rolled(again, mean, spread, "day")} FROM '${out}/1h.parquet' GROUP BY ALL`, "1d");
    const reader = await connection.runAndReadAll(`
      SELECT device_id, CAST(epoch_ms(ts) AS DOUBLE) FROM (
        SELECT device_id, ts, max, median(max) OVER (PARTITION BY device_id, metric) AS middle,
          mad(max) OVER (PARTITION BY device_id, metric) AS usual FROM '${out}/1m.parquet')
      WHERE abs(max - middle) > 10 * usual`);
    const minutes = await connection.runAndReadAll(`SELECT count(*) FROM '${out}/1m.parquet'`);
    const anomalies = reader.getRows().map(([device, ts]) => ({ device: String(device), ts: Number(ts) }));
    return { minutes: Number(minutes.getRows()[0]?.[0]), anomalies };
  },
};

const [, , name, day] = process.argv;
const began = performance.now();
const found = await contenders[name as Contender](JSON.parse(day ?? "") as Day);
const { user, system } = process.cpuUsage();
const done: Done = {
  milliseconds: performance.now() - began,
  cpuMilliseconds: (user + system) / 1000,
  peakBytes: await peakMemory(process.pid),
  ...found,
};
console.log(JSON.stringify(done));
process.exit(0);
