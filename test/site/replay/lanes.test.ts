/** What a replay makes of files that were uploaded, of wide tables, of data that wait for a birth, and of damage. */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { encodeSparkplug, type PlainMetric } from "../../functions/sparkplug-encode.ts";
import { now, storeFolder, type Adapt, type Store } from "../store/support.ts";
import { replay, uploadLines } from "./support.ts";

const newer: Adapt = (shipped) => shipped.map((profile) => ({ ...profile, version: "2" }));
const byContent: Adapt = (shipped) =>
  shipped.map((profile) => ({ ...profile, version: "3", identity: "content" }));
const place = storeFolder();
let store: Store;

const upload = (text: string, clock: string | null = null) => uploadLines(place, store, text, clock);

const speed: PlainMetric = { name: "Motor/Speed", alias: 7, datatype: 10, doubleValue: 0 };
const sparkplug = (deviceId: string, channel: string, seq: number, metrics: readonly PlainMetric[]) => ({
  deviceId,
  channel: `telemetry/${channel}`,
  payload: Buffer.from(encodeSparkplug({ timestamp: 1_790_000_000_000 + seq, seq: seq % 256, metrics })),
  receivedAt: now(),
});
const lines = (from: number, count: number): string =>
  Array.from({ length: count }, (_, at) => {
    const said = { ts: (1_700_000_000 + from + at) * 1_000, seq: from + at, cycles: from + at };
    return `${JSON.stringify(said)}\n`;
  }).join("");
const early = 300;
const said = "device_id, ts, ts_raw, ts_ns, metric, value_double, value_int, unit, quality, seq, lane";
const rows = async (device: string, columns = said) =>
  (
    await store.lake.query(`SELECT ${columns} FROM readings WHERE device_id = $1 ORDER BY ALL`, {
      parameters: [device],
    })
  ).rows;
const versions = (device: string) => rows(device, "DISTINCT codec_version");

beforeAll(async () => {
  store = await place.open();
  await upload(lines(0, 200));
  await upload(lines(1_000, 50), "1700000000000000=1700000500000000");
  for (let seq = 1; seq <= early; seq++)
    await store.log.append(sparkplug("cell-1", "NDATA", seq, [{ alias: 7, doubleValue: seq }]));
  await store.log.append(sparkplug("cell-1", "NBIRTH", 0, [speed]));
  await store.log.append(sparkplug("cell-2", "NDATA", 1, [{ alias: 7, doubleValue: 1 }]));
  await store.lake.flush();
});
afterAll(async () => {
  await store.close();
  place.remove();
});

test("uploaded rows keep their times, put right or not; again it changes nothing", async () => {
  const before = await rows("press-9");
  expect(before.length).toBe(250);
  await store.close();
  store = await place.open([], newer);
  const { counts } = await replay(store, { to: now() });
  expect(counts).toMatchObject({ messages: 250, changes: 1, unidentified: 0 });
  expect(await rows("press-9")).toEqual(before);
  expect(await versions("press-9")).toEqual([["2"]]);
  expect((await replay(store, { to: now() })).counts).toMatchObject({ messages: 250, changes: 0 });
});

test("data of any number wait for their birth, and those without one stay in quarantine", async () => {
  expect((await rows("cell-1")).length).toBe(256 + 2);
  const request = { codec: "edge-node-sparkplug@2", to: now() };
  expect((await replay(store, request)).counts).toMatchObject({ messages: early + 1, changes: 1 });
  expect((await rows("cell-1")).length).toBe(early + 2);
  const left = await store.lake.query("SELECT device_id, reason FROM quarantine");
  expect(left.rows).toEqual([["cell-2", "no-birth"]]);
  expect((await replay(store, request)).counts).toMatchObject({ changes: 0 });
});

test("rows of data whose birth is before the range stay", async () => {
  const from = now();
  await store.log.append(sparkplug("cell-1", "NDATA", 1, [{ alias: 7, doubleValue: 4_000 }]));
  await store.lake.flush();
  const before = await rows("cell-1", "*");
  const later = from + 7_200_000_000;
  await store.log.append({
    ...sparkplug("cell-1", "NDATA", 2, [{ alias: 7, doubleValue: 5_000 }]),
    receivedAt: later,
  });
  await store.lake.flush();
  const all = await rows("cell-1", "*");
  expect(all.length).toBe(before.length + 1);
  const { counts } = await replay(store, { codec: "edge-node-sparkplug@2", from: later, to: later + 1 });
  expect(counts).toMatchObject({ messages: 0, kept: 1, changes: 0 });
  expect(await rows("cell-1", "*")).toEqual(all);
});

test("a profile that names uploaded records otherwise leaves their rows alone, and says of how many", async () => {
  await store.close();
  store = await place.open([], byContent);
  const before = await rows("press-9", "*");
  const { counts } = await replay(store, { codec: "machine-json@3", to: now() });
  expect(counts).toMatchObject({ unidentified: 250, changes: 0 });
  expect(await rows("press-9", "*")).toEqual(before);
});

test("a damaged piece of the raw zone costs nothing but itself: what the lake has of it stays", async () => {
  await store.close();
  store = await place.open([], newer);
  const count = (await rows("cell-1")).length;
  for (const file of place.files(/raw\/dt=.*\.seg$/)) {
    const bytes = readFileSync(file);
    bytes[bytes.length - 40] = (bytes[bytes.length - 40] as number) ^ 1;
    writeFileSync(file, bytes);
  }
  const { counts } = await replay(store, { codec: "edge-node-sparkplug@2", to: now() });
  expect(counts.damaged).toBeGreaterThan(0);
  expect((await rows("cell-1")).length).toBe(count);
});
