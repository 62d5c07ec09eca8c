/** What a cloud's API tells of its lake, its alarms and its models. */
import { expect, test } from "@jest/globals";
import type { ToldModel } from "../../../functions/agreements.ts";
import { lakeSizes } from "../../../functions/asking/lake-sizes.ts";
import { parquetSink } from "../../../functions/adapters/lake.ts";
import { readingsBlock } from "../../../functions/core/columns.ts";
import { modelVersion, scoreCodec } from "../../../functions/scoring/score-message.ts";
import { memoryLake } from "../../support/memory-lake.ts";
import { pressReadings } from "../../support/press-reading.ts";
import { askedAlarms } from "../../support/asked-alarms.ts";
import { startCloudAsking } from "./cloud-asking.ts";

const now = Date.now();
const zones = { curated: "curated", quarantine: "quarantine" };

test("a lake of too many files is counted from its newest month on, and says since when", async () => {
  const store = memoryLake(() => now);
  const put = (path: string, bytes: number) => store.objects.create("curated", path, new Uint8Array(bytes));
  for (const day of ["2026-09-30", "2026-10-01", "2026-11-02"])
    for (const table of ["readings", "insights/rollups_1h"])
      await put(`${table}/dt=${day}/hr=23/x.parquet`, 10);
  await put("readings/dt=2026-11-02/hr=22/not-a-file", 5);
  await put("_reports/2026-11-02T00Z/report.pdf", 5);
  const whole = await lakeSizes(store.list, zones);
  expect(whole.zones).toEqual([
    { zone: "curated", files: 6, bytes: 60 },
    { zone: "quarantine", files: 0, bytes: 0 },
  ]);
  expect(whole.tables).toEqual([
    { table: "readings", files: 3, bytes: 30 },
    { table: "rollups_1h", files: 3, bytes: 30 },
  ]);
  expect(whole.since).toBeNull();
  expect(whole.days[0]).toEqual({ table: "readings", day: "2026-11-02", files: 1, bytes: 10 });
  expect(whole.files[0]).toEqual({
    ...{ zone: "curated", path: "insights/rollups_1h/dt=2026-11-02/hr=23/x.parquet", bytes: 10, rows: null },
    ...{ from: Date.parse("2026-11-02T23:00Z"), to: Date.parse("2026-11-02T23:59:59.999Z") },
  });
  const part = await lakeSizes(store.list, zones, 3);
  expect([part.since, part.zones[0]]).toEqual(["2026-10-01", { zone: "curated", files: 4, bytes: 40 }]);
  expect((await lakeSizes(store.list, zones, 5)).since).toBeNull();
});

test("models are told of as they are deployed, with what they told of the devices that a token sees", async () => {
  const model: ToldModel = {
    ...{
      name: "activity",
      sha256: "ab".repeat(32),
      labels: ["rest", "walk"],
      devices: "press-*",
      table: "frames_wrist",
    },
    facts: {
      ...{ window: 2_000, step: 500, trees: 3 },
      evaluation: {
        confusion: [
          [1, 0],
          [0, 1],
        ],
        windows: 2,
        rightWindows: 2,
        runs: 2,
        rightRuns: 2,
        folds: 2,
      },
      lineage: { source: "day.csv", sha256: "cd".repeat(32), samples: 9, runs: 2, codecs: [], seed: 1 },
    },
  };
  const store = memoryLake(() => now);
  const ts = (now - 3_600_000) * 1_000;
  const reading = pressReadings(ts);
  const of = { codec: scoreCodec(model), codecVersion: modelVersion(model), valueDouble: null };
  const rows = ["press-01", "press-02"].flatMap((deviceId) => [
    reading({ ...of, deviceId, metric: "activity_label", valueText: "walk" }),
    reading({ ...of, deviceId, metric: "activity_share", valueDouble: 0.75 }),
  ]);
  await parquetSink(store.objects, "curated", "hex").write(readingsBlock(rows));
  const asking = await startCloudAsking(() => now, store, {}, { models: [model] });
  const [told] = (await (await asking.client({ scopes: ["values"] })).ask("models", {})).models;
  const recent = [{ time: ts / 1_000, label: "walk", share: 0.75 }];
  expect(told).toEqual({
    ...model,
    metrics: {
      label: "activity_label",
      share: "activity_share",
      shares: ["activity_is_rest", "activity_is_walk"],
    },
    ...{ windows: null, lookedUpTo: null, trouble: null },
    scores: ["press-01", "press-02"].map((device) => ({ device, recent })),
  });
  const some = await asking.client({ scopes: ["values"], devices: ["press-02"] });
  expect((await some.ask("models", {})).models[0]?.scores.map(({ device }) => device)).toEqual(["press-02"]);
  expect(asking.complaints).toEqual([]);
  asking.stop();
});

test("what the environment is made of is what its stack said, without places and keys", async () => {
  const zone = { component: "EncryptedLake", name: "curated rows", inTransit: "TLS", atRest: "AES-256" };
  const empty = memoryLake(() => now);
  const asking = await startCloudAsking(() => now, empty, {}, { resources: [zone] });
  expect(await (await asking.client({ scopes: ["environment"] })).ask("environment", {})).toEqual({
    ...{ name: "acme", target: "memory" },
    resources: [{ ...zone, detail: null, keyId: null }],
  });
  asking.stop();
});

test("alarms that nobody has acknowledged are counted; to tokens of some devices the environment tells nothing", async () => {
  const asking = await startCloudAsking(() => now);
  for (const raised of askedAlarms(now - 1_000)) await asking.book.raise(raised);
  const { alarms, stored } = await (await asking.client()).ask("summary", {});
  expect([alarms, stored]).toEqual([3, { files: 0, bytes: 0 }]);
  const some = await asking.client({ devices: ["press-01"] });
  for (const asked of ["summary", "lake", "environment"] as const)
    await expect(some.ask(asked, {})).rejects.toMatchObject({ status: 403, code: "devices" });
  asking.stop();
});
