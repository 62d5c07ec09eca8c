/** Quarantined messages whose raw file is gone: the quarantine has them whole, so they are decoded from there. */
import { rmSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { storeFolder, type Store, type StoreFolder } from "../store/support.ts";
import {
  everyRow,
  first,
  machine,
  machineProfile,
  replay,
  sendAll,
  uploadLines,
  start,
  type Sent,
} from "./support.ts";

const ts = start / 1000;
/** With a number of its own, none, the same twice at once, good in part, for no decoder, and of others. */
const messages: readonly Sent[] = [
  machine(0, { ts, seq: 1, temperature: 20 }),
  machine(10, { ts, seq: 2, pressure: 7 }),
  machine(20, { pressure: 8 }),
  machine(30, { pressure: 9 }),
  machine(30, { pressure: 9 }),
  machine(40, { ts, seq: 3, temperature: 21, cycles: "many", pressure: 1 }),
  machine(40, { ts, seq: 4, temperature: 22 }),
  machine(50, { ts, seq: 5, temperature: "warm" }),
  machine(60, [{ n: "temp", u: "Cel", v: "hot" }], "room-1"),
];
/** Knows the pressure and needs no temperature; a message without a number and a time of its own is known by its place. */
const newer = machineProfile({
  version: "2",
  fields: [
    { path: "temperature", unit: "Cel" },
    { path: "cycles", type: "int" },
    { path: "pressure", unit: "Pa" },
  ],
});

let place: StoreFolder;
let store: Store;
beforeEach(async () => {
  place = storeFolder();
  store = await place.open([], first);
});
afterEach(async () => {
  await store.close();
  place.remove();
});

async function reopen(): Promise<void> {
  await store.close();
  store = await place.open([], newer);
}

const rows = async (sql: string) => (await store.lake.query(sql)).rows;
const readings = () =>
  rows(
    `SELECT (epoch_us(ingest_ts) - ${start})::INT, metric, value_double, codec_version FROM readings ORDER BY ALL`,
  );
const refused = () => rows("SELECT device_id, reason, codec_version FROM quarantine ORDER BY ALL");

/** As retention does it; with what a replay makes of the messages before. */
async function loseRaw() {
  const { counts } = await replay(store, { dryRun: true });
  const segments = place.files(/raw\/dt=.*\.seg$/);
  expect(segments.length).toBeGreaterThan(0);
  for (const file of segments) rmSync(file);
  return counts;
}

test("they become rows, refused ones stay, what arrived with them keeps its rows; again it changes nothing", async () => {
  await sendAll(store, messages);
  await reopen();
  const former = await readings();
  const withRaw = await loseRaw();
  const before = await everyRow(store);
  const foreseen = await replay(store, { dryRun: true });
  expect(await everyRow(store)).toEqual(before);
  const { counts } = await replay(store);
  expect(counts).toEqual(foreseen.counts);
  expect(counts).toMatchObject({ messages: 6, fromQuarantine: 6, kept: 0, unreplayable: 0, changes: 1 });
  const found = withRaw.tables.find(({ table }) => table === "quarantine");
  expect(counts.tables.find(({ table }) => table === "quarantine")).toEqual(found);
  expect(former).toEqual([
    [0, "temperature", 20, "1"],
    [40, "temperature", 21, "1"],
    [40, "temperature", 22, "1"],
  ]);
  expect(await readings()).toEqual([
    [0, "temperature", 20, "1"],
    [10, "pressure", 7, "2"],
    [20, "pressure", 8, "2"],
    [30, "pressure", 9, "2"],
    [30, "pressure", 9, "2"],
    [40, "pressure", 1, "2"],
    [40, "temperature", 21, "2"],
    [40, "temperature", 22, "1"],
  ]);
  expect(await refused()).toEqual([
    ["press-1", "schema", "2"],
    ["press-1", "schema", "2"],
    ["room-1", "schema", "1"],
  ]);
  const whole = await everyRow(store);
  expect((await replay(store)).counts).toMatchObject({ fromQuarantine: 2, changes: 0 });
  expect(await everyRow(store)).toEqual(whole);
});

test("an entry whose message lies in the raw zone is decoded from there, and once", async () => {
  await sendAll(store, messages);
  await reopen();
  expect((await replay(store)).counts).toMatchObject({ messages: 8, fromQuarantine: 0, unreplayable: 0 });
});

test("what can't be decoded without its raw file is counted and stays: records of files, and Sparkplug", async () => {
  await uploadLines(place, store, `${JSON.stringify({ ts, seq: 1, pressure: 1 })}\n`);
  await sendAll(store, [machine(0, { pressure: 2 }), machine(1, {}, "cell-1", "telemetry/NDATA")]);
  await reopen();
  await loseRaw();
  const to = Date.now() * 1000 + 1e9;
  expect((await replay(store, { to })).counts).toMatchObject({ fromQuarantine: 1, unreplayable: 1 });
  const sparkplug = await replay(store, { codec: "edge-node-sparkplug@1", to });
  expect(sparkplug.counts).toMatchObject({ messages: 0, unreplayable: 1, changes: 0 });
  expect((await refused()).map(([device]) => device)).toEqual(["cell-1", "press-9"]);
});
