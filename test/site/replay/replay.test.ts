/** Messages once more, through a newer decoder: what the lake then has is what that one would have made of them. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { storeFolder, type Adapt, type Store, type StoreFolder } from "../store/support.ts";
import { everyRow, first, machine, replay, second, sendAll, start, type Sent } from "./support.ts";

let place: StoreFolder;
let store: Store;
const folders: StoreFolder[] = [];
beforeEach(async () => {
  place = storeFolder();
  folders.push(place);
  store = await place.open([], first);
});
afterEach(async () => {
  await store.close();
  for (const folder of folders.splice(0)) folder.remove();
});

async function reopen(adapt: Adapt): Promise<void> {
  await store.close();
  store = await place.open([], adapt);
}

/** What a lake has that knew no other decoder. */
async function made(adapt: Adapt, messages: readonly Sent[]): Promise<readonly unknown[]> {
  const other = storeFolder();
  folders.push(other);
  const fresh = await other.open([], adapt);
  await sendAll(fresh, messages);
  const rows = await everyRow(fresh);
  await fresh.close();
  return rows;
}

const messages: readonly Sent[] = [
  machine(0, { ts: start / 1000, seq: 1, temperature: 20, cycles: 1 }),
  // Two in one microsecond, and a third one that another codec reads.
  machine(10, { ts: start / 1000, seq: 2, temperature: 21, pressure: 5 }),
  machine(10, { ts: start / 1000, seq: 3, temperature: 22 }),
  machine(10, { online: true }, "press-1", "status"),
  // Refused at first: no temperature.
  machine(20, { ts: start / 1000, seq: 4, pressure: 7 }),
  machine(20, { ts: start / 1000, seq: 5, temperature: 24 }, "press-2"),
  // Repeats, of rows and of what was refused.
  machine(30, { ts: start / 1000, seq: 1, temperature: 20, cycles: 1 }),
  machine(40, { ts: start / 1000, seq: 4, pressure: 7 }),
  // No decoder takes it.
  machine(50, { ts: start / 1000, seq: 6, temperature: "warm" }),
  // A device of another profile, and rows of another hour.
  machine(60, [{ n: "temp", u: "Cel", v: 3 }], "room-1"),
  machine(70, { ts: start / 1000 - 7_200_000, seq: 7, temperature: 1 }),
];

test("rows, quarantine and ids are those of the newer decoder; again it changes nothing", async () => {
  await sendAll(store, messages);
  expect(await store.value("SELECT count(*) FROM quarantine")).toBe("2");
  await reopen(second);
  const before = await everyRow(store);
  const foreseen = await replay(store, { dryRun: true });
  expect(await everyRow(store)).toEqual(before);
  const { counts } = await replay(store);
  expect(await everyRow(store)).toEqual(await made(second, messages));
  expect(counts).toEqual(foreseen.counts);
  expect(counts).toMatchObject({ messages: 9, kept: 0, unidentified: 0, damaged: 0, changes: 1 });
  expect(counts.tables).toEqual([
    { table: "quarantine", before: 2, after: 1, same: 0 },
    { table: "readings", before: 6, after: 8, same: 6 },
  ]);
  const files = (await store.lake.files({ limit: 100 })).map(({ path }) => path);
  const again = await replay(store);
  expect(again.counts).toMatchObject({ messages: 9, changes: 0 });
  expect((await store.lake.files({ limit: 100 })).map(({ path }) => path)).toEqual(files);
});

test("lineage says what took whose place, and stays when the lake is opened again", async () => {
  await sendAll(store, messages);
  await reopen(second);
  const { run } = await replay(store);
  const lineage = [
    {
      ...{ run, codec: "machine-json", version: "2", messages: 9, before: 8, after: 9 },
      sources: [expect.stringMatching(/^[0-9a-f]{64}$/)],
    },
  ];
  expect(await store.replays.lineage()).toEqual(lineage);
  await reopen(second);
  expect(await store.replays.lineage()).toEqual(lineage);
});

test("what came before or after the range, and what came since, stays as it is", async () => {
  const [early, late] = [messages.slice(0, 3), messages.slice(3)];
  await sendAll(store, messages);
  await reopen(second);
  const newer = machine(90, { ts: start / 1000, seq: 90, pressure: 9 });
  await sendAll(store, [newer]);
  await replay(store, { from: start + 20, to: start + 90 });
  const versions = await store.lake.query(
    "SELECT DISTINCT epoch_us(ingest_ts) - $1::BIGINT, codec_version FROM readings WHERE codec = 'machine-json' ORDER BY ALL",
    { parameters: [start] },
  );
  expect(versions.rows).toEqual([
    ["0", "1"],
    ["10", "1"],
    ["20", "2"],
    ["70", "2"],
    ["90", "2"],
  ]);
  expect([early.length, late.length]).toEqual([3, 8]);
});

test("a codec that is not deployed is refused with those that are, and so is a second run beside the first", async () => {
  const request = { from: 0, to: 1, dryRun: false };
  expect(() => store.replays.start({ ...request, codec: "machine-json@2" })).toThrow(
    /received machine-json@2; allowed are .*edge-node-sparkplug@1, environment-senml@1, machine-json@1/,
  );
  store.replays.start({ ...request, codec: "machine-json@1" });
  expect(() => store.replays.start({ ...request, codec: "machine-json@1" })).toThrow(/runs since/);
  await store.replays.ended();
});
