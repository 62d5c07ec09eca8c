/**
 * The site: one process that is the local target's cloud. `node site/main.ts <run folder> <key file>`, started
 * by the fieldlake provider; it keeps running without it and comes back with the same settings.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Server } from "node:http";
import { startControl } from "./control.ts";
import { controlSocket, makeSocketFolder } from "./control-socket.ts";
import type { SiteRecord } from "./client.ts";
import { boundedFile, createLogger } from "./logger.ts";
import { ModuleHost } from "./module-host.ts";
import { siteModules, type Running } from "./modules.ts";
import { claimRunFolder, releaseRunFolder } from "./process-lock.ts";
import { Keyring } from "./seal.ts";
import { SettingsStore } from "./settings-store.ts";
import { siteActions } from "./actions.ts";

const version = "0.1.0";

const [runFolder, keyFile] = process.argv.slice(2);
if (runFolder === undefined || keyFile === undefined) {
  console.error("usage: node site/main.ts <run folder> <key file>");
  process.exit(2);
}

const logger = createLogger(boundedFile(join(runFolder, "site.log")));
let stopping: Promise<void> | undefined;
const startedAt = new Date().toISOString();
const recordFile = join(runFolder, "site.json");

let host: ModuleHost<Running>;
let control: Server;
try {
  claimRunFolder(runFolder);
  process.on("exit", () => releaseRunFolder(runFolder));
  const keyring = Keyring.fromFile(keyFile);
  const store = SettingsStore.load(runFolder, keyring.key("settings"), (loss) =>
    logger.error({ loss }, "settings put aside"),
  );
  const httpfsExtension = process.env["FIELDLAKE_DUCKDB_HTTPFS"];
  host = new ModuleHost<Running>(
    siteModules({ logger, keyring, httpfsExtension, health: () => host.health() }),
    store,
    logger,
  );
  const socket = controlSocket(runFolder);
  makeSocketFolder(socket);
  const identity = { pid: process.pid, version, startedAt };
  control = await startControl(socket, siteActions({ host, identity, stop }));
  // The modules come first: who finds the record finds them started, or failed with a reason.
  await host.startStored();
  const record: SiteRecord = { ...identity, socket };
  writeFileSync(recordFile, JSON.stringify(record), { mode: 0o600 });
  logger.info({ pid: process.pid, version }, "site started");
} catch (error) {
  // Who started the site shows its last line.
  logger.fatal({ stack: (error as Error).stack }, "site did not start");
  console.error((error as Error).message);
  process.exit(1);
}

process.on("SIGTERM", () => void stop());
process.on("SIGINT", () => void stop());
process.on("SIGHUP", () => undefined);

/** Modules last to first, then the record and the socket; the process ends by itself. */
function stop(): Promise<void> {
  stopping ??= (async () => {
    logger.info("site stopping");
    await host.stopAll();
    rmSync(recordFile, { force: true });
    control.close();
    control.closeIdleConnections();
    logger.info("site stopped");
    setTimeout(() => process.exit(0), 1000).unref();
  })();
  return stopping;
}
