/** What the user sees: progress, the table, the last line of the tests. */
import { describe, expect, test } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { createProgress } from "../../toolchain/lib/progress.mjs";
import {
  abortedFiles,
  countResults,
  countsAgain,
  countsLine,
  totalCounts,
} from "../../toolchain/lib/test-counts.mjs";
import { PROJECT_ROOT, toolchainPaths } from "../../toolchain/paths.mjs";
import { oneLine, summary } from "../../toolchain/summary.mjs";
import { needsOf } from "../../toolchain/toolchain.mjs";

describe("progress", () => {
  const collector = (isTTY: boolean) => {
    const chunks: string[] = [];
    const stream = new Writable({ write: (chunk, _encoding, done) => (chunks.push(String(chunk)), done()) });
    return { chunks, stream: Object.assign(stream, { isTTY, columns: 60 }) };
  };

  test("is plain lines where there is no terminal", async () => {
    const { chunks, stream } = collector(false);
    const task = createProgress(stream, { lineInterval: 30 }).start("engine", "building");
    task.detail("12 of 1352 packages");
    await delay(100);
    task.done("built");
    const lines = chunks.join("").trimEnd().split("\n");
    expect(lines[0]).toBe("fieldlake engine: building");
    expect(lines[1]).toBe("fieldlake engine: 0 s, 12 of 1352 packages");
    expect(lines.at(-1)).toBe("fieldlake engine: built (0 s)");
    await delay(100);
    expect(chunks.join("").trimEnd().split("\n")).toEqual(lines);
  });

  test("is one line that fits the terminal where there is one", async () => {
    const before = process.env["CI"];
    delete process.env["CI"];
    try {
      const { chunks, stream } = collector(true);
      const task = createProgress(stream).start("engine", "building from pinned Go modules");
      task.detail("downloading a module with a very long name indeed");
      await delay(250);
      task.stop();
      expect(chunks.length).toBeGreaterThan(1);
      expect(chunks.every((chunk) => chunk.startsWith("\r\u001b[K") && chunk.length <= 4 + 59)).toBe(true);
      expect(chunks.at(-1)).toBe("\r\u001b[K");
    } finally {
      if (before !== undefined) process.env["CI"] = before;
    }
  });
});

describe("what is used from where", () => {
  const resolved = {
    node: { executable: "/cache/node", folder: "/p/n", version: "24.21.0", source: "npm" },
    engine: { pulumi: "/cache/pulumi", version: "3.220.0", source: "go" },
    plugins: [
      { name: "tls", version: "5.6.1", source: "offline", folder: "/p/x" },
      { name: "random", version: "4.21.2", source: "installed" },
    ],
    duckdb: { extension: "/p/httpfs.duckdb_extension", version: "1.5.5", source: "wheel" },
    state: { source: "local", description: ".fieldlake/state" },
  } as const;

  test("is a table", () => {
    const table = summary(resolved, toolchainPaths("/p", "/cache"));
    expect(table.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["what", "version", "from", "where"],
      ["Node", "24.21.0", "npm, user's cache", "/cache/node"],
      ["Pulumi engine", "3.220.0", "built from pinned Go modules, user's cache", "/cache/pulumi"],
      ["provider tls", "5.6.1", "this project's offline provider", "provider/offline/tls"],
      ["provider random", "4.21.2", "Pulumi's plugin folder"],
      ["DuckDB httpfs", "1.5.5", "Python package index, user's cache", "httpfs.duckdb_extension"],
      ["state", "this clone", ".fieldlake/state"],
    ]);
  });

  test("is a line that tells offline providers from real ones", () => {
    expect(oneLine(resolved)).toBe(
      "Node 24.21.0, Pulumi 3.220.0, providers tls 5.6.1 (offline) and random 4.21.2",
    );
  });
});

