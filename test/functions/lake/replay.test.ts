/** Replay over a cloud's lake, ended at every step. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { parquetSink, rawZone } from "../../../functions/adapters/lake.ts";
import { frameBlocks, quarantineBlock, readingsBlock } from "../../../functions/core/columns.ts";
import { createDecoder } from "../../../functions/core/decoder.ts";
import type { Message } from "../../../functions/core/model.ts";
import type { Profile } from "../../../functions/core/profiles/profile.ts";
import { runCompaction } from "../../../functions/lake/compaction-run.ts";
import { dayFiles } from "../../../functions/lake/day-files.ts";
import { changeDay } from "../../../functions/lake/day-change.ts";
import type { ReplayedSlice } from "../../../functions/lake/replay-options.ts";
import { nodePorts } from "../../../functions/platform.ts";
import { readProfiles } from "../../../profiles/read.ts";
import { memoryLake, type MemoryLake } from "../../support/memory-lake.ts";
import { parquetRows } from "../parquet-rows.ts";
import { places, replayIn } from "./replaying.ts";

/** 2026-11-21T06:59:00Z, microseconds: the hour of arrival is not always that of the event, nor the day's. */
const at = Date.UTC(2026, 10, 21, 6, 59) * 1_000;
const minute = 60_000_000;
const hour = 60 * minute;
const bindings = [
  { devices: "other-*", profile: "environment-senml" },
  { devices: "*", profile: "machine-json" },
];

class Killed extends Error {}
const never = (): never => {
  throw new Error("it was asked for");
};

let before: Profile;
let after: Profile;
let other: Profile;
beforeAll(async () => {
  [after, other] = (await readProfiles(["machine-json", "environment-senml"])) as [Profile, Profile];
  const fields = "fields" in after ? (after.fields as { path: string }[]) : [];
  before = { ...after, fields: fields.filter(({ path }) => path !== "humidity") } as Profile;
  after = { ...after, version: "2", identity: "content" } as Profile;
});

const decoderOf = (profile: Profile, maximumPayloadBytes = 65_536) =>
  createDecoder([profile, other], bindings, { ...nodePorts, tenant: "acme", maximumPayloadBytes });

const message = (deviceId: string, arrival: number, body: object | string): Message => ({
  ...{ tenant: "acme", deviceId, channel: "telemetry", lane: "live", receivedAt: arrival },
  position: `shard:${deviceId}:${arrival}`,
  payload: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
});
const machine = (seq: number, deviceId = "press-01") =>
  message(deviceId, at + seq * minute, {
    ...{ seq, ts: (at + seq * minute) / 1_000, temperature: 20 + seq, humidity: 40 + seq },
  });
const messages = [
  ...[1, 2, 3, 4].map((seq) => machine(seq)),
  // Its clock is a day behind.
  message("press-01", at + 5 * minute, { seq: 5, ts: at / 1_000 - 86_400_000, temperature: 7, humidity: 8 }),
  // Too long for the former decoder.
  message("press-02", at + 5 * minute, { seq: 6, ts: at / 1_000, humidity: 9, note: "x".repeat(200) }),
  message("press-02", at + 6 * minute, "no JSON"),
  message("other-1", at + 3 * minute, '[{"n":"temp","v":21.5}]'),
  // Behind the range.
  machine(70),
];

async function write(lake: MemoryLake, batch: readonly Message[], decoder = decoderOf(before, 150)) {
  const { readings, frames, quarantined } = decoder.decode(batch);
  const [curated, quarantine] = [places.curated, places.quarantine].map((zone) =>
    parquetSink(lake.objects, zone, "hex"),
  );
  for (const block of [readingsBlock(readings), ...frameBlocks(frames)])
    if (block.rows > 0) await curated!.write(block);
  if (quarantined.length > 0) await quarantine!.write(quarantineBlock(quarantined));
}

async function filledLake() {
  const lake = memoryLake(() => at / 1_000 + 600_000);
  await rawZone(lake.objects, "raw").keep(messages);
  await rawZone(lake.objects, "raw").keep(messages.slice(2, 4));
  await write(lake, messages.slice(0, 3));
  await write(lake, messages.slice(3));
  return lake;
}

const replayed = (lake: MemoryLake, over: Parameters<typeof replayIn>[2] = {}) =>
  replayIn(
    lake,
    {
      ...{ codec: { name: "machine-json", version: "2" }, from: at, to: at + hour },
      ...{ profiles: [after, other], bindings },
    },
    over,
  );

