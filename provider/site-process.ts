/** Starts, watches and stops the site process. It outlives the provider, the engine and the terminal. */
import { spawn } from "node:child_process";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { removeIfEmpty } from "./folders.ts";
import { isSiteUnreachable, readSiteRecord, SiteClient } from "../site/client.ts";
import { environment, nodeFlags } from "../site/runtime.ts";

export interface SiteLocation {
  readonly runFolder: string;
  readonly keyFile: string;
}

/** Replaying a large log after a crash takes time; behind this a start has failed. */
const startSeconds = 120;
const stopSeconds = 60;
const entry = resolve(import.meta.dirname, "../site/main.ts");

/** Resolves once the site answers; does nothing where it does already. */
export async function startSite(location: SiteLocation): Promise<void> {
  if (await isSiteHealthy(location.runFolder)) return;
  await mkdir(location.runFolder, { recursive: true, mode: 0o700 });
  // The record of a killed site names the socket that this one will listen on: it must not pass for a started one.
  await rm(join(location.runFolder, "site.json"), { force: true });
  const logFile = join(location.runFolder, "site.log");
  const log = await open(logFile, "a", 0o600);
  const from = (await log.stat()).size;
  const child = spawn(process.execPath, [...nodeFlags, entry, location.runFolder, location.keyFile], {
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    env: environmentOfSite(),
  });
  await log.close();
  let exit: string | null = null;
  child.on("exit", (code, signal) => (exit = signal ?? `exit status ${code}`));
  child.on("error", (error) => (exit = error.message));
  child.unref();

  const deadline = Date.now() + startSeconds * 1000;
  while (Date.now() < deadline && exit === null) {
    if (await isSiteHealthy(location.runFolder)) return;
    await delay(100);
  }
  const tail = (await readFile(logFile, "utf8")).slice(from).trimEnd().split("\n").slice(-5).join("\n");
  throw new Error(
    exit === null
      ? `the site did not answer within ${startSeconds} s; see ${logFile}`
      : `the site stopped while starting (${exit}); the end of ${logFile}:\n${tail}`,
  );
}

/** True where the site answers its control socket, whatever the state of its modules. */
export async function isSiteHealthy(runFolder: string): Promise<boolean> {
  try {
    await SiteClient.at(runFolder).health();
    return true;
  } catch (error) {
    if (isSiteUnreachable(error)) return false;
    throw error;
  }
}

/** Graceful: sessions closed, log drained, files written. Resolves when the process is gone. */
export async function stopSite(runFolder: string): Promise<void> {
  const record = readSiteRecord(runFolder);
  if (record === null) return;
  try {
    await SiteClient.at(runFolder).stop();
  } catch (error) {
    if (!isSiteUnreachable(error)) throw error;
  }
  const deadline = Date.now() + stopSeconds * 1000;
  while (Date.now() < deadline) {
    if (!(await isSiteProcess(record.pid, runFolder))) return;
    await delay(50);
  }
  // Nothing acknowledged is lost by this: the log is on disk.
  process.kill(record.pid, "SIGKILL");
}

/** The data folder around it goes too, where nothing else is left in it. */
export async function removeRunFolder(runFolder: string): Promise<void> {
  await rm(runFolder, { recursive: true, force: true });
  await removeIfEmpty(dirname(runFolder));
}

/** A process id may have been given to another program since: only one that was started for this folder counts. */
async function isSiteProcess(pid: number, runFolder: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return commandLine.includes(runFolder);
}

/** No credential of the deploying shell reaches the long-lived process. */
function environmentOfSite(): NodeJS.ProcessEnv {
  const passed = [
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "XDG_RUNTIME_DIR",
    "FIELDLAKE_DUCKDB_HTTPFS",
  ];
  const kept = passed.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(kept), ...environment };
}
