/** Scores of samples that a replay changes in the lake of a cloud: on moto's S3, on Azurite, and ended at every other step. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../config.ts";
import { replayConfigured } from "../../fleet/commands/replay-stack.ts";
import { parquetSink, rawZone } from "../../functions/adapters/lake.ts";
import { frameBlocks, readingsBlock } from "../../functions/core/columns.ts";
import { createDecoder } from "../../functions/core/decoder.ts";
import type { FrameRow, Message } from "../../functions/core/model.ts";
import type { RawBinaryProfile } from "../../functions/core/profiles/profile.ts";
import { dayFiles } from "../../functions/lake/day-files.ts";
import { Scorer } from "../../functions/models/classifier.ts";
import { nodePorts } from "../../functions/platform.ts";
import {
  modelVersion,
  scoreBindings,
  scoreChannel,
  scorePayload,
  scoreProfiles,
} from "../../functions/scoring/score-message.ts";
import { readProfiles } from "../../profiles/read.ts";
import { parquetRows } from "../functions/parquet-rows.ts";
import { startCloudStores, type CloudStore, type CloudStores } from "../functions/lake/cloud-stores.ts";
import { activityModel, withWrongScale, wristFrames, type ActivityModel } from "../support/activity-model.ts";
import { memoryLake, type MemoryLake } from "../support/memory-lake.ts";
import { fakeTerminal } from "./support/terminal.ts";

/** An hour's begin, two days ago, microseconds. */
const at = (Math.floor(Date.now() / 3_600_000) - 48) * 3_600_000_000;
const day = new Date(at / 1_000).toISOString().slice(0, 10);
/** Of the arrival of samples that are decoded again; ten frames a second arrive. */
const changedFrom = at + 10_000_000;
const bindings = [{ devices: "wrist-*", profile: "wearable-imu" }];
const tenant = "acme";

const folder = mkdtempSync(join(tmpdir(), "fieldlake-scores-"));
let clouds: CloudStores;
let profile: RawBinaryProfile;
let first: ActivityModel;
let second: ActivityModel;
let messages: readonly Message[];
let wrong: readonly FrameRow[];
let right: readonly FrameRow[];

type Place = CloudStore & { zone(name: string): string };