test("a command brings in what it needs and no more", () => {
  expect(needsOf("start")).toEqual(["engine", "duckdb"]);
  expect(needsOf("query")).toEqual(["duckdb"]);
  expect([needsOf("status"), needsOf("stop"), needsOf("no-such-command"), needsOf("toString")]).toEqual([
    [],
    [],
    [],
    [],
  ]);
  expect([needsOf("status", ["--token"]), needsOf("status", ["--json"])]).toEqual([["engine"], []]);
  expect([needsOf("alarms", ["list", "--stack", "aws-dev"]), needsOf("alarms", ["list"])]).toEqual([
    ["engine"],
    [],
  ]);
  for (const command of ["replay", "report", "token"])
    expect([needsOf(command, ["--stack", "aws-dev"]), needsOf(command)]).toEqual([["engine"], []]);
  expect(needsOf("lake")).toEqual(["engine", "duckdb"]);
  expect([needsOf("upload", ["a.csv", "--target=aws-dev"]), needsOf("upload", ["a.csv"])]).toEqual([
    ["engine"],
    [],
  ]);
});

describe("the last line of npm test", () => {
  const counts = { passed: 10, failed: 0, skipped: 2 };

  test("counts jest's tests, and each check before them as one", () => {
    expect(countsLine(totalCounts([true, true], { ok: true, counts }))).toBe(
      "12 passed, 0 failed, 2 skipped",
    );
    expect(countsLine(totalCounts([true, false], { ok: true, counts }))).toBe(
      "11 passed, 1 failed, 2 skipped",
    );
  });

  test("files that V8 ended run once more, and only these; a second end is a failure", () => {
    const died = (signal: string) =>
      `A jest worker process (pid=7) was terminated by another process: signal=${signal}, exitCode=null.`;
    const testResults = [
      { testFilePath: "a", failureMessage: died("SIGTRAP") },
      { testFilePath: "b", failureMessage: died("SIGKILL") },
      { testFilePath: "c", failureMessage: died("SIGSEGV") },
      { testFilePath: "d", failureMessage: "expected signal=SIGTRAP" },
      { testFilePath: "e", failureMessage: null },
      { testFilePath: "f" },
    ];
    expect(abortedFiles({ testResults })).toEqual(["a"]);
    const first = { passed: 10, failed: 2, skipped: 1 };
    expect(countsAgain(first, 1, { passed: 4, failed: 0, skipped: 1 })).toEqual({
      passed: 14,
      failed: 1,
      skipped: 2,
    });
    expect(countsAgain(first, 1, { passed: 0, failed: 1, skipped: 0 })).toEqual(first);
    expect(countsAgain(first, 2)).toEqual(first);
  });

  test("never says that nothing failed when jest failed", () => {
    expect(countsLine(totalCounts([], { ok: false, counts }))).toBe("10 passed, 1 failed, 2 skipped");
    expect(countsLine(totalCounts([], { ok: false, counts: undefined }))).toBe(
      "0 passed, 1 failed, 0 skipped",
    );
  });

  test("counts a test file that does not even load as a failure, and todos as skipped", () => {
    const results = {
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      numRuntimeErrorTestSuites: 1,
    };
    expect(countResults(results)).toEqual({ passed: 5, failed: 2, skipped: 3 });
  });

  /** `npm test` with arguments for jest, on tests of this ring. */
  const npmTest = (...args: string[]) => {
    const script = join(PROJECT_ROOT, "toolchain/test.mjs");
    const ran = spawnSync(
      process.execPath,
      [script, "--selectProjects", "toolchain", "--coverage=false", ...args],
      {
        cwd: PROJECT_ROOT,
        encoding: "utf8",
        timeout: 60_000,
      },
    );
    return { status: ran.status, last: ran.stdout.trimEnd().split("\n").at(-1) };
  };

  test("stands alone at the end of a real run", () => {
    expect(npmTest("paths.test.ts", "-t", "Windows")).toEqual({
      status: 0,
      last: "1 passed, 0 failed, 5 skipped",
    });
  }, 60_000);

  test("and of one that fails", () => {
    expect(npmTest("no-such-test-file")).toEqual({ status: 1, last: "0 passed, 1 failed, 0 skipped" });
  }, 60_000);
});
