import { afterAll, describe, expect, test } from "@jest/globals";
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watch } from "../../fleet/commands/watch.ts";
import { CommandError, exitCodes } from "../../fleet/errors.ts";
import type { SiteConnection } from "../../fleet/site-client.ts";
import { DropFolder } from "../../fleet/uploads/drop-folder.ts";
import { fakeTerminal } from "./support/terminal.ts";

const folders: string[] = [];
function newFolder(): string {
  folders.push(mkdtempSync(join(tmpdir(), "fieldlake-drops-")));
  return folders.at(-1)!;
}
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const notRunning = new CommandError("the environment is not running", exitCodes.notRunning);

function setUp() {
  const folder = newFolder();
  const taken: string[] = [];
  const clock = { now: 1_000_000 };
  let trouble: Error | null = null;
  const open = () =>
    new DropFolder({
      ...{ folder, settled: 5_000, now: () => clock.now },
      isPassing: (error) => error === notRunning,
      take(path) {
        if (trouble !== null) return Promise.reject(trouble);
        taken.push(readFileSync(path, "utf8"));
        return Promise.resolve();
      },
    });
  const drop = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const names = (below = "") => readdirSync(join(folder, below)).toSorted();
  return { folder, taken, clock, open, drop, names, fail: (error: Error | null) => void (trouble = error) };
}

describe("a folder of drops", () => {
  test("a file is taken when it has stopped changing, once, and what is not finished is left alone", async () => {
    const { folder, taken, clock, open, drop, names } = setUp();
    const drops = open();
    drop("a.csv", "1");
    for (const unfinished of [".a.csv", "b.csv.part", "c.tmp"]) drop(unfinished, "x");
    expect(await drops.look()).toEqual({ done: [], failed: [], waiting: 1 });
    clock.now += 4_000;
    appendFileSync(join(folder, "a.csv"), "2");
    expect(await drops.look()).toMatchObject({ done: [], waiting: 1 });
    clock.now += 4_000;
    expect(await drops.look()).toMatchObject({ done: [], waiting: 1 });
    clock.now += 1_000;
    expect(await drops.look()).toEqual({ done: ["a.csv"], failed: [], waiting: 0 });
    clock.now += 60_000;
    expect(await drops.look()).toMatchObject({ done: [], waiting: 0 });
    expect(taken).toEqual(["12"]);
    expect(names()).toEqual([".a.csv", "b.csv.part", "c.tmp", "done", "failed"]);
    // The next of that name is another file, and replaces nothing.
    drop("a.csv", "3");
    await drops.look();
    clock.now += 5_000;
    await drops.look();
    expect(names("done")).toEqual(["a.csv", "a.csv.2"]);
  });

  test("a bad file is put aside with the reason; while the site is away files stay, also over a restart", async () => {
    const { folder, taken, clock, open, drop, names, fail } = setUp();
    drop("bad.csv", "x");
    let drops = open();
    await drops.look();
    clock.now += 5_000;
    fail(new Error("no profile is bound"));
    expect(await drops.look()).toEqual({ done: [], failed: ["bad.csv"], waiting: 0 });
    expect(readFileSync(join(folder, "failed", "bad.csv.reason.txt"), "utf8")).toBe("no profile is bound\n");
    drop("good.csv", "y");
    await drops.look();
    clock.now += 5_000;
    fail(notRunning);
    await expect(drops.look()).rejects.toThrow("not running");
    expect(names()).toEqual(["done", "failed", "good.csv"]);
    fail(null);
    drops = open();
    await drops.look();
    clock.now += 5_000;
    expect(await drops.look()).toMatchObject({ done: ["good.csv"] });
    expect(taken).toEqual(["y"]);
  });
});

