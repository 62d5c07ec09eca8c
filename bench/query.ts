/**
 * Questions to an encrypted lake of 10 million readings, beside DuckDB on the same files in plain, in the same run:
 *
 *     npm run bench:query -- [--rows 10000000] [--devices 58] [--rounds 21]
 *
 * Ours: asked as the console asks, through the lake's thread, with the answer's rows as values. The peer: DuckDB's own
 * binding in this process, without our limits of memory, over the same rows, order and encodings, not encrypted. CPU is
 * that of all threads: on a machine with other work it is the figure to go by.
 */
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { pino } from "pino";
import { encryption } from "../site/store/engine.ts";
import { openLake } from "../site/store/lake.ts";
import { deviceName, fillLake, openCore, type FilledLake } from "./support/filled-lake.ts";
import { median } from "./support/median.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "10000000" },
    devices: { type: "string", default: "58" },
    rounds: { type: "string", default: "21" },
  },
});
const devices = Number(values.devices);
const rounds = Number(values.rounds);

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
);
const began = performance.now();
const filled = await fillLake(Number(values.rows), devices);
try {
  const { plainFolder, files, bytes } = await plainCopy(filled);
  console.log(
    `${filled.rows} rows of ${devices} devices in ${files} files, ${Math.round(bytes / 1e6)} MB, made in ${Math.round((performance.now() - began) / 1000)} s`,
  );
  await compare(filled, plainFolder);
} finally {
  rmSync(filled.folder, { recursive: true, force: true });
}

function questions({ end }: FilledLake): Record<string, string> {
  const lastHour = `device_id = '${deviceName(devices >> 1)}' AND ts >= make_timestamptz(${end - 3_600_000_000})`;
  return {
    "one device's last hour, every row": `SELECT ts, metric, value_double FROM readings WHERE ${lastHour} ORDER BY ts, metric`,
    "one device's last hour, by minute": `SELECT time_bucket(INTERVAL 1 minute, ts) AS minute, metric, avg(value_double) AS mean, max(value_double) AS most FROM readings WHERE ${lastHour} GROUP BY ALL ORDER BY ALL`,
    "all rows, by device and metric": `SELECT device_id, metric, count(*) AS n, avg(value_double) AS mean, min(value_double) AS least, max(value_double) AS most FROM readings GROUP BY ALL ORDER BY ALL`,
  };
}

async function compare(lakeAt: FilledLake, plainFolder: string): Promise<void> {
  const { dataFolder, keyFile } = lakeAt;
  const retentionDays = { raw: 0, curated: 0, quarantine: 0 };
  const lake = await openLake({
    settings: { tenant: "bench", dataFolder, keyFile, retentionDays },
    extensionFile: process.env["FIELDLAKE_DUCKDB_HTTPFS"],
    logger: pino({ level: "warn" }),
  });
  const instance = await DuckDBInstance.create(":memory:", { threads: String(cpus().length) });
  const peer = await instance.connect();
  await peer.run("SET TimeZone = 'UTC'");
  await peer.run(`CREATE VIEW readings AS SELECT * FROM read_parquet('${plainFolder}/*.parquet')`);
  for (const [name, sql] of Object.entries(questions(lakeAt))) {
    const [ours, theirs]: [Asked[], Asked[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      const { rows, truncated } = await timed(ours, () => lake.query(sql));
      const expected = await timed(theirs, async () => (await peer.runAndReadAll(sql)).getRows());
      if (truncated || rows.length !== expected.length)
        throw new Error(`${name}: ours answered ${rows.length} rows, the peer ${expected.length}`);
    }
    report(name, ours, theirs);
  }
  peer.closeSync();
  instance.closeSync();
  await lake.close();
}

/** Milliseconds. */
interface Asked {
  readonly time: number;
  readonly cpu: number;
}

async function timed<Answer>(all: Asked[], ask: () => Promise<Answer>): Promise<Answer> {
  const [began, before] = [performance.now(), process.cpuUsage()];
  const answer = await ask();
  const { user, system } = process.cpuUsage(before);
  all.push({ time: performance.now() - began, cpu: (user + system) / 1000 });
  return answer;
}

function report(name: string, ours: readonly Asked[], theirs: readonly Asked[]): void {
  const middle = (all: readonly Asked[], key: keyof Asked) => median(all.map((one) => one[key]));
  const line = (who: string, all: readonly Asked[]) => {
    const [least, most] = [
      Math.min(...all.map(({ time }) => time)),
      Math.max(...all.map(({ time }) => time)),
    ];
    const ratio = (key: keyof Asked) => `${(middle(all, key) / middle(theirs, key)).toFixed(2)} ×`;
    console.log(
      `  ${who.padEnd(21)} ${middle(all, "time").toFixed(1)} ms (${least.toFixed(1)} to ${most.toFixed(1)})  ${ratio("time")}  ${middle(all, "cpu").toFixed(1)} ms CPU  ${ratio("cpu")}`,
    );
  };
  console.log(`\n${name}, median of ${rounds}`);
  line("Fieldlake, encrypted", ours);
  line("DuckDB, plain", theirs);
}

/** The lake's engine, which alone has the key, may write below the lake's folder only. */
async function plainCopy(lakeAt: FilledLake): Promise<{ plainFolder: string; files: number; bytes: number }> {
  const core = await openCore(lakeAt);
  const plainFolder = join(lakeAt.folder, "plain");
  mkdirSync(plainFolder);
  const { files } = core.manifest;
  for (const [index, { path }] of files.entries()) {
    const draft = join(core.folder, "drafts", "plain.parquet");
    await core.engine.main.run(
      `COPY (SELECT * FROM read_parquet('${join(core.folder, path)}', encryption_config = {${encryption}}, hive_partitioning = false))
       TO '${draft}' (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, DICTIONARY_SIZE_LIMIT 1000)`,
    );
    renameSync(draft, join(plainFolder, `${index}.parquet`));
  }
  await core.close();
  return { plainFolder, files: files.length, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}
