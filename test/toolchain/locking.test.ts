import { afterAll, describe, expect, test } from "@jest/globals";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { buildOnce } from "../../toolchain/lib/build-once.mjs";
import { withLock } from "../../toolchain/lib/lock.mjs";
import { PROJECT_ROOT } from "../../toolchain/paths.mjs";
import { messageOf, temporaryFolder, write } from "./fixtures.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

/** The id of a process that has ended. */
const deadProcess = (): number => spawnSync(process.execPath, ["-e", ""]).pid;
const lockOf = (pid: number, host = hostname()) => JSON.stringify({ pid, host });

describe("a lock", () => {
  test("of a process that has died is taken over", async () => {
    const file = write(join(folder.path, "dead.lock"), lockOf(deadProcess()));
    await expect(withLock(file, async () => readFileSync(file, "utf8"))).resolves.toBe(lockOf(process.pid));
    expect(existsSync(file)).toBe(false);
  });

  test("of a living process is waited for, and its owner named", async () => {
    const file = join(folder.path, "living.lock");
    const order: string[] = [];
    const first = withLock(file, async () => {
      await delay(400);
      order.push("first");
    });
    await delay(50);
    const waited: string[] = [];
    await withLock(file, async () => void order.push("second"), { onWait: (owner) => waited.push(owner) });
    await first;
    expect(order).toEqual(["first", "second"]);
    expect(waited).toEqual([`process ${process.pid}`]);
  });

  test("of another host is respected until it falls silent", async () => {
    const file = write(join(folder.path, "remote.lock"), lockOf(deadProcess(), "another-host.invalid"));
    const impatient = AbortSignal.timeout(600);
    await expect(withLock(file, async () => "mine", { signal: impatient })).rejects.toThrow();
    const longAgo = new Date(Date.now() - 120_000);
    utimesSync(file, longAgo, longAgo);
    await expect(withLock(file, async () => "mine")).resolves.toBe("mine");
  });

  test("that was left empty by a crash is taken over once it is old", async () => {
    const file = write(join(folder.path, "empty.lock"), "");
    await expect(withLock(file, async () => "mine", { silence: 300 })).resolves.toBe("mine");
  });

  test("is released when the work fails", async () => {
    const file = join(folder.path, "failing.lock");
    await expect(withLock(file, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(existsSync(file)).toBe(false);
  });
});

describe("building once", () => {
  test("what failed leaves nothing behind and is built by the next run", async () => {
    const target = join(folder.path, "failing", "thing");
    const fail = async (partial: string) => {
      write(join(partial, "half"), "done");
      throw new Error("no network");
    };
    expect(await messageOf(buildOnce(target, fail))).toBe("no network");
    expect(readdirSync(join(folder.path, "failing"))).toEqual([]);
    await buildOnce(target, async (partial) => void write(join(partial, "whole"), "done"));
    expect(readdirSync(target)).toEqual(["whole"]);
    await expect(buildOnce(target, fail)).resolves.toBe("cached");
  });

  test("an incomplete target is replaced", async () => {
    const target = join(folder.path, "incomplete", "thing");
    mkdirSync(target, { recursive: true });
    const outcome = await buildOnce(target, async (partial) => void write(join(partial, "file"), "x"), {
      isComplete: () => existsSync(join(target, "file")),
    });
    expect(outcome).toBe("built");
    expect(readdirSync(target)).toEqual(["file"]);
  });

  /** A process that builds `target`, slowly, and appends to `log` at the start and at the end of the building. */
  const builder = (target: string, log: string, milliseconds: number) =>
    spawn(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        `import { appendFileSync, writeFileSync } from "node:fs";
         const { buildOnce } = await import(process.argv[1]);
         await buildOnce(process.argv[2], async (folder) => {
           writeFileSync(folder + "/half", "");
           appendFileSync(process.argv[3], "start\\n");
           await new Promise((resolve) => setTimeout(resolve, Number(process.argv[4])));
           writeFileSync(folder + "/whole", "");
           appendFileSync(process.argv[3], "end\\n");
         });`,
        `file://${PROJECT_ROOT}/toolchain/lib/build-once.mjs`,
        target,
        log,
        String(milliseconds),
      ],
      { stdio: "inherit" },
    );
  const ended = (child: ReturnType<typeof spawn>) =>
    new Promise<number | null>((resolve) => child.once("close", resolve));
  const logged = (log: string) => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);

  test("of three runs at the same time one builds", async () => {
    const [target, log] = [join(folder.path, "concurrent", "thing"), join(folder.path, "concurrent.log")];
    const codes = await Promise.all([1, 2, 3].map(() => ended(builder(target, log, 500))));
    expect(codes).toEqual([0, 0, 0]);
    expect(logged(log)).toEqual(["start", "end"]);
    expect(readdirSync(join(folder.path, "concurrent"))).toEqual(["thing"]);
  });

  test("a run killed in the middle is done again, while another one waits for it", async () => {
    const [target, log] = [join(folder.path, "killed", "thing"), join(folder.path, "killed.log")];
    const first = builder(target, log, 60_000);
    while (logged(log).length < 1) await delay(20);
    const second = builder(target, log, 100);
    await delay(300);
    expect(existsSync(target)).toBe(false);
    first.kill("SIGKILL");
    await expect(ended(second)).resolves.toBe(0);
    expect(logged(log)).toEqual(["start", "start", "end"]);
    expect(readdirSync(join(folder.path, "killed"))).toEqual(["thing"]);
    expect(readdirSync(target)).toEqual(["half", "whole"]);
  });
});