const days = ["2026-11-20", "2026-11-21"];
async function rowsOf({ stored, ...lake }: MemoryLake, container = "curated", table = "readings") {
  const found = await dayFiles(container, table, days, { ...lake });
  const files = found.flatMap((one) => one.files.map(({ key }) => stored.get(`${container}/${key}`)!.bytes));
  return parquetRows(
    files,
    table === "readings"
      ? "device_id, metric, ts, ingest_ts, value_double, codec, codec_version, msg_id"
      : "device_id, reason, received_at, payload, codec_version",
  );
}
/** What the lake has where the new decoder was there from the beginning. */
async function expected() {
  const lake = memoryLake(() => 0);
  await write(lake, messages.slice(0, -1), decoderOf(after));
  await write(lake, messages.slice(-1), decoderOf(before));
  return { readings: await rowsOf(lake), quarantine: await rowsOf(lake, "quarantine", "quarantine") };
}
const all = async (lake: MemoryLake) => ({
  readings: await rowsOf(lake),
  quarantine: await rowsOf(lake, "quarantine", "quarantine"),
});
const sums = (slices: readonly ReplayedSlice[]) => {
  const tables = new Map<string, number[]>();
  for (const { table, before: was, after: is, same } of slices.flatMap((slice) => slice.tables))
    tables.set(
      table,
      (tables.get(table) ?? [0, 0, 0]).map((sum, index) => sum + [was, is, same][index]!),
    );
  return Object.fromEntries(tables);
};

