/** Rules as functions of a cloud run them: files in any order, told of twice, processes that end at any moment. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Alarm } from "../../../functions/alarms/alarm.ts";
import type { AlarmReading } from "../../../functions/alarms/alarm-reading.ts";
import { CloudBook } from "../../../functions/alarms/cloud-book.ts";
import { judgeCloudLate, type HeardDevices } from "../../../functions/alarms/cloud-late.ts";
import { cloudRules } from "../../../functions/alarms/cloud-rules.ts";
import type { KeptDocuments } from "../../../functions/core/kept-documents.ts";
import { alarmRules, type AlarmRule } from "../../../functions/core/alarm-rule.ts";
import { memoryDocuments } from "./memory-documents.ts";

/** Of what nothing here loses. */
const fail = (message: string): never => {
  throw new Error(message);
};

const minute = 60_000_000;
/** 2026-11-26T03:00:00Z, microseconds. */
const start = Date.UTC(2026, 10, 26, 3) * 1_000;
const clock = () => start / 1_000 + 3_600_000;

const rules = alarmRules.parse([
  { kind: "limit", name: "hot", devices: "press-*", metric: "temperature", above: 80, release: 75 },
  { kind: "late", name: "silent", minutes: 30 },
]);
const reading = (at: number, value: number, more: Partial<AlarmReading> = {}): AlarmReading => ({
  device: "press-1",
  sub: null,
  metric: "temperature",
  time: start + at * minute,
  value,
  msgId: `00${at}`,
  codec: "machine-json",
  codecVersion: "1",
  ...more,
});

function running(
  documents: KeptDocuments,
  { tell = true, of = rules }: { tell?: boolean; of?: readonly AlarmRule[] } = {},
) {
  const told: string[] = [];
  const book = new CloudBook({
    documents,
    now: clock,
    ...(tell && {
      tell: ({ id, device, isOver }) => {
        told.push(`${device} ${isOver ? "over" : "raised"} ${id}`);
        return Promise.resolve();
      },
    }),
  });
  const landing = cloudRules({ rules: of, documents, book, now: clock, warn: fail });
  const land = async (...file: readonly AlarmReading[]): Promise<void> => {
    await Promise.all(landing.tasks("readings", file).map((task) => task()));
  };
  const alarms = async (): Promise<readonly Alarm[]> =>
    (await book.list({ state: "all", limit: 100 })).alarms.toReversed();
  return { told, book, landing, land, alarms };
}

describe("limits", () => {
  test("an alarm spans files, says what it rests on, and ends beyond the release", async () => {
    const { land, alarms, told, book } = running(memoryDocuments());
    await land(reading(0, 20), reading(1, 81), reading(2, 85));
    await land(reading(3, 78));
    expect(await alarms()).toMatchObject([
      {
        rule: "hot",
        device: "press-1",
        metric: "temperature",
        raisedAt: start + minute,
        clearedAt: null,
        value: 81,
        detail: "temperature is 81, above 80",
        evidence: { msgId: "001", codec: "machine-json", codecVersion: "1" },
      },
    ]);
    expect(await book.open("hot")).toMatchObject([{ device: "press-1", rule: "hot", ruleVersion: 1 }]);
    await land(reading(4, 70), reading(5, 90), reading(6, 71));
    expect((await alarms()).map(({ raisedAt, clearedAt }) => [raisedAt, clearedAt])).toEqual([
      [start + minute, start + 4 * minute],
      [start + 5 * minute, start + 6 * minute],
    ]);
    expect(await book.open()).toEqual([]);
    expect(told.map((line) => line.split(" ")[1])).toEqual(["raised", "over", "raised", "over"]);
  });

  test("other devices, metrics and yesterday's values raise nothing", async () => {
    const { land, landing, alarms } = running(memoryDocuments());
    await land(
      reading(0, 99, { device: "lift-1" }),
      reading(0, 99, { metric: "pressure" }),
      reading(-1_500, 99),
    );
    expect(await alarms()).toEqual([]);
    expect(["temperature", "pressure"].map((metric) => landing.watches("readings", metric))).toEqual([
      true,
      false,
    ]);
  });

  test("files that come twice, late or at the same time change nothing that is settled", async () => {
    const file = fc.integer({ min: 0, max: 4 });
    const files = [
      [reading(0, 20), reading(1, 90)],
      [reading(2, 91)],
      [reading(3, 60), reading(4, 95)],
      [reading(5, 70)],
      [reading(6, 88), reading(6, 88, { sub: "axis-2" })],
    ] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        async (order, atOnce) => {
          const { land, alarms, told, book } = running(memoryDocuments());
          if (atOnce) await Promise.all(order.map((index) => land(...(files[index] ?? []))));
          else for (const index of order) await land(...(files[index] ?? []));
          for (const rest of files) await land(...rest);
          const all = await alarms();
          // Whatever came first: one alarm of each series lasts, every other is over, and each end was told of.
          const lasting = all.filter(({ clearedAt }) => clearedAt === null);
          expect(lasting.map(({ sub }) => sub).sort()).toEqual(["axis-2", null]);
          expect(await book.open()).toHaveLength(2);
          const ends = all.flatMap(({ id, clearedAt }) =>
            clearedAt === null ? [`${id}-raised`] : [`${id}-raised`, `${id}-cleared`],
          );
          expect(new Set(told.map((line) => line.split(" ")[2]))).toEqual(new Set(ends));
        },
      ),
      { numRuns: 200 },
    );
  });

  test("cut off before or behind any write and tried again: the same alarms, each told of at least once", async () => {
    const files = [[reading(0, 20), reading(1, 90)], [reading(2, 60)], [reading(3, 99)]];
    const sound = running(memoryDocuments());
    for (const file of files) await sound.land(...file);
    const expected = await sound.alarms();
    let steps = 0;
    for (let cut = 1; ; cut += 1) {
      let seen = 0;
      const documents = memoryDocuments(() => {
        seen += 1;
        if (seen === cut) throw new Error("cut off");
      });
      const { land, alarms, told } = running(documents);
      for (const file of files) await land(...file).catch(() => land(...file));
      expect(await alarms()).toEqual(expected);
      expect(new Set(told.map((line) => line.split(" ")[2]))).toEqual(
        new Set(sound.told.map((line) => line.split(" ")[2])),
      );
      if (seen < cut) break;
      steps = cut;
    }
    expect(steps).toBeGreaterThan(15);
  });

  test("a store that refuses every write is a failure, not an alarm that is told of and forgotten", async () => {
    const documents = { ...memoryDocuments(), write: () => Promise.resolve(false) };
    await expect(running(documents).land(reading(1, 90))).rejects.toThrow("too many at the same time");
  });

  test("a rule of another version begins anew; what the former one raised is over with the next schedule", async () => {
    const documents = memoryDocuments();
    await running(documents).land(reading(1, 90));
    const next = alarmRules.parse([{ ...rules[0], version: 2, above: 95 }]);
    const { land, alarms, book } = running(documents, { of: next });
    await land(reading(2, 91));
    const heard: HeardDevices = {
      silentSince: () => Promise.resolve([]),
      lastSeen: () => Promise.resolve(null),
    };
    await judgeCloudLate({ rules: next, heard, book, now: start + 9 * minute });
    expect((await alarms()).map(({ ruleVersion, clearedAt }) => [ruleVersion, clearedAt])).toEqual([
      [1, start + 9 * minute],
    ]);
  });
});

