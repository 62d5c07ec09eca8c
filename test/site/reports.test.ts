/** The site's reports: when they are made, how many are kept, what of them lies on disk, and what a fault leaves. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { pino } from "pino";
import { reportDeclaration, weekdays } from "../../fleet/environment-report/declaration.ts";
import type { ReportSource } from "../../fleet/environment-report/facts.ts";
import { lastDue, nextDue, scheduleInWords } from "../../fleet/environment-report/schedule.ts";
import { startReports, type Reports } from "../../site/reports/reports.ts";
import { Keyring } from "../../site/seal.ts";

const hour = 3_600_000;
const day = 24 * hour;
/** A Thursday, 09:30. */
const began = Date.UTC(2026, 10, 26, 9, 30);
const daily = { schedule: { every: "day", hourUtc: 6 } };

let dataFolder: string;
let keyring: Keyring;
let now: number;
let logged: string[];
let open: Reports[];
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), "fieldlake-reports-"));
  keyring = new Keyring(randomBytes(32));
  now = began;
  logged = [];
  open = [];
});
afterEach(async () => {
  for (const reports of open) await reports.stop();
  rmSync(dataFolder, { recursive: true, force: true });
});

const source: ReportSource = {
  health: async () => ({ modules: { broker: { state: "failed", error: "a secret of the hall" } } }),
  status: async () => ({ fleet: [], lake: { zones: [], tables: [], pipeline }, log: null }),
  query: async () => ({ columns: [], rows: [], truncated: false, milliseconds: 0 }),
  alarms: async () => ({ alarms: [], matching: 0 }),
};
const pipeline = { messages: 0, rows: 0, frames: 0, quarantined: 0, duplicates: 0 };

async function start(declared: unknown, from: ReportSource = source): Promise<Reports> {
  const reports = await startReports({
    ...{ declaration: reportDeclaration.parse(declared), source: from, dataFolder, keyring, now: () => now },
    logger: pino({}, { write: (line: string) => void logged.push(line) }),
  });
  open.push(reports);
  return reports;
}

const folder = () => join(dataFolder, "reports");
const dues = (reports: Reports) =>
  reports.list().map(({ dueAt }) => (dueAt === null ? null : new Date(dueAt).toISOString().slice(0, 13)));

describe("a schedule", () => {
  const hours = fc.integer({ min: 0, max: 23 });
  const schedules = fc.oneof(
    fc.record({ every: fc.constant("day" as const), hourUtc: hours }),
    fc.record({ every: fc.constant("week" as const), weekday: fc.constantFrom(...weekdays), hourUtc: hours }),
  );

  test("is due at its hour of its day, and never twice or not at all", () => {
    fc.assert(
      fc.property(schedules, fc.integer({ min: 1e12, max: 4e12 }), (schedule, at) => {
        const [last, next] = [lastDue(schedule, at), nextDue(schedule, at)];
        expect(last <= at && at < next).toBe(true);
        expect([lastDue(schedule, next), lastDue(schedule, next - 1)]).toEqual([next, last]);
        const due = new Date(last);
        expect([due.getUTCHours(), last % hour]).toEqual([schedule.hourUtc, 0]);
        if (schedule.every === "week") expect(weekdays[due.getUTCDay()]).toBe(schedule.weekday);
        expect(next - last).toBe(schedule.every === "day" ? day : 7 * day);
      }),
    );
  });

  test("is said in words", () => {
    expect(scheduleInWords({ every: "week", weekday: "monday", hourUtc: 6 })).toBe(
      "every monday at 06:00 UTC",
    );
    expect(scheduleInWords({ every: "day", hourUtc: 16 })).toBe("every day at 16:00 UTC");
  });
});