describe("replay in a cloud", () => {
  test("rows of the newer decoder stand where the former were, and quarantined messages become rows", async () => {
    const lake = await filledLake();
    const was = await all(lake);
    const dry = await replayed(lake, { dryRun: true });
    expect(await all(lake)).toEqual(was);
    const slices = await replayed(lake);
    expect(await all(lake)).toEqual(await expected());
    expect(sums(slices)).toEqual({ readings: [5, 11, 5], quarantine: [2, 1, 0] });
    expect([dry.map(({ tables }) => tables), dry.map(({ messages }) => messages)]).toEqual([
      slices.map(({ tables }) => tables),
      slices.map(({ messages: count }) => count),
    ]);
    expect(slices.map(({ messages: count, changes }) => [count, changes])).toEqual([[7, 3]]);
  }, 60_000);

  test("a second run changes nothing", async () => {
    const lake = await filledLake();
    await replayed(lake);
    const names = [...lake.stored.keys()];
    const again = await replayed(lake, { run: 2 });
    expect(again.every(({ changes }) => changes === 0)).toBe(true);
    expect([...lake.stored.keys()]).toEqual(names);
  }, 60_000);

  test("quarantined messages without a raw object are decoded from the quarantine; what can't be is counted", async () => {
    const lake = await filledLake();
    const note = "x".repeat(200);
    const said = (seq: number, body: object, deviceId = "press-02"): Message =>
      message(deviceId, at + 5 * minute, { seq, ts: at / 1_000, ...body });
    // Beside the refused one of the same moment: rows, what is good in part, what comes twice, and a record of a file.
    await write(lake, [said(7, { temperature: 1 })]);
    await write(lake, [said(8, { temperature: 2, cycles: "many", humidity: 3 })]);
    await write(lake, [{ ...said(9, { humidity: 4, note }), lane: "offline" }]);
    await write(lake, [said(10, { humidity: 5, note }), said(10, { humidity: 5, note })]);
    for (const key of lake.stored.keys()) if (key.startsWith("raw/")) lake.stored.delete(key);
    const was = await all(lake);
    const [dry] = await replayed(lake, { dryRun: true });
    expect(await all(lake)).toEqual(was);
    const [slice, ...others] = await replayed(lake);
    expect([slice, others]).toEqual([dry, []]);
    expect(slice).toMatchObject({ messages: 5, fromQuarantine: 5, unreplayable: 1, kept: 0, damaged: 0 });
    const valuesOf = (rows: readonly Record<string, unknown>[], version: string) =>
      rows
        .filter((row) => row["device_id"] === "press-02" && row["codec_version"] === version)
        .map(({ metric, value_double }) => [metric, value_double]);
    const now = await all(lake);
    expect(valuesOf(was.readings, "1").sort()).toEqual([
      ["temperature", 1],
      ["temperature", 2],
    ]);
    expect(valuesOf(now.readings, "1")).toEqual([["temperature", 1]]);
    expect(valuesOf(now.readings, "2").sort()).toEqual([
      ["humidity", 3],
      ["humidity", 5],
      ["humidity", 9],
      ["temperature", 2],
    ]);
    expect([was.quarantine.length, now.quarantine.length]).toEqual([6, 3]);
    expect(now.readings.filter((row) => row["device_id"] !== "press-02")).toEqual(
      was.readings.filter((row) => row["device_id"] !== "press-02"),
    );
    const names = [...lake.stored.keys()];
    expect((await replayed(lake, { run: 2 })).every(({ changes }) => changes === 0)).toBe(true);
    expect([...lake.stored.keys()]).toEqual(names);
  }, 60_000);

  test("ended at any step, a second run does the rest: nothing is lost or doubled", async () => {
    const steps: string[] = [];
    const whole = await filledLake();
    whole.onStep = (step) => void steps.push(step);
    await replayed(whole);
    const wanted = await expected();
    const writing = steps.flatMap((step, index) => (/^(create|remove)/.test(step) ? [index] : []));
    expect(writing.length).toBeGreaterThan(8);
    for (const last of writing) {
      const lake = await filledLake();
      let left = last;
      lake.onStep = () => {
        if (left-- <= 0) throw new Killed();
      };
      await expect(replayed(lake)).rejects.toThrow(Killed);
      lake.onStep = () => undefined;
      await replayed(lake, { run: 2 });
      expect([steps[last], await all(lake)]).toEqual([steps[last], wanted]);
    }
  }, 120_000);

  test("what a killed run left lies there for a day; then the next replay takes it away, or the compaction", async () => {
    const later = () => at / 1_000 + 26 * 3_600_000;
    const left = async (lake: MemoryLake, zone: string, table: string) =>
      (await dayFiles(zone, table, days, { ...lake })).flatMap(({ all: there, files }) =>
        there.filter((file) => file.key.endsWith(".changed.parquet") && !files.includes(file)),
      ).length;
    for (const [zone, table] of [
      ["curated", "readings"],
      ["quarantine", "quarantine"],
    ] as const) {
      const lake = await filledLake();
      let isDead = false;
      lake.onStep = (step) => {
        isDead ||= step.startsWith(`create _manifest/changes/${table}/`);
        if (isDead) throw new Killed();
      };
      await expect(replayed(lake)).rejects.toThrow(Killed);
      lake.onStep = () => undefined;
      await replayed(lake, { run: 2 });
      const other = memoryLake(later, lake);
      const cleared: number[] = [];
      const count = (files: number) => void cleared.push(files);
      const lying = await left(lake, zone, table);
      await replayed(lake, { run: 3, now: later, dryRun: true, onCleared: count });
      await replayed(lake, { run: 4, now: later, onCleared: count });
      await runCompaction(
        places,
        1_000,
        { ...other, merge: never, complain: never, now: later },
        { put: ({ FilesCleared }) => void cleared.push(FilesCleared!) },
      );
      const rest = [await left(lake, zone, table), await left(other, zone, table)];
      expect([zone, lying, cleared, rest]).toEqual([zone, 1, [1, 1], [0, 0]]);
      expect([await all(lake), await all(other)]).toEqual([await expected(), await expected()]);
    }
  }, 60_000);

  test("who changes a day meanwhile is not overrun", async () => {
    const lake = await filledLake();
    let isFirst = true;
    lake.onStep = async (step) => {
      if (!isFirst || !step.startsWith("create readings/")) return;
      isFirst = false;
      const [found] = await dayFiles("curated", "readings", [days[1]!], lake);
      const change = { add: [], remove: [], by: "somebody else", note: {} };
      await changeDay("curated", "readings", found!, change, {
        objects: lake.objects,
        now: () => at / 1_000,
      });
      await write(lake, [machine(80)]);
    };
    await replayed(lake);
    const { readings } = await expected();
    const rows = await rowsOf(lake);
    expect([isFirst, rows.length]).toEqual([false, readings.length + 1]);
  }, 60_000);

  test("raw lines that are none are counted, and the others are replayed", async () => {
    const lake = await filledLake();
    const [key] = [...lake.stored.keys()].filter((name) => name.startsWith("raw/live/dt=2026-11-21/hr=07/"));
    lake.stored.set(`${key!.replace(/[0-9a-f]{64}/, "0".repeat(64))}`, {
      bytes: Buffer.from("no gzip"),
      modifiedMs: 0,
    });
    const slices = await replayed(lake);
    expect(slices.reduce((sum, { damaged }) => sum + damaged, 0)).toBe(1);
    expect(await all(lake)).toEqual(await expected());
  }, 60_000);
});