describe("late devices", () => {
  const late = (seen: Readonly<Record<string, number | null>>): HeardDevices => ({
    silentSince: (before, limit) =>
      Promise.resolve(
        Object.entries(seen)
          .flatMap(([deviceId, lastSeen]) =>
            lastSeen === null || lastSeen >= before ? [] : [{ deviceId, lastSeen }],
          )
          .sort((one, other) => one.lastSeen - other.lastSeen)
          .slice(0, limit),
      ),
    lastSeen: (deviceId) => Promise.resolve(seen[deviceId] ?? null),
  });

  test("an alarm begins when the minutes are over, once, and ends when the device is heard", async () => {
    const { book, alarms, told } = running(memoryDocuments());
    const judge = (at: number, seen: Record<string, number | null>) =>
      judgeCloudLate({ rules, heard: late(seen), book, now: start + at * minute });
    await judge(29, { a: start, b: start });
    expect(await alarms()).toEqual([]);
    await judge(31, { a: start, b: start + 20 * minute });
    await judge(32, { a: start, b: start + 20 * minute });
    expect(await alarms()).toMatchObject([
      { device: "a", kind: "late", raisedAt: start + 30 * minute, value: 30, evidence: null },
    ]);
    await judge(60, { a: start + 45 * minute, b: start + 59 * minute });
    expect((await alarms()).map(({ clearedAt }) => clearedAt)).toEqual([start + 45 * minute]);
    // Heard and silent again between two looks.
    await judge(95, { a: start + 60 * minute, b: start + 94 * minute });
    await judge(128, { a: start + 99 * minute, b: start + 127 * minute });
    expect((await alarms()).map(({ raisedAt, clearedAt }) => [raisedAt, clearedAt])).toEqual([
      [start + 30 * minute, start + 45 * minute],
      [start + 90 * minute, start + 99 * minute],
    ]);
    expect(told).toHaveLength(4);
  });

  test("nobody knows when it was heard any more: the alarm stays", async () => {
    const { book, alarms } = running(memoryDocuments());
    await judgeCloudLate({ rules, heard: late({ a: start }), book, now: start + 31 * minute });
    await judgeCloudLate({ rules, heard: late({ a: null }), book, now: start + 50 * minute });
    expect((await alarms()).map(({ clearedAt }) => clearedAt)).toEqual([null]);
  });
});

describe("people", () => {
  test("the first acknowledgement stands; an alarm that is none is told so", async () => {
    const { book, land, alarms } = running(memoryDocuments());
    await land(reading(1, 90));
    const [{ id }] = (await alarms()) as [Alarm];
    expect(await book.acknowledge(id, { by: "kim", note: "fan" })).toMatchObject({
      acknowledged: { by: "kim" },
    });
    expect(await book.acknowledge(id, { by: "lee", note: "" })).toMatchObject({
      acknowledged: { by: "kim" },
    });
    expect(await book.acknowledge("0".repeat(16), { by: "kim", note: "" })).toBeNull();
    await land(reading(2, 60));
    expect(await alarms()).toMatchObject([
      { acknowledged: { by: "kim", note: "fan" }, clearedAt: start + 2 * minute },
    ]);
  });

  test("nobody is told of what is silenced; it is raised all the same, and shown as such", async () => {
    const { book, land, told } = running(memoryDocuments());
    await book.silence({ rule: "h*", device: "press-*", minutes: 60, by: "kim", reason: "maintenance" });
    await land(reading(1, 90));
    expect(told).toEqual([]);
    const list = await book.list({ state: "open", device: "press-1", limit: 10 });
    expect(list).toMatchObject({
      ...{ matching: 1, open: 1, unacknowledged: 1 },
      alarms: [{ silenced: true, device: "press-1" }],
      silences: [{ by: "kim", until: clock() * 1_000 + 60 * minute }],
    });
    expect(await book.list({ state: "open", device: "press-2", limit: 10 })).toMatchObject({
      matching: 0,
      open: 1,
    });
  });
});
