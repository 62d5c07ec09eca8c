/** Scores of samples that a replay changes, or that another version of the model told: each window has one, the present one. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import type { RawBinaryProfile } from "../../../functions/core/profiles/profile.ts";
import { Scorer } from "../../../functions/models/classifier.ts";
import { modelVersion } from "../../../functions/scoring/score-message.ts";
import { readProfiles } from "../../../profiles/read.ts";
import { axes } from "../../../samples/recording.ts";
import { Replays } from "../../../site/replay/replays.ts";
import { Keyring } from "../../../site/seal.ts";
import { startScoring, type Scoring } from "../../../site/scoring/scoring.ts";
import {
  activityModel,
  corrected,
  withWrongScale,
  wristFrames,
  type ActivityModel,
} from "../../support/activity-model.ts";
import { storeFolder, type Store } from "../store/support.ts";

const place = storeFolder();
const start = Math.floor(Date.now() / 1_000) * 1_000_000 - 7_200_000_000;
let first: ActivityModel;
let second: ActivityModel;
let shipped: RawBinaryProfile;
let store: Store;
let scoring: Scoring;
let replays: Replays;
/** Arrival of the samples that a replay changes. */
const changedFrom = start + 300_000_000;

beforeAll(async () => {
  [shipped] = (await readProfiles(["wearable-imu"])) as [RawBinaryProfile];
  first = await activityModel(place.folder, [shipped]);
  second = await activityModel(place.folder, [shipped], { seed: 2, trees: 12 });
  await open(first, withWrongScale, () => start / 1_000);
  const frames = wristFrames(shipped, 0, start);
  await arrived("wrist-01", frames.slice(0, 60), changedFrom - 50_000_000);
  await arrived("wrist-01", frames.slice(60), changedFrom);
  await arrived("wrist-02", wristFrames(shipped, 1, start), changedFrom + 10_000_000);
  await looked();
}, 60_000);
afterAll(async () => {
  await close();
  place.remove();
});

/** One after the other, from that time on. */
async function arrived(deviceId: string, frames: readonly Buffer[], receivedAt: number): Promise<void> {
  const messages = frames.map((payload, at) => ({ deviceId, payload, receivedAt: receivedAt + at }));
  await Promise.all(messages.map((message) => store.log.append({ ...message, channel: "telemetry" })));
}

async function open(
  { model }: ActivityModel,
  change: (profile: RawBinaryProfile) => RawBinaryProfile,
  now = Date.now,
) {
  store = await place.open([model], (all) =>
    all.map((profile) => (profile.name === "wearable-imu" ? change(profile as RawBinaryProfile) : profile)),
  );
  await openModels(model, now);
}

async function openModels(model: ActivityModel["model"], now = Date.now): Promise<void> {
  mkdirSync(join(place.folder, "scoring"), { recursive: true });
  scoring = await startScoring({
    settings: { models: [{ ...model, labels: [...model.labels] }], everySeconds: 3_600 },
    ...{ tenant: "acme", lake: store.lake, log: store.log, dataFolder: place.folder },
    ...{ keyring: Keyring.fromFile(place.keyFile), logger: pino({ level: "silent" }), now },
  });
  const { lake, log, decoder } = store;
  const { dataFolder, keyFile } = place;
  replays = new Replays({ tenant: "acme", dataFolder, keyFile, lake, log, decoder, scoring: () => scoring });
}

async function close(): Promise<void> {
  await replays.stop();
  await scoring.stop();
  await store.close();
}

async function looked(): Promise<void> {
  await store.lake.flush();
  await scoring.look();
  await store.lake.flush();
}

async function replayed(codec: string, over: { from?: number; dryRun?: boolean } = {}) {
  replays.start({ codec, from: 0, to: Date.now() * 1_000 + 1e6, dryRun: false, ...over });
  await replays.ended();
  expect(replays.state).toMatchObject({ state: "done", error: null });
  return replays.state!.counts;
}

const scores = async () =>
  (
    await store.lake.query(
      `SELECT device_id, CAST(epoch_us(ts) AS DOUBLE), codec, codec_version, metric, value_double, value_text, lower(hex(msg_id)),
         CAST(epoch_us(ingest_ts) AS DOUBLE)
       FROM readings WHERE metric LIKE 'activity\\_%' ESCAPE '\\' ORDER BY ALL`,
      { maxRows: 100_000 },
    )
  ).rows as [string, number, string, string, string, number | null, string | null, string, number][];

/** Window's end, label and share, as the model tells them of what the lake has now. */
async function expected({ classifier }: ActivityModel, device: string): Promise<unknown[][]> {
  const sql = `SELECT CAST(epoch_us(ts) AS DOUBLE), ${axes.join(", ")} FROM frames_wearable_imu WHERE device_id = ? ORDER BY ts`;
  const { rows } = await store.lake.query(sql, { parameters: [device], maxRows: 100_000 });
  const scorer = new Scorer(classifier);
  return (rows as number[][])
    .map(([time, ...values]) => scorer.push(time!, values))
    .filter((prediction) => prediction !== null)
    .map(({ to, label, share }) => [to, label, Number(share.toPrecision(6))]);
}

