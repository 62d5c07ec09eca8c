/** Anomaly rules as functions of a cloud run them: what a detector knows is kept between files, whoever is cut off when. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { AlarmReading } from "../../../functions/alarms/alarm-reading.ts";
import { judgeAnomaly, notYetWatched } from "../../../functions/alarms/anomaly-judgement.ts";
import { CloudBook } from "../../../functions/alarms/cloud-book.ts";
import { cloudRules } from "../../../functions/alarms/cloud-rules.ts";
import type { KeptDocuments } from "../../../functions/core/kept-documents.ts";
import { alarmRules, type AlarmRule, type AnomalyRule } from "../../../functions/core/alarm-rule.ts";
import { Detector } from "../../../functions/insights/anomaly/detector.ts";
import { decodeDetector, encodeDetector } from "../../../functions/insights/anomaly/detector-state.ts";
import { seasonal } from "../insights/support.ts";
import { memoryDocuments } from "./memory-documents.ts";

const minute = 60_000_000;
/** 2026-11-26T03:00:00Z, microseconds. */
const start = Date.UTC(2026, 10, 26, 3) * 1_000;
const rules = alarmRules.parse([{ kind: "anomaly", name: "odd", devices: "press-*", metric: "vibration" }]);
const [rule] = rules as [AnomalyRule];

/** A season of 24, two spikes, a level that shifts; as a sensor with two decimals tells it. */
const values = [...seasonal(1_000, 24)].map((value, at) => {
  const off = at === 600 || at === 880 ? 20 : at >= 700 && at < 740 ? 4 : 0;
  return Math.round((value + off) * 100) / 100;
});
const reading = (at: number, more: Partial<AlarmReading> = {}): AlarmReading => ({
  ...{ device: "press-1", sub: null, metric: "vibration", time: start + at * minute, value: values[at] ?? 0 },
  ...{ msgId: `0${at}`, codec: "machine-json", codecVersion: "1", ...more },
});
const file = (from: number, to: number): AlarmReading[] =>
  values.slice(from, to).map((_, at) => reading(from + at));

function running(documents: KeptDocuments, of: readonly AlarmRule[] = rules) {
  const told: string[] = [];
  const now = (): number => start / 1_000 + 20 * 3_600_000;
  const tell = ({ id }: { readonly id: string }): Promise<void> => {
    told.push(id);
    return Promise.resolve();
  };
  const book = new CloudBook({ documents, now, tell });
  const warned: string[] = [];
  const landing = cloudRules({ rules: of, documents, book, now, warn: (message) => warned.push(message) });
  return {
    told,
    warned,
    book,
    landing,
    land: async (readings: readonly AlarmReading[]): Promise<void> => {
      await Promise.all(landing.tasks("readings", readings).map((task) => task()));
    },
    alarms: async () =>
      (await book.list({ state: "all", limit: 100 })).alarms
        .map(({ raisedAt, clearedAt, value, detail }) => ({ raisedAt, clearedAt, value, detail }))
        .toReversed(),
  };
}

/** What one detector says that sees value by value. */
function atOnce(readings: readonly AlarmReading[]) {
  const detector = new Detector({ risk: rule.risk });
  const open: { raisedAt: number; clearedAt: number | null; value: number; detail: string }[] = [];
  let known = notYetWatched;
  for (const one of readings) {
    const [next, finding] = judgeAnomaly(rule, detector, known, one);
    known = next;
    if (finding?.kind === "raised") {
      const { raisedAt, value, detail } = finding.raised;
      open.push({ raisedAt, clearedAt: null, value, detail });
    } else if (finding !== null) open[open.length - 1]!.clearedAt = finding.at;
  }
  return open;
}
const expected = atOnce(file(0, 1_000));

test("the series of these tests has alarms that begin and end", () => {
  expect(expected.length).toBeGreaterThanOrEqual(3);
  expect(expected.map(({ raisedAt }) => (raisedAt - start) / minute)).toEqual(
    expect.arrayContaining([600, 880]),
  );
});

