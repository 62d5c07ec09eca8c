/** Starts, watches and stops the site process. It outlives the provider, the engine and the terminal. */
import { spawn } from "node:child_process";
import { mkdir, open, readFile, rm, statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { removeIfEmpty } from "./folders.ts";
import { isSiteUnreachable, readSiteRecord, SiteClient } from "../site/client.ts";
import { isEnding, isSiteProcess, siteProcess } from "../site/process-lock.ts";
import { controlSocket } from "../site/control-socket.ts";
import { environment, nodeFlags } from "../site/runtime.ts";

export interface SiteLocation {
  readonly runFolder: string;
  readonly keyFile: string;
}

/** Replaying a large log after a crash takes time; behind this a start has failed. */
const startSeconds = 120;
const stopSeconds = 60;
/** With less on its disk the site cannot even say what is wrong. */
const leastBytes = 65_536;
const entry = resolve(import.meta.dirname, "../site/main.ts");

/** Resolves once the site answers; does nothing where it does already, and waits for one that is starting. */
export async function startSite(location: SiteLocation): Promise<void> {
  const { runFolder } = location;
  if (await isSiteHealthy(runFolder)) return;
  await mkdir(runFolder, { recursive: true, mode: 0o700 });
  let started: StartedSite | null = null;
  const deadline = Date.now() + startSeconds * 1000;
  while (Date.now() < deadline) {
    if (await isSiteHealthy(runFolder)) return;
    if (siteProcess(runFolder) === null) {
      if (started !== null && started.exit !== null) break;
      started ??= await spawnSite(location);
    }
    await delay(100);
  }
  const { exit = null, logFile = join(runFolder, "site.log"), from = 0 } = started ?? {};
  if (exit === null) throw new Error(`the site did not answer within ${startSeconds} s; see ${logFile}`);
  const tail = (await readFile(logFile)).subarray(from).toString().trimEnd().split("\n").slice(-5).join("\n");
  const space = await statfs(runFolder);
  const full = space.bavail * space.bsize < leastBytes ? `no space left on the disk of ${runFolder}; ` : "";
  throw new Error(`the site stopped while starting (${exit}): ${full}the end of ${logFile}:\n${tail}`);
}

interface StartedSite {
  /** How it ended; null while it has not. */
  exit: string | null;
  readonly logFile: string;
  /** Where its lines begin in the log file. */
  readonly from: number;
}

async function spawnSite({ runFolder, keyFile }: SiteLocation): Promise<StartedSite> {
  // The record of a killed site names the socket that this one will listen on: it must not pass for a started one.
  await rm(join(runFolder, "site.json"), { force: true });
  const logFile = join(runFolder, "site.log");
  const log = await open(logFile, "a", 0o600);
  const site: StartedSite = { exit: null, logFile, from: (await log.stat()).size };
  const child = spawn(process.execPath, [...nodeFlags, entry, runFolder, keyFile], {
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    env: environmentOfSite(),
  });
  await log.close();
  child.on("exit", (code, signal) => (site.exit = signal ?? `exit status ${code}`));
  child.on("error", (error) => (site.exit = error.message));
  child.unref();
  return site;
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
  const pid = siteProcess(runFolder);
  if (pid === null) return;
  try {
    await SiteClient.at(runFolder).stop();
  } catch (error) {
    if (!isSiteUnreachable(error)) throw error;
    // It is still starting.
    end(pid, "SIGTERM");
  }
  const deadline = Date.now() + stopSeconds * 1000;
  while (Date.now() < deadline) {
    if (!isSiteProcess(pid, runFolder) && !isEnding(pid)) return;
    await delay(50);
  }
  // Nothing acknowledged is lost by this: the log is on disk.
  end(pid, "SIGKILL");
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The data folder around it goes too, where nothing else is left in it; and the socket, where that is elsewhere. */
export async function removeRunFolder(runFolder: string): Promise<void> {
  const socket = readSiteRecord(runFolder)?.socket ?? controlSocket(runFolder);
  await rm(socket, { force: true });
  await rm(runFolder, { recursive: true, force: true });
  if (!socket.startsWith(runFolder)) await removeIfEmpty(dirname(socket));
  await removeIfEmpty(dirname(runFolder));
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
