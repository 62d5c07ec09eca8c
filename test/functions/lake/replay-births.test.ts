/** Replay of Sparkplug B over a cloud's lake: births in the range or shortly before it, and data without one. */
import { expect, test } from "@jest/globals";
import { parquetSink, rawZone } from "../../../functions/adapters/lake.ts";
import { quarantineBlock, readingsBlock } from "../../../functions/core/columns.ts";
import { createDecoder } from "../../../functions/core/decoder.ts";
import type { Message } from "../../../functions/core/model.ts";
import type { Profile } from "../../../functions/core/profiles/profile.ts";
import { dayFiles } from "../../../functions/lake/day-files.ts";
import { nodePorts } from "../../../functions/platform.ts";
import { memoryLake, type MemoryLake } from "../../support/memory-lake.ts";
import { parquetRows } from "../parquet-rows.ts";
import { encodeSparkplug, type PlainMetric } from "../sparkplug-encode.ts";
import { profile as former, speed } from "../sparkplug-support.ts";
import { replayIn } from "./replaying.ts";

const at = Date.UTC(2026, 10, 21, 7) * 1_000;
const second = 1_000_000;
const hour = 3_600 * second;
const bindings = [{ devices: "*", profile: "cell" }];
const newer: Profile = { ...former, version: "2", rename: { "Motor/Speed": "turns" } };

let places = 0;
const sent = (
  deviceId: string,
  kind: string,
  arrival: number,
  metrics: readonly PlainMetric[],
  seq = 1,
): Message => ({
  ...{ tenant: "acme", deviceId, channel: `telemetry/${kind}`, lane: "live" },
  ...{ receivedAt: at + arrival, position: `0:${places++}` },
  payload: encodeSparkplug({ timestamp: (at + arrival) / 1_000, seq, metrics }),
});
const data = (deviceId: string, arrival: number, value: number) =>
  sent(deviceId, "NDATA", arrival, [{ alias: 7, doubleValue: value }]);

const early = 300;
const messages = [
  // More than a decoder lets wait.
  ...Array.from({ length: early }, (_, index) => data("cell-1", index * 1_000, index + 1_000)),
  sent("cell-1", "NBIRTH", second, [speed], 0),
  // In the very microsecond of the birth, behind it.
  data("cell-1", second, 1),
  data("cell-1", 2 * second, 2),
  // The birth is that of the hour before.
  data("cell-1", hour + second, 3),
  data("cell-2", 3 * second, 4),
  // Of one arrival, and only the first has a birth.
  data("cell-1", 5 * second, 5),
  sent("cell-1", "DDATA/oven", 5 * second, [{ alias: 9, doubleValue: 6 }]),
  // Longer behind the birth than a range looks back.
  data("cell-1", 4 * hour, 7),
];

async function filledLake(): Promise<MemoryLake> {
  const lake = memoryLake(() => at / 1_000 + 5 * 3_600_000);
  const decoder = createDecoder([former], bindings, { ...nodePorts, tenant: "acme" });
  await rawZone(lake.objects, "raw").keep(messages.slice(0, 100));
  await rawZone(lake.objects, "raw").keep(messages.slice(100));
  const { readings, quarantined } = decoder.decode(messages);
  await parquetSink(lake.objects, "curated", "hex").write(readingsBlock(readings));
  await parquetSink(lake.objects, "quarantine", "hex").write(quarantineBlock(quarantined));
  return lake;
}

const replayed = (lake: MemoryLake, over: Parameters<typeof replayIn>[2] = {}) =>
  replayIn(
    lake,
    {
      ...{ codec: { name: "cell", version: "2" }, from: at, to: at + 5 * hour },
      ...{ profiles: [newer], bindings },
    },
    over,
  );
async function rowsOf(lake: MemoryLake, container: string, table: string, select: string) {
  const [found] = await dayFiles(container, table, ["2026-11-21"], lake);
  const files = found!.files.map(({ key }) => lake.stored.get(`${container}/${key}`)!.bytes);
  return (await parquetRows(files, select)).map((row) => Object.values(row));
}
const values = (lake: MemoryLake) =>
  rowsOf(lake, "curated", "readings", "value_double, metric, codec_version");
const entries = (lake: MemoryLake) => rowsOf(lake, "quarantine", "quarantine", "device_id, channel, reason");

test("data are decoded by the birth of the range, those before it too; the others keep what they have", async () => {
  const lake = await filledLake();
  const slices = await replayed(lake);
  const now = await values(lake);
  const of = (version: string) => now.filter((row) => row[2] === version).map(([value]) => value);
  expect(of("1")).toEqual([5]);
  // The birth has two: the value, and that the node is there.
  expect(of("2").length).toBe(early + 6);
  expect(of("2")).toEqual(expect.arrayContaining([1, 2, 3, 7, 1_000, 1_000 + early - 1]));
  expect(now.filter((row) => row[1] === "turns").length).toBe(early + 5);
  expect(await entries(lake)).toEqual([
    ["cell-1", "telemetry/DDATA/oven", "no-birth"],
    ["cell-2", "telemetry/NDATA", "no-birth"],
  ]);
  const unborn = slices.flatMap((slice) => slice.unborn);
  expect(unborn.map(({ deviceId, receivedAt }) => [deviceId, receivedAt - at])).toEqual(
    expect.arrayContaining([
      ["cell-1", 5 * second],
      ["cell-2", 3 * second],
    ]),
  );
  expect(slices.map(({ messages: count, kept }) => [count, kept])).toEqual([
    [early + 3, 3],
    [1, 0],
    [1, 0],
  ]);
  const names = [...lake.stored.keys()];
  expect((await replayed(lake, { run: 2 })).every(({ changes }) => changes === 0)).toBe(true);
  expect([...lake.stored.keys()]).toEqual(names);
}, 60_000);

test("a birth up to an hour before the range is learned, an older one is not: nothing is guessed", async () => {
  const lake = await filledLake();
  const was = await values(lake);
  const [slice] = await replayed(lake, { from: at + hour, to: at + 2 * hour });
  expect(slice).toMatchObject({ messages: 1, kept: 0, unborn: [] });
  const now = await values(lake);
  expect(now.filter((row) => row[2] === "2")).toEqual([[3, "turns", "2"]]);
  expect(now.filter((row) => row[2] === "1").length).toBe(was.length - 1);
  const [late] = await replayed(lake, { from: at + 4 * hour });
  expect(late).toMatchObject({ messages: 0, kept: 1, changes: 0, unborn: [{ deviceId: "cell-1" }] });
  expect(await values(lake)).toEqual(now);
}, 60_000);

test("what only the quarantine has is counted: no entry says which births came before it", async () => {
  const lake = await filledLake();
  for (const key of lake.stored.keys()) if (key.startsWith("raw/")) lake.stored.delete(key);
  const was = await values(lake);
  const slices = await replayed(lake);
  expect(slices.reduce((sum, { unreplayable }) => sum + unreplayable, 0)).toBe(early + 2);
  expect(await values(lake)).toEqual(was);
}, 60_000);