test("a detector that is written and read goes on as the one that was not, bit for bit", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999 }), (cut) => {
      const whole = new Detector();
      for (const value of values.slice(0, cut)) whole.push(value);
      const state = decodeDetector(encodeDetector(whole.state));
      if (state === null) throw new Error("it is no state");
      const read = new Detector({}, state);
      for (const value of values.slice(cut)) expect(read.push(value)).toEqual(whole.push(value));
      expect(encodeDetector(read.state)).toEqual(encodeDetector(whole.state));
    }),
    { numRuns: 12, examples: [[0], [149], [150], [999]] },
  );
  const bytes = encodeDetector(new Detector().state);
  const another = Float64Array.from(new Float64Array(bytes.slice().buffer), (one, at) =>
    at === 0 ? 99 : one,
  );
  expect([decodeDetector(bytes.subarray(8)), decodeDetector(new Uint8Array(another.buffer))]).toEqual([
    null,
    null,
  ]);
});

describe("over files", () => {
  test("of any length, told of twice: the same alarms as value by value", async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 20, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(lengths, async (parts) => {
        const { land, alarms, told } = running(memoryDocuments());
        let from = 0;
        for (const length of parts) {
          const landed = file(from, (from += length));
          await land(landed);
          await land(landed.toReversed());
        }
        await land(file(from, 1_000));
        expect(await alarms()).toEqual(expected);
        expect(new Set(told).size).toBe(told.length);
      }),
      { numRuns: 8 },
    );
  });

  test("at the same time: alarms that last, end or began are each there once, and told of", async () => {
    const { land, alarms, told, book } = running(memoryDocuments());
    await land(file(0, 590));
    await Promise.all([file(590, 610), file(590, 610), file(610, 640), file(640, 650)].map(land));
    await land(file(590, 700));
    const all = await alarms();
    expect(all.map(({ raisedAt }) => raisedAt)).toEqual([...new Set(all.map(({ raisedAt }) => raisedAt))]);
    expect(await book.open()).toHaveLength(all.filter(({ clearedAt }) => clearedAt === null).length);
    expect(new Set(told).size).toBe(
      all.flatMap(({ clearedAt }) => (clearedAt === null ? [1] : [1, 2])).length,
    );
  });

  test("an older file is history, of alarms and of what is learnt", async () => {
    const { land, alarms } = running(memoryDocuments());
    await land(file(0, 500));
    await land(file(520, 1_000));
    const before = await alarms();
    await land(file(500, 520).map((one) => ({ ...one, value: 900 })));
    expect(await alarms()).toEqual(before);
    expect(before).toEqual(atOnce([...file(0, 500), ...file(520, 1_000)]));
  });

  test("cut off before or behind any write and tried again: the same alarms, each told of at least once", async () => {
    const files = [file(0, 480), file(480, 605), file(605, 640), file(640, 760)];
    const sound = running(memoryDocuments());
    for (const one of files) await sound.land(one);
    let cut = 1;
    for (; ; cut += 1) {
      let seen = 0;
      const documents = memoryDocuments(() => {
        seen += 1;
        if (seen === cut) throw new Error("cut off");
      });
      const { land, alarms, told } = running(documents);
      for (const one of files) await land(one).catch(() => land(one));
      expect(await alarms()).toEqual(await sound.alarms());
      expect(new Set(told)).toEqual(new Set(sound.told));
      if (seen < cut) break;
    }
    expect(cut).toBeGreaterThan(20);
  });

  test("each brings its own values to the store; the detector is written as a whole seldom, within an item's room", async () => {
    const documents = memoryDocuments();
    const written: { readonly id: string; readonly bytes: number; readonly days: number | undefined }[] = [];
    const { land } = running({
      ...documents,
      write: (partition, id, body, former, days) => {
        written.push({ id, bytes: JSON.stringify(body).length, days });
        return documents.write(partition, id, body, former, days);
      },
    });
    for (let from = 0; from < 1_000; from += 5) await land(file(from, from + 5));
    const wholes = written.filter(({ id }) => id.endsWith("-detector"));
    const series = written.filter(({ id }) => /^[0-9a-f]{32}$/.test(id));
    expect(series.length).toBeGreaterThanOrEqual(200);
    expect(Math.max(...series.map(({ bytes }) => bytes))).toBeLessThan(6_000);
    expect(wholes.length).toBeGreaterThanOrEqual(1_000 / 500);
    expect(wholes.length).toBeLessThanOrEqual(1_000 / 250);
    expect(new Set(wholes.map(({ days }) => days))).toEqual(new Set([41]));
    // A series whose alarm lasts is kept until it is over.
    expect(new Set(series.map(({ days }) => days))).toEqual(new Set([30, undefined]));
    const most = new Detector();
    for (let at = 0; at < 9_000; at++) most.push(Math.sin(at / 300) + Math.sin(at * at) / 7);
    // An item of DynamoDB has at most 400 kB (its developer guide, "Quotas").
    expect((encodeDetector(most.state).length * 4) / 3).toBeLessThan(200_000);
  });

  test("more values of a series than are kept at once are judged in parts, like the same in many files", async () => {
    const many = Array.from({ length: 5_000 }, (_, at) =>
      reading(0, { time: start + at, value: values[at % 480] ?? 0 }),
    );
    many[4_500] = { ...many[4_500]!, value: 300 };
    const [one, other] = [running(memoryDocuments()), running(memoryDocuments())];
    await one.land(many);
    for (let from = 0; from < many.length; from += 700) await other.land(many.slice(from, from + 700));
    expect(await one.alarms()).toMatchObject([{ value: 300 }]);
    expect(await one.alarms()).toEqual(await other.alarms());
  });

  test("a series that is seldom heard keeps its detector as long as itself", async () => {
    const documents = memoryDocuments();
    const written: string[] = [];
    const { land } = running({
      ...documents,
      write: (partition, id, ...rest) => {
        written.push(id.slice(32));
        return documents.write(partition, id, ...rest);
      },
    });
    const days = 24 * 60;
    for (const day of [0, 4, 8, 12, 16]) await land([reading(day, { time: start + day * days * minute })]);
    expect(written.filter((id) => id === "-detector")).toHaveLength(1);
  });

  test("a detector that is lost, or of another version, learns anew and raises nothing by that", async () => {
    const documents = memoryDocuments();
    const { land, alarms, warned } = running(documents);
    for (let from = 0; from < 560; from += 20) await land(file(from, from + 20));
    for await (const { id, body, revision } of documents.below("series press-1", ""))
      if (id.endsWith("-detector"))
        await documents.write("series press-1", id, { ...(body as object), since: 1 }, revision);
    const before = await alarms();
    for (let from = 560; from < 700; from += 20) await land(file(from, from + 20));
    expect(before).toEqual(expected.filter(({ raisedAt }) => raisedAt < start + 560 * minute));
    expect((await alarms()).length - before.length).toBeLessThanOrEqual(1);
    await land(file(700, 1_000));
    expect(warned).toEqual(["what the rule odd knew of vibration of press-1 is lost: it learns anew"]);
  });

  test("another version of a rule learns anew; frames are not learnt from", async () => {
    const documents = memoryDocuments();
    await running(documents).land(file(0, 590));
    const next = running(documents, alarmRules.parse([{ ...rule, version: 2 }]));
    await next.land(file(590, 610));
    expect(await next.alarms()).toEqual(expected.filter(({ raisedAt }) => raisedAt < start + 590 * minute));
    const { landing } = next;
    expect([landing.watches("readings", "vibration"), landing.watches("frames_imu", "vibration")]).toEqual([
      true,
      false,
    ]);
    expect(landing.tasks("frames_imu", file(0, 10))).toEqual([]);
  });
});