/** The same as the lake has it; a window that is there twice is seen. */
async function told(device: string): Promise<unknown[][]> {
  const own = (await scores()).filter(([of]) => of === device);
  const label = own.filter(([, , , , metric]) => metric === "activity_label");
  const share = own.filter(([, , , , metric]) => metric === "activity_share");
  return label.map(([, to, , , , , text, id]) => [to, text, share.find((row) => row[7] === id)?.[5]]);
}

test("windows whose samples a replay changed are scored anew, in the place of the former scores; others stay", async () => {
  const before = await scores();
  expect(before.length).toBeGreaterThan(200);
  await close();
  await open(first, corrected);
  const counts = await replayed("wearable-imu@2", { from: changedFrom });
  const now = await scores();
  for (const device of ["wrist-01", "wrist-02"])
    expect(await told(device)).toEqual(await expected(first, device));
  const stayed = (await scores()).filter((row) => before.some((old) => String(old) === String(row)));
  // A window that ends before the first changed sample is none that was scored again.
  const untouched = before.filter(([device, to]) => device === "wrist-01" && to < start + 60 * 400_000);
  expect(untouched.length).toBeGreaterThan(50);
  expect(stayed).toEqual(expect.arrayContaining(untouched));
  expect(stayed.length).toBeLessThan(now.length);
  const [changed] = counts.scores;
  expect(counts.scores).toHaveLength(1);
  expect(changed).toMatchObject({ model: "activity", version: modelVersion(first.model) });
  expect(changed!.after).toBeGreaterThan(changed!.same);
  expect(changed!.before).toBe(changed!.after);
  // They tell of the samples as they were then: nothing is news by its arrival.
  const arrivals = (rows: typeof now) => new Set(rows.map((row) => row[8]));
  expect(arrivals(now)).toEqual(arrivals(before));
  const lineage = (await replays.lineage()).at(-1);
  expect(lineage).toMatchObject({ codec: "score-activity", version: modelVersion(first.model) });
  expect(lineage!.sources).toEqual(
    (await store.lake.parts())
      .filter(({ table }) => table === "frames_wearable_imu")
      .map(({ sha256 }) => sha256)
      .sort(),
  );
});

test("again it changes nothing, and neither does the next look", async () => {
  const before = await scores();
  expect((await replayed("wearable-imu@2", { from: changedFrom })).scores).toEqual([]);
  expect((await replayed("wearable-imu@2", { from: changedFrom })).changes).toBe(0);
  await looked();
  expect(await scores()).toEqual(before);
});

test("who is ended between the rows and their scores does the scores at the next look", async () => {
  await close();
  await open(first, (profile) => ({ ...withWrongScale(profile), version: "3" }));
  await scoring.stop();
  const { lake, log, decoder } = store;
  const { dataFolder, keyFile } = place;
  const alone = new Replays({ tenant: "acme", dataFolder, keyFile, lake, log, decoder });
  alone.start({ codec: "wearable-imu@3", from: 0, to: Date.now() * 1_000, dryRun: false });
  await alone.ended();
  expect(await told("wrist-01")).not.toEqual(await expected(first, "wrist-01"));
  await openModels(first.model);
  await looked();
  for (const device of ["wrist-01", "wrist-02"])
    expect(await told(device)).toEqual(await expected(first, device));
});

test("another version of the model leaves what was told, and scores it anew where it is asked to", async () => {
  const before = await scores();
  await close();
  await open(second, (profile) => ({ ...withWrongScale(profile), version: "3" }));
  await arrived("wrist-01", wristFrames(shipped, 2, start + 900_000_000), changedFrom + 900_000_000);
  await looked();
  // Of what arrived in the last two seconds, which a look begins with, windows are the new version's, and nobody else's.
  const of = (device: string, rows: typeof before) => rows.filter((row) => row[0] === device);
  expect(await scores()).toEqual(expect.arrayContaining(of("wrist-01", before)));
  const taken = of("wrist-02", await scores()).map((row) => row[3]);
  expect(new Set(taken)).toEqual(new Set([modelVersion(second.model)]));
  const windows = (await scores()).filter((row) => row[4] === "activity_label");
  expect(new Set(windows.map(([device, to]) => `${device} ${to}`)).size).toBe(windows.length);
  expect(replays.codecs).toContain(`score-activity@${modelVersion(second.model)}`);
  expect(replays.codecs.join()).not.toContain("former-");
  const codec = `score-activity@${modelVersion(second.model)}`;
  const unchanged = await scores();
  const foreseen = await replayed(codec, { dryRun: true });
  expect(await scores()).toEqual(unchanged);
  const counts = await replayed(codec);
  expect(counts).toEqual(foreseen);
  expect(counts.scores[0]).toMatchObject({ version: modelVersion(second.model), after: windows.length });
  expect(new Set((await scores()).map((row) => row[3]))).toEqual(new Set([modelVersion(second.model)]));
  for (const device of ["wrist-01", "wrist-02"])
    expect(await told(device)).toEqual(await expected(second, device));
  expect(await replayed(codec)).toMatchObject({ changes: 0, scores: [{ same: windows.length }] });
});