describe("reports", () => {
  test("are made once when they are due, and once for all that were missed, whatever was started anew", async () => {
    const reports = await start(daily);
    await reports.look();
    await reports.look();
    expect(dues(reports)).toEqual(["2026-11-26T06"]);
    expect(reports.nextAt).toBe(Date.UTC(2026, 10, 27, 6));
    await reports.stop();

    const again = await start(daily);
    await again.look();
    expect(dues(again)).toEqual(["2026-11-26T06"]);
    now += 5 * day;
    await again.look();
    await again.look();
    expect(dues(again)).toEqual(["2026-12-01T06", "2026-11-26T06"]);
  });

  test("are made when somebody asks, one at a time, and these never push out those on schedule", async () => {
    const reports = await start({ ...daily, keep: 2 });
    await reports.look();
    for (let one = 0; one < 3; one++) {
      now += 60_000;
      const [first, second] = [reports.make(), reports.make()];
      expect(reports.isMaking).toBe(true);
      expect(await first).toBe(await second);
    }
    expect(dues(reports)).toEqual([null, null, "2026-11-26T06"]);
    expect(readdirSync(folder())).toHaveLength(3);

    const fewer = await start({ keep: 1 });
    await fewer.look();
    expect(dues(fewer)).toEqual([null, "2026-11-26T06"]);
    expect(readdirSync(folder())).toHaveLength(2);
  });

  test("are read as they were made, and lie sealed", async () => {
    const reports = await start({});
    const { id, sizes } = await reports.make();
    const [html, pdf] = await Promise.all([reports.read(id, "html"), reports.read(id, "pdf")]);
    expect(Buffer.from(html?.bytes ?? "").toString()).toMatch(
      /^<!doctype html>[^]*a secret of the hall[^]*<\/html>\n$/,
    );
    expect(Buffer.from(pdf?.bytes ?? "").toString("latin1")).toMatch(/^%PDF-[^]*%%EOF\n?$/);
    expect([html?.bytes.length, pdf?.bytes.length]).toEqual([sizes.html, sizes.pdf]);
    expect(await reports.read("0".repeat(16), "pdf")).toBeNull();
    const stored = readFileSync(join(folder(), `${id}.report`));
    for (const plain of ["secret of the hall", "doctype", "%PDF", "madeAt"])
      expect(stored.includes(plain)).toBe(false);
  });

  test("that were cut off by a kill, damaged or given another one's name are never shown as whole", async () => {
    const reports = await start({});
    const [first, second] = [await reports.make(), await reports.make()];
    await reports.stop();
    writeFileSync(join(folder(), `${"a".repeat(16)}.report.new`), "half");
    renameSync(join(folder(), `${first.id}.report`), join(folder(), `${"b".repeat(16)}.report`));
    writeFileSync(join(folder(), "notes.txt"), "of somebody");
    const again = await start({});
    expect(again.list().map(({ id }) => id)).toEqual([second.id]);
    expect(readdirSync(folder()).toSorted()).toEqual(
      [`${"b".repeat(16)}.report`, `${second.id}.report`, "notes.txt"].toSorted(),
    );
    expect(logged.join()).toContain("a report cannot be opened");
    writeFileSync(join(folder(), `${second.id}.report`), "damaged");
    await expect(again.read(second.id, "pdf")).rejects.toThrow("not a sealed file");
  });
});

describe("a report that fails", () => {
  test("is named as trouble and tried again later, and succeeds then", async () => {
    let isDown = true;
    let asked = 0;
    const reports = await start(daily, {
      ...source,
      async query(...statement) {
        asked += 1;
        if (isDown) throw new Error("the lake is not open");
        return source.query(...statement);
      },
    });
    await reports.look();
    await reports.look();
    expect(asked).toBe(1);
    expect(reports.trouble).toBe("the last report could not be made: the lake is not open");
    isDown = false;
    now += 600_000;
    await reports.look();
    expect([reports.trouble, dues(reports)]).toEqual([null, ["2026-11-26T06"]]);
  });

  test("for want of a place on disk leaves nothing of itself, and those before it", async () => {
    const reports = await start({});
    const kept = await reports.make();
    const elsewhere = `${folder()}.away`;
    renameSync(folder(), elsewhere);
    await expect(reports.make()).rejects.toThrow("ENOENT");
    expect(reports.trouble).toContain("ENOENT");
    renameSync(elsewhere, folder());
    expect(readdirSync(folder())).toEqual([`${kept.id}.report`]);
    expect(reports.list()).toEqual([kept]);
  });
});
