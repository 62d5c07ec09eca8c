/** The site's process: one for a run folder, whoever starts it and however the one before ended. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { keyring } from "../../../provider/resources/keyring.ts";
import { isSiteHealthy, removeRunFolder, startSite, stopSite } from "../../../provider/site-process.ts";
import { readSiteRecord, type SiteRecord } from "../../../site/client.ts";
import { siteProcess } from "../../../site/process-lock.ts";

let folder: string;
let location: { runFolder: string; keyFile: string };
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fieldlake-process-"));
  location = { runFolder: join(folder, "run"), keyFile: join(folder, "keys", "site.key") };
  await keyring.create("site-key", { file: location.keyFile, managed: true } as never);
});
afterEach(async () => {
  await stopSite(location.runFolder);
  rmSync(folder, { recursive: true, force: true });
});

/** Linux only: /proc needs nothing installed. */
function processesOf(runFolder: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => commandLine(pid).includes(`main.ts\0${runFolder}`)).map(Number);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

test("started by several at once, and again while it runs, it is one process; stopped, it is none", async () => {
  await Promise.all([startSite(location), startSite(location), startSite(location)]);
  const pid = siteProcess(location.runFolder);
  // Who came too late sees that as soon as it runs, touches nothing and ends.
  while (processesOf(location.runFolder).length > 1) await delay(20);
  await startSite(location);
  expect(processesOf(location.runFolder)).toEqual([pid]);
  expect(readSiteRecord(location.runFolder)?.pid).toBe(pid);
  await stopSite(location.runFolder);
  expect(processesOf(location.runFolder)).toEqual([]);
  expect(await isSiteHealthy(location.runFolder)).toBe(false);
});

test("what kill -9 left is taken over, even where its process id is another program's now", async () => {
  await startSite(location);
  process.kill(siteProcess(location.runFolder) as number, "SIGKILL");
  await startSite(location);
  await stopSite(location.runFolder);
  const lock = join(location.runFolder, "site.lock");
  for (const left of [String(process.pid), "999999999", "", "nonsense"]) {
    writeFileSync(lock, left);
    expect(siteProcess(location.runFolder)).toBeNull();
  }
  await startSite(location);
  expect(Number(readFileSync(lock, "utf8"))).toBe(readSiteRecord(location.runFolder)?.pid);
});

test("outlives the terminal: a session of its own, and what a closed window sends does not end it", async () => {
  await startSite(location);
  const pid = siteProcess(location.runFolder) as number;
  // Behind the name in brackets: state, parent, group, session (proc(5)).
  const [, , group, session] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  expect([group, session]).toEqual([String(pid), String(pid)]);
  process.kill(pid, "SIGHUP");
  await delay(200);
  expect(await isSiteHealthy(location.runFolder)).toBe(true);
  expect(siteProcess(location.runFolder)).toBe(pid);
});

test("stopped while it starts, it ends as well", async () => {
  const outcome = startSite(location).then(
    () => "started",
    (error: Error) => error.message,
  );
  while (siteProcess(location.runFolder) === null) await delay(5);
  await stopSite(location.runFolder);
  expect(siteProcess(location.runFolder)).toBeNull();
  // It depends on the moment which of the two it was.
  expect(await outcome).toMatch(/^(started$|the site stopped while starting)/);
});

test("a missing key file ends the start with what to do", async () => {
  await startSite(location);
  await stopSite(location.runFolder);
  const key = readFileSync(location.keyFile);
  rmSync(location.keyFile);
  await expect(startSite(location)).rejects.toThrow(
    /stopped while starting .*site\.key cannot be read \(ENOENT\): restore it/s,
  );
  writeFileSync(location.keyFile, key);
  await startSite(location);
});

test("removed after kill -9, it leaves nothing, also where its path is too long for a socket", async () => {
  const runFolder = join(folder, "long".repeat(25), "run");
  await startSite({ ...location, runFolder });
  const { socket } = readSiteRecord(runFolder) as SiteRecord;
  expect(socket.startsWith(folder)).toBe(false);
  process.kill(siteProcess(runFolder) as number, "SIGKILL");
  while (siteProcess(runFolder) !== null) await delay(5);
  await stopSite(runFolder);
  await removeRunFolder(runFolder);
  expect([existsSync(socket), existsSync(dirname(runFolder))]).toEqual([false, false]);
});
