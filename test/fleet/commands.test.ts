import { afterEach, describe, expect, test } from "@jest/globals";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeLeftovers, restoreStackFile } from "../../fleet/commands/destroy.ts";
import { statusLines } from "../../fleet/commands/status.ts";
import { stop, waitUntilGone } from "../../fleet/commands/stop.ts";
import type { CommandContext } from "../../fleet/commands/context.ts";
import { environmentFolders, readNote, runFolderOf, writeNote } from "../../fleet/environment.ts";
import { CommandError, exitCodes } from "../../fleet/errors.ts";
import { buildProgram } from "../../fleet/program.ts";
import { reportError } from "../../fleet/report.ts";
import { connectSite } from "../../fleet/site-client.ts";
import { waitUntilHealthy } from "../../fleet/start/health.ts";
import { fakeSite } from "./support/site.ts";
import { fakeTerminal, tagged } from "./support/terminal.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

function temporaryFolders() {
  const folder = mkdtempSync(join(tmpdir(), "fieldlake-test-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return environmentFolders(folder);
}

async function contextOf(answers: Parameters<typeof fakeSite>[0], pid?: number) {
  const site = await fakeSite(answers, pid);
  cleanups.push(() => site.close());
  const screen = fakeTerminal();
  const context: CommandContext = {
    terminal: screen.terminal,
    folders: temporaryFolders(),
    signal: new AbortController().signal,
    site: connectSite(site.runFolder),
  };
  return { site, screen, context };
}

const health = (modules: Record<string, { state: string; error?: string }>, pid = process.pid) => ({
  pid,
  version: "0.1.0",
  startedAt: "2026-11-24T00:00:00.000Z",
  modules,
});

describe("status", () => {
  const facts = {
    fleet: [
      {
        deviceId: "wrist-01",
        profile: "wearable-imu",
        pinned: true,
        connected: true,
        online: true,
        lastSeen: 1_795_478_395_000_000,
        revoked: false,
        certificateNotAfter: 1_803_000_000_000_000,
      },
      {
        deviceId: "wrist-02",
        profile: null,
        pinned: false,
        connected: false,
        online: null,
        lastSeen: null,
        revoked: true,
        certificateNotAfter: null,
      },
    ],
    broker: { connected: 1, accepted: 3, refused: { "other topic": 2, revoked: 0 }, published: 1214 },
    log: { appended: 1214, bytes: 99_000, segments: 1, lag: 5, tornTail: 0, damaged: 1 },
    lake: {
      zones: [{ zone: "curated" as const, files: 4, bytes: 123_456 }],
      tables: [{ table: "readings", files: 3, rows: 1650, bytes: 100_000 }],
      pipeline: { messages: 1214, rows: 1650, frames: 4000, quarantined: 3, duplicates: 2 },
    },
  };

  test("shows modules, devices, counts and sizes", () => {
    const { terminal } = fakeTerminal({ showStyles: true });
    const modules = health({ lake: { state: "running" }, broker: { state: "failed", error: "port taken" } });
    const text = tagged(
      statusLines(modules as never, facts, "http://127.0.0.1:8484/", terminal, 1_795_478_400_000).join("\n"),
    );

    expect(text).toContain("broker    <bad>failed</bad>: port taken");
    expect(text).toContain("Devices: 2, 1 connected");
    expect(text).toMatch(/wrist-01 +│ wearable-imu │ <good>online<\/good> .*5 s ago +│ 2027-02-19/);
    expect(text).toMatch(/wrist-02 .*<bad>revoked<\/bad>.*never/);
    expect(text).toContain(
      "1,214 messages taken in: 1,650 rows, 4,000 samples of frames, 3 quarantined, 2 duplicates dropped",
    );
    expect(text).toContain("5 messages on the way from the log to the lake, 99.0 kB in the log");
    expect(text).toContain("<bad>  1 record of the log damaged on disk</bad>");
    expect(text).toContain("refused: other topic 2");
    expect(text).toContain("npm run status -- --token prints the link that opens it");
  });

  test("does without the parts whose modules don't run", () => {
    const { terminal } = fakeTerminal();
    const modules = health({ lake: { state: "stopped" } });
    const nothing = { fleet: [], broker: null, log: null, lake: null };
    expect(() => statusLines(modules as never, nothing, null, terminal, 0)).not.toThrow();
  });
});

describe("stop", () => {
  test("waits until the process is gone and says what is kept", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    cleanups.push(() => void child.kill("SIGKILL"));
    const pid = child.pid ?? 0;
    const { screen, context } = await contextOf(
      {
        "GET /health": () => ({ body: health({}, pid) }),
        "POST /stop": () => {
          setTimeout(() => child.kill(), 100);
          return { body: {} };
        },
      },
      pid,
    );
    await stop(context);
    expect(() => process.kill(pid, 0)).toThrow();
    expect(screen.output()).toMatch(
      /^stopped in .*; all data is kept in .*local-dev\nnpm start brings it up again/,
    );
  });

  test("of what does not run is no error", async () => {
    const { site, screen, context } = await contextOf({});
    rmSync(join(site.runFolder, "site.json"));
    await stop(context);
    expect(screen.output()).toBe("the environment is not running; nothing to stop\n");
  });

  test("names a process that does not end", async () => {
    await expect(waitUntilGone(process.pid, 100)).rejects.toThrow(
      `process ${process.pid} was asked to stop and still runs after 100 ms`,
    );
  });
});

describe("waiting for a healthy site", () => {
  test("resolves once every module runs", async () => {
    let asked = 0;
    const { context } = await contextOf({
      "GET /health": () => ({ body: health({ lake: { state: (asked += 1) < 3 ? "stopped" : "running" } }) }),
    });
    await waitUntilHealthy(context.site, context.signal);
    expect(asked).toBe(3);
  });

  test("does not wait for a module that failed, and tells a full disk apart", async () => {
    const broken = await contextOf({
      "GET /health": () => ({ body: health({ lake: { state: "failed", error: "key file is missing" } }) }),
    });
    await expect(waitUntilHealthy(broken.context.site, broken.context.signal)).rejects.toThrow(
      "the site is not healthy: lake is failed: key file is missing",
    );
    const full = await contextOf({
      "GET /health": () => ({
        body: health({ lake: { state: "failed", error: "ENOSPC: no space left on device" } }),
      }),
    });
    await expect(waitUntilHealthy(full.context.site, full.context.signal)).rejects.toThrow(
      /^the disk is full/,
    );
  });
});

describe("what destroy leaves", () => {
  const make = (...path: readonly string[]) => {
    mkdirSync(join(...path, ".."), { recursive: true });
    writeFileSync(join(...path), "x");
  };

  test("nothing of ours, and nothing at all where it was the only stack", () => {
    const folders = temporaryFolders();
    make(folders.environment, "data", "lake", "file");
    make(folders.local, "state", "s");
    make(folders.local, "passphrase");
    removeLeftovers(folders, 0);
    expect(existsSync(folders.local)).toBe(false);
  });

  test("state and folders of other stacks", () => {
    const folders = temporaryFolders();
    make(folders.environment, "environment.json");
    make(folders.local, "other", "data");
    make(folders.local, "state", "s");
    removeLeftovers(folders, 1);
    expect(existsSync(folders.environment)).toBe(false);
    expect(existsSync(join(folders.local, "state", "s"))).toBe(true);
    removeLeftovers(folders, 0);
    expect(existsSync(join(folders.local, "other", "data"))).toBe(true);
  });

  test("the stack's file as it was before, unless it holds encrypted values", () => {
    const { project } = temporaryFolders();
    const file = join(project, "Pulumi.local-dev.yaml");
    const original = "# mine\nconfig:\n    a: b\n";
    writeFileSync(file, "config:\n  a: b\nencryptionsalt: v1:abc=\n");
    restoreStackFile(file, original);
    expect(readFileSync(file, "utf8")).toBe(original);

    const secured = "encryptionsalt: v1:abc=\nconfig:\n  a:\n    secure: v1:xyz\n";
    writeFileSync(file, secured);
    restoreStackFile(file, secured);
    expect(readFileSync(file, "utf8")).toBe(secured);
  });
});

describe("notes between commands", () => {
  test("lead to the run folder; the default one holds without a note", () => {
    const folders = temporaryFolders();
    expect(runFolderOf(folders)).toBe(join(folders.environment, "data", "run"));
    writeNote(folders, { runFolder: "/elsewhere/run", dashboardUrl: "http://x/", mqtt: "x:1" });
    expect(runFolderOf(folders)).toBe("/elsewhere/run");
    writeFileSync(join(folders.environment, "environment.json"), "{");
    expect(readNote(folders)).toBeNull();
  });
});

describe("the program", () => {
  async function run(...args: readonly string[]) {
    const { screen, context } = await contextOf({});
    const program = buildProgram(context);
    const error: unknown = await program.parseAsync([...args], { from: "user" }).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    return { exitCode: error === null ? 0 : reportError(error, screen.terminal), screen };
  }

  test.each([
    [["--help"], 0, /from nothing to answers/],
    [["query", "--help"], 0, /Examples:\n {2}npx fieldlake query "describe readings"/],
    [["start", "--help"], 0, /every acknowledged\s+message is in the lake exactly once/],
  ])("%j teaches", async (args, exitCode, text) => {
    const { exitCode: code, screen } = await run(...args);
    expect(code).toBe(exitCode);
    expect(screen.output()).toMatch(text);
  });

  test.each([
    [["bogus"], "error: unknown command 'bogus'"],
    [["query"], "error: missing required argument 'sql'"],
    [["query", "x", "--limit", "1.5"], "allowed: a whole number above 0"],
    [["start", "--speed", "-1"], "allowed: a number above 0"],
    [
      ["start", "--realtime", "--speed", "2"],
      "option '--realtime' cannot be used with option '--speed <factor>'",
    ],
    [["destroy"], "destroy asks before it removes anything, and there is no terminal to ask at"],
  ])("%j is a usage error", async (args, message) => {
    const { exitCode, screen } = await run(...args);
    expect(exitCode).toBe(2);
    expect(screen.notes.join("\n")).toContain(message);
  });

  test("an error comes with advice, a defect with its stack", () => {
    const { terminal, notes } = fakeTerminal();
    expect(reportError(new CommandError("it is so", exitCodes.busy, "do this"), terminal)).toBe(5);
    expect(notes).toEqual(["error: it is so", "  do this"]);
    expect(reportError(new TypeError("oops"), terminal)).toBe(1);
    expect(notes.join("\n")).toMatch(/TypeError: oops\n.*at /);
  });
});