describe("a folder that others write to", () => {
  test("a file that changes while it is taken stays, and is taken anew; one that goes away is no failure", async () => {
    const { folder, clock, drop, names } = setUp();
    const taken: string[] = [];
    let meanwhile: () => void = () => undefined;
    const drops = new DropFolder({
      ...{ folder, settled: 5_000, now: () => clock.now, isPassing: () => false },
      async take(path) {
        taken.push(readFileSync(path, "utf8"));
        meanwhile();
      },
    });
    const settle = async () => {
      await drops.look();
      clock.now += 5_000;
      return drops.look();
    };
    drop("grows.csv", "1");
    meanwhile = () => appendFileSync(join(folder, "grows.csv"), "2");
    expect(await settle()).toEqual({ done: [], failed: [], waiting: 1 });
    meanwhile = () => undefined;
    expect(await settle()).toMatchObject({ done: ["grows.csv"] });
    expect(taken).toEqual(["1", "12"]);

    drop("gone.csv", "3");
    meanwhile = () => {
      rmSync(join(folder, "gone.csv"));
      throw new Error("ENOENT");
    };
    expect(await settle()).toEqual({ done: [], failed: [], waiting: 1 });
    expect(await drops.look()).toEqual({ done: [], failed: [], waiting: 0 });
    expect([names("failed"), drops.failures]).toEqual([[], 0]);
  });

  test("links are no files, wherever they lead; names as long as they get are put aside too; `remove` keeps nothing", async () => {
    const { folder, clock, drop, names } = setUp();
    const secret = join(newFolder(), "secret");
    writeFileSync(secret, "x");
    symlinkSync(secret, join(folder, "link.csv"));
    const long = `${"é".repeat(120)}.csv`;
    drop(long, "bad");
    drop("good.csv", "1");
    const drops = new DropFolder({
      ...{ folder, settled: 5_000, now: () => clock.now, after: "remove", isPassing: () => false },
      take: async (path) => {
        if (readFileSync(path, "utf8") !== "1") throw new Error("no profile reads it");
      },
    });
    await drops.look();
    clock.now += 5_000;
    expect(await drops.look()).toEqual({ done: ["good.csv"], failed: [long], waiting: 0 });
    expect(names()).toEqual(["done", "failed", "link.csv"]);
    const [aside, reason] = names("failed");
    expect([names("done"), names("failed").length, reason]).toEqual([[], 2, `${aside}.reason.txt`]);
    expect(drops.failures).toBe(1);
  });
});

describe("npx fieldlake watch", () => {
  test("sends what is there to the site and ends with --once", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "day.ndjson"), '{"a":1}\n');
    const screen = fakeTerminal();
    const parts: string[] = [];
    const site = {
      uploadState: () => Promise.resolve({ received: 0, report: null }),
      uploadPart: (_request, offset, bytes) => {
        parts.push(Buffer.from(bytes).toString());
        return Promise.resolve({ received: offset + bytes.length, report: null });
      },
      takeUpload: (request) => {
        const counts = { messages: 3, known: 1, unreadable: 0, firstUnreadable: null };
        const clocks = {
          clockJumps: 0,
          ...{ rows: 1, quarantined: 0, firstQuarantined: null, undated: 0, firstUndated: null, span: null },
          firstClockJump: null,
        };
        const takenAt = "2026-11-25T00:00:00Z";
        return Promise.resolve({ ...request, profile: "p", container: null, ...counts, ...clocks, takenAt });
      },
    } as Partial<SiteConnection> as SiteConnection;
    const context = { terminal: screen.terminal, site, signal: new AbortController().signal };
    const options = { device: "press-01", channel: "telemetry", settled: 0.01, once: true };
    await watch(folder, options, context);
    expect(parts).toEqual(['{"a":1}\n']);
    expect(screen.output()).toContain("day.ndjson  2 new of 3, 0 unreadable");
    expect(readdirSync(join(folder, "done"))).toEqual(["day.ndjson"]);
    await expect(watch(join(folder, "none"), options, context)).rejects.toThrow("there is no folder");
  });
});