beforeAll(async () => {
  clouds = await startCloudStores(["raw", "curated", "quarantine"]);
  [profile] = (await readProfiles(["wearable-imu"])) as [RawBinaryProfile];
  first = await activityModel(folder, [profile]);
  second = await activityModel(folder, [profile], { seed: 2, trees: 12 });
  messages = [0, 1].flatMap((part) =>
    wristFrames(profile, part, at)
      .slice(0, 150)
      .map((payload, index) => ({
        ...{ tenant, deviceId: `wrist-0${part}`, channel: "telemetry", lane: "live" as const },
        ...{ receivedAt: at + index * 100_000 + part, position: `0:${index}`, payload },
      })),
  );
  const decoded = (of: RawBinaryProfile) =>
    createDecoder([of], bindings, { ...nodePorts, tenant }).decode(messages).frames;
  wrong = decoded({ ...withWrongScale(profile), version: "0" });
  right = decoded(profile);
}, 120_000);
afterAll(async () => {
  await clouds.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What a model tells of some rows of frames, as the stream's decoder has it. */
function scored({ model, classifier }: ActivityModel, rows: readonly FrameRow[]) {
  const told: Message[] = [];
  for (const [deviceId, own] of Map.groupBy(rows, (row) => row.deviceId)) {
    const scorer = new Scorer(classifier);
    for (const { ts, values } of own.toSorted((one, other) => one.ts - other.ts)) {
      const window = scorer.push(ts, values);
      if (window === null) continue;
      const payload = scorePayload(model, window, classifier.shape.size);
      const receivedAt = window.to + 3_000_007;
      told.push({
        tenant,
        deviceId,
        channel: scoreChannel(model),
        payload,
        receivedAt,
        position: "0",
        lane: "live",
      });
    }
  }
  return createDecoder(scoreProfiles(model), scoreBindings(model), { ...nodePorts, tenant }).decode(told)
    .readings;
}

async function fill({ objects, zone }: Pick<Place, "objects" | "zone">): Promise<void> {
  await rawZone(objects, zone("raw")).keep(messages);
  const sink = parquetSink(objects, zone("curated"), "hex");
  for (const block of frameBlocks(wrong)) await sink.write(block);
  await sink.write(readingsBlock(scored(first, wrong)));
}

async function run(
  store: Place,
  { model }: ActivityModel,
  options: Partial<Parameters<typeof replayConfigured>[3]>,
): Promise<{ scores: unknown[]; changes: number }> {
  const { terminal, output } = fakeTerminal({ width: 80 });
  const { name, file, devices, table } = model;
  const scoring = { models: [{ name, file, devices, table }] };
  const raw = { target: "aws", environment: tenant, profiles: ["wearable-imu"], bindings, scoring };
  const config = readConfig(raw, { "aws:region": "eu-central-1" });
  const places = {
    raw: store.zone("raw"),
    curated: store.zone("curated"),
    quarantine: store.zone("quarantine"),
  };
  const asked = { codec: "wearable-imu@1", from: changedFrom, to: at + 60_000_000, json: true, ...options };
  await replayConfigured(config, places, store, asked, terminal);
  return (JSON.parse(output()) as { counts: { scores: unknown[]; changes: number } }).counts;
}

async function scores({ objects, list, zone }: Place) {
  const found = await dayFiles(zone("curated"), "readings", [day], { objects, list });
  const keys = found.flatMap(({ files }) => files.map(({ key }) => key));
  const bytes = await Promise.all(keys.map((key) => objects.read(zone("curated"), key)));
  const rows = await parquetRows(
    bytes,
    "device_id, epoch_us(ts)::DOUBLE AS at, codec_version, metric, value_double, value_text, msg_id, epoch_us(ingest_ts)::DOUBLE AS arrival",
  );
  const told = rows.filter(({ metric }) => String(metric).startsWith("activity_"));
  return told.map((row) => JSON.stringify(row)).sort();
}

/** As {@link scores} has them, of the rows that a model would tell of these frames; each with the arrival that it had. */
async function expected(of: ActivityModel, rows: readonly FrameRow[]) {
  const lake = placeOf(memoryLake(() => 0));
  await parquetSink(lake.objects, "curated", "hex").write(readingsBlock(scored(of, rows)));
  return scores(lake);
}

const placeOf = ({ objects, list, removal, kept, files }: MemoryLake): Place => ({
  ...{ objects, list, removal, kept, files, zone: (name) => name },
});

/** Of the frames: those that arrived before the range as they were, and those in it as they are. */
const mixed = () => [
  ...wrong.filter(({ ingestTs }) => ingestTs < changedFrom),
  ...right.filter(({ ingestTs }) => ingestTs >= changedFrom),
];

describe.each(["aws", "azure"])("on %s", (target) => {
  test("windows whose samples changed have new scores, others the former; the next version scores what it is asked to", async () => {
    // Where a server can't be had, its start has said so.
    const store = clouds.of[target];
    if (store === undefined) return;
    await fill(store);
    const before = await scores(store);
    const { scores: said } = await run(store, first, {});
    const after = await scores(store);
    expect(after).toEqual(await expected(first, mixed()));
    const stayed = after.filter((row) => before.includes(row));
    expect(stayed.length).toBeGreaterThan(20);
    expect(stayed.length).toBeLessThan(after.length);
    const windows = new Set(after.map((row) => (JSON.parse(row) as { msg_id: string }).msg_id)).size;
    expect(said).toEqual([
      {
        ...{ model: "activity", version: modelVersion(first.model) },
        ...{ before: expect.any(Number), after: expect.any(Number), same: expect.any(Number) },
      },
    ]);
    const [record] = await dayFiles(store.zone("curated"), "readings", [day], store);
    expect(record!.record!.note).toMatchObject({
      ...{ kind: "scored", codec: { name: "score-activity", version: modelVersion(first.model) } },
      ...{ model: first.model.sha256, frames: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(await run(store, first, {})).toMatchObject({ changes: 0, scores: [] });
    expect(await scores(store)).toEqual(after);

    const codec = `score-activity@${modelVersion(second.model)}`;
    const foreseen = await run(store, second, { codec, from: 0, dryRun: true });
    expect(await scores(store)).toEqual(after);
    expect(await run(store, second, { codec, from: 0 })).toEqual(foreseen);
    expect(foreseen).toMatchObject({
      changes: 1,
      scores: [{ version: modelVersion(second.model), before: windows, after: windows, same: 0 }],
    });
    expect(await scores(store)).toEqual(await expected(second, mixed()));
    expect(await run(store, second, { codec, from: 0 })).toMatchObject({
      changes: 0,
      scores: [{ same: windows }],
    });
    await expect(run(store, second, { codec: "former-activity@1" })).rejects.toThrow(
      /allowed are .*wearable-imu@1/,
    );
  }, 60_000);
});

test("ended at every other step that changes something, the same command does the rest", async () => {
  class Killed extends Error {}
  const start = memoryLake(() => at / 1_000);
  await fill(placeOf(start));
  const wanted = await expected(first, mixed());
  let steps = 0;
  for (let end = 1; ; end += 2) {
    const lake = memoryLake(() => Date.now(), start);
    let step = 0;
    lake.onStep = (what) => {
      if (/^(create|remove)/.test(what) && ++step === end) throw new Killed();
    };
    const isWhole = await run(placeOf(lake), first, {}).then(
      () => true,
      () => false,
    );
    lake.onStep = () => undefined;
    if (isWhole) break;
    steps++;
    await run(placeOf(lake), first, {});
    expect(await scores(placeOf(lake))).toEqual(wanted);
    expect([...lake.stored.keys()].filter((key) => key.includes("rescoring"))).toEqual([]);
  }
  expect(steps).toBeGreaterThan(4);
}, 120_000);
