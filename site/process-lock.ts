/** Which process serves a run folder: one at a time, from before it opens anything until its end. */
import { execFileSync } from "node:child_process";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const lockFile = (runFolder: string): string => join(runFolder, "site.lock");

/** The id of the process that serves the folder, or is about to; null where none does. */
export function siteProcess(runFolder: string): number | null {
  const pid = pidIn(lockFile(runFolder));
  return pid !== null && isSiteProcess(pid, runFolder) ? pid : null;
}

/** Throws where another process has the folder. What a killed one left is taken over. */
export function claimRunFolder(runFolder: string): void {
  const lock = lockFile(runFolder);
  const [own, stale] = [`${lock}.${process.pid}`, `${lock}.${process.pid}.stale`];
  writeFileSync(own, String(process.pid), { mode: 0o600 });
  try {
    while (!linked(own, lock)) {
      refuseWhereHeld(runFolder, siteProcess(runFolder));
      // Of several that find the same stale lock, each may find the next one's instead when it takes it away.
      if (!moved(lock, stale)) continue;
      const holder = pidIn(stale);
      if (holder === null || !isSiteProcess(holder, runFolder)) continue;
      linked(stale, lock);
      refuseWhereHeld(runFolder, holder);
    }
  } finally {
    rmSync(own, { force: true });
    rmSync(stale, { force: true });
  }
}

export function releaseRunFolder(runFolder: string): void {
  if (pidIn(lockFile(runFolder)) === process.pid) rmSync(lockFile(runFolder), { force: true });
}

function refuseWhereHeld(runFolder: string, holder: number | null): void {
  if (holder === null || holder === process.pid) return;
  throw new Error(
    `a site with process id ${holder} already serves ${runFolder}: stop it first (npm run stop)`,
  );
}

function pidIn(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

/** A process id may have been given to another program since: only one that was started for this folder counts. */
export function isSiteProcess(pid: number, runFolder: string): boolean {
  try {
    process.kill(pid, 0);
    const commandLine =
      process.platform === "linux"
        ? readFileSync(`/proc/${pid}/cmdline`, "utf8")
        : execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
    return commandLine.includes(runFolder);
  } catch {
    return false;
  }
}

/**
 * Whether a process that was the site's a moment ago still holds files and ports. Linux takes a process's memory, and
 * with it its command line, before it closes these; then it is a zombie or gone.
 */
export function isEnding(pid: number): boolean {
  if (process.platform !== "linux") return false;
  try {
    const status = readFileSync(`/proc/${pid}/stat`, "utf8");
    const state = status.charAt(status.lastIndexOf(")") + 2);
    return !"ZX".includes(state) && readFileSync(`/proc/${pid}/cmdline`, "utf8") === "";
  } catch {
    return false;
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
