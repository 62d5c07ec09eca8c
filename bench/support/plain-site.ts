/**
 * The site's log, pipeline and lake behind the broker's bench entry: no TLS, loopback only. A process of its own;
 * prints `{"port":…}`, and for each line on standard input flushes, prints `flushed`, counts and prints `{"rows":…}`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pino } from "pino";
import { buildHandler } from "../../functions/build.ts";
import { readProfiles } from "../../profiles/read.ts";
import { startPlainBroker } from "../../site/broker/plain.ts";
import { openIngestLog } from "../../site/log/ingest-log.ts";
import { backlogBytes } from "../../site/runtime.ts";
import { Keyring } from "../../site/seal.ts";
import { openBirths } from "../../site/store/births.ts";
import { openLake } from "../../site/store/lake.ts";
import { startPipeline } from "../../site/store/pipeline.ts";
import { benchBindings, benchProfiles, benchRows } from "./environment.ts";

const folder = mkdtempSync(join(tmpdir(), "fieldlake-bench-"));
const [keyFile, dataFolder] = [join(folder, "lake.key"), join(folder, "data")];
mkdirSync(dataFolder);
writeFileSync(keyFile, randomBytes(32).toString("base64"), { mode: 0o600 });
const keyring = Keyring.fromFile(keyFile);
const logger = pino({ level: "silent" });
const settings = {
  tenant: "bench",
  dataFolder,
  keyFile,
  retentionDays: { raw: 0, curated: 0, quarantine: 0 },
};
const lake = await openLake({ settings, extensionFile: process.env["FIELDLAKE_DUCKDB_HTTPFS"], logger });
const log = await openIngestLog({
  folder: join(dataFolder, "log"),
  rawFolder: join(dataFolder, "lake", "raw"),
  keyring,
  after: lake.position,
  limits: { backlogBytes },
});
const bundle = await buildHandler("local", join(folder, "bundle"));
const profiles = await readProfiles(benchProfiles);
const decoder = {
  bundle,
  workers: 1,
  profiles,
  bindings: benchBindings,
  clockWindow: { behind: 604_800, ahead: 600 },
};
const onTrouble = (error: Error): void => void console.error(error);
const births = await openBirths({ dataFolder, keyring, onTrouble });
const pipeline = await startPipeline({ tenant: "bench", lake, log, decoder, births });
const broker = await startPlainBroker({ log, stateFolder: join(dataFolder, "broker"), keyring, logger });
console.log(JSON.stringify({ port: broker.port }));

const lines = createInterface({ input: process.stdin });
for await (const _line of lines) {
  await lake.flush();
  console.log("flushed");
  const { rows } = await lake.query(benchRows);
  console.log(JSON.stringify({ rows: Number(rows[0]?.[0]) }));
}
await broker.stop();
await pipeline.stop();
await lake.close();
await log.close();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
