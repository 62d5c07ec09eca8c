import { afterAll, describe, expect, test } from "@jest/globals";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { run, which } from "../../toolchain/lib/processes.mjs";
import { PROJECT_ROOT } from "../../toolchain/paths.mjs";
import { temporaryFolder, write, writeScript } from "./fixtures.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

/** Waits for a file that a child process writes, for 10 s at most. */
async function appears(file: string): Promise<string> {
  for (let tries = 0; tries < 500 && !(existsSync(file) && readFileSync(file, "utf8") !== ""); tries += 1) {
    await delay(20);
  }
  return readFileSync(file, "utf8").trim();
}

/** Whether a process runs; one that has ended but was not yet waited for does not. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/status`;
  return !existsSync(status) || !/^State:\s+Z/m.test(readFileSync(status, "utf8"));
}

async function ends(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 500 && runs(pid); tries += 1) await delay(20);
  return !runs(pid);
}

describe("running a tool", () => {
  test("gives its outputs, its exit code and its lines", async () => {
    const lines: string[] = [];
    const result = await run("/bin/sh", ["-c", "echo one; echo two >&2; printf three; exit 3"], {
      onLine: (line) => lines.push(line),
    });
    expect(result).toMatchObject({ ok: false, code: 3, timedOut: false, stdout: "one\nthree" });
    expect(result.output).toContain("two\n");
    expect(lines.sort()).toEqual(["one", "three", "two"]);
  });

  test("that does not exist is an answer, not an exception", async () => {
    const result = await run(join(folder.path, "nowhere"), []);
    expect(result).toMatchObject({ ok: false, code: null });
    expect(result.output).toContain("ENOENT");
  });

  test("that takes too long ends it with its children", async () => {
    const pidFile = join(folder.path, "timeout.pid");
    const result = await run("/bin/sh", ["-c", `sleep 60 & echo $! > ${pidFile}; wait`], { timeout: 500 });
    expect(result).toMatchObject({ ok: false, timedOut: true });
    await expect(ends(Number(await appears(pidFile)))).resolves.toBe(true);
  });

  test("is ended with its children when the user interrupts", async () => {
    const pidFile = join(folder.path, "abort.pid");
    const interrupt = new AbortController();
    const running = run("/bin/sh", ["-c", `sleep 60 & echo $! > ${pidFile}; wait`], {
      signal: interrupt.signal,
    });
    const pid = Number(await appears(pidFile));
    interrupt.abort();
    await expect(running).rejects.toThrow("interrupted; what was finished is kept");
    await expect(ends(pid)).resolves.toBe(true);
    await expect(run("/bin/true", [], { signal: interrupt.signal })).rejects.toThrow("interrupted");
  });
});

test("an executable is found as a shell finds it", () => {
  const [first, second] = [join(folder.path, "first"), join(folder.path, "second")];
  write(join(first, "tool"), "not executable");
  const tool = writeScript(join(second, "tool"), "exit 0");
  expect(which("tool", { PATH: `${first}::${second}` })).toBe(tool);
  expect(which("tool", { PATH: first })).toBeUndefined();
  expect(which("tool", {})).toBeUndefined();
});

describe("the user's command in the foreground", () => {
  /** A process without a terminal that runs a shell command as the user's command and ends like it. */
  const foreground = (script: string) =>
    spawn(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        `const { runForeground, exitLike } = await import(process.argv[1]);
         exitLike(await runForeground("/bin/sh", ["-c", process.argv[2]]));`,
        `file://${PROJECT_ROOT}/toolchain/lib/foreground.mjs`,
        script,
      ],
      { detached: true, stdio: ["ignore", "pipe", "inherit"] },
    );
  const ended = (child: ReturnType<typeof foreground>) =>
    new Promise<{ code: number | null; signal: string | null; output: string }>((resolve) => {
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
      child.once("close", (code, signal) => resolve({ code, signal, output }));
    });

  test("has our outputs, and its exit code is ours", async () => {
    await expect(ended(foreground("echo said; exit 7"))).resolves.toEqual({
      code: 7,
      signal: null,
      output: "said\n",
    });
  });

  test("ends us with the signal that ended it", async () => {
    await expect(ended(foreground("kill -KILL $$"))).resolves.toMatchObject({
      code: null,
      signal: "SIGKILL",
    });
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "gets %s once and may finish what it does",
    async (signal) => {
      const ready = join(folder.path, `${signal}.ready`);
      const name = signal.slice(3);
      const child = foreground(
        `trap 'echo got ${name}' ${name}; echo $$ > ${ready}; i=0; while [ $i -lt 20 ]; do sleep 0.1; i=$((i+1)); done; exit 5`,
      );
      const result = ended(child);
      await appears(ready);
      child.kill(signal);
      await expect(result).resolves.toEqual({ code: 5, signal: null, output: `got ${name}\n` });
    },
  );
});
