/** Models over what comes in, on a real lake: every window once, whatever the order and however often it comes. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { sampleRuns } from "../../fleet/models/labelled-runs.ts";
import { alarmRules } from "../../functions/core/alarm-rule.ts";
import type { RawBinaryProfile } from "../../functions/core/profiles/profile.ts";
import { evaluate, Scorer, trainClassifier, type Classifier } from "../../functions/models/classifier.ts";
import { deployModels, type DeployedModel } from "../../functions/scoring/deployed.ts";
import { packModel } from "../../functions/scoring/model-file.ts";
import { readProfiles } from "../../profiles/read.ts";
import { imuFrames } from "../../samples/imu-frames.ts";
import { axes, readRecording } from "../../samples/recording.ts";
import { Keyring } from "../../site/seal.ts";
import { startScoring, type Scoring, type ScoringOptions } from "../../site/scoring/scoring.ts";
import { startAlarms } from "../../site/alarms/alarms.ts";
import { memoryZones } from "../support/memory-zones.ts";
import { clouds, landFrames, scoringFunctions } from "../support/scoring-functions.ts";
import { storeFolder, type Store } from "./store/support.ts";

const table = "frames_wearable_imu";
const folder = storeFolder();
const period = 100_000;
let classifier: Classifier;
let model: DeployedModel;
let broken: DeployedModel;
let store: Store;
let scoring: Scoring;
let frames: Buffer[][];

beforeAll(async () => {
  const { runs, source, sha256 } = sampleRuns();
  const shape = { axes, period, size: 50, step: 25 };
  const forest = { trees: 10, seed: 1 };
  classifier = trainClassifier(runs, shape, forest);
  const lineage = { source, sha256, samples: 4_000, runs: runs.length, codecs: [], seed: 1 };
  const evaluation = { ...evaluate(runs, shape, forest, 2), folds: 2 };
  const file = join(folder.folder, "activity.onnx");
  writeFileSync(file, packModel({ classifier, lineage, evaluation: structuredClone(evaluation) as never }));
  const profiles = (await readProfiles(["wearable-imu"])) as RawBinaryProfile[];
  const declared = { name: "activity", file, devices: "wrist-*", table };
  [model, broken] = (await deployModels(
    [declared, { ...declared, name: "broken" }],
    profiles,
    join(folder.folder, "models"),
  )) as [DeployedModel, DeployedModel];
  broken = { ...broken, file: join(folder.folder, "gone.onnx") };

  const cases = readRecording();
  const base = Math.floor(Date.now() / 1_000) * 1_000_000 - 3_600_000_000;
  frames = [0, 1, 2].map((part) => {
    const own = cases.filter((_, index) => index % 8 === part);
    // The third recorded ten years ago, as files of a logger are.
    const start = part === 2 ? base - 315_360_000_000_000 : base;
    return imuFrames(profiles[0]!.layout!, own, start).map(({ bytes }) => Buffer.from(bytes));
  });
  store = await folder.open([model, broken]);
  scoring = await opened("scoring");
}, 60_000);

afterAll(async () => {
  await scoring.stop();
  await store.close();
  folder.remove();
});

async function opened(
  state: string,
  now?: () => number,
  { lake, log }: Pick<ScoringOptions, "lake" | "log"> = store,
): Promise<Scoring> {
  const dataFolder = join(folder.folder, state);
  mkdirSync(dataFolder, { recursive: true });
  return startScoring({
    settings: {
      models: [broken, model].map((one) => ({ ...one, labels: [...one.labels] })),
      everySeconds: 3_600,
    },
    ...{ tenant: "acme", lake, log, dataFolder, keyring: Keyring.fromFile(folder.keyFile) },
    logger: pino({ level: "silent" }),
    ...(now === undefined ? {} : { now }),
  });
}

/** What else a model asks of a lake. */
const changing = ({ lake }: Store): Omit<ScoringOptions["lake"], "query"> => ({
  flush: () => lake.flush(),
  parts: () => lake.parts(),
  replay: (portion, options) => lake.replay(portion, options),
  framesReplayed: (since) => lake.framesReplayed(since),
});

async function looked(which = scoring): Promise<void> {
  await store.lake.flush();
  await which.look();
  await store.lake.flush();
}

/** Window's end and label, as the lake has them. */
async function scores(device: string): Promise<unknown[][]> {
  const sql = `SELECT CAST(epoch_us(ts) AS DOUBLE), value_text FROM readings
    WHERE metric = 'activity_label' AND device_id = ? ORDER BY ts`;
  return (await store.lake.query(sql, { parameters: [device] })).rows as unknown[][];
}

/** The same, of all samples at once. */
async function expected(device: string): Promise<unknown[][]> {
  const sql = `SELECT CAST(epoch_us(ts) AS DOUBLE), ${axes.join(", ")} FROM ${table} WHERE device_id = ? ORDER BY ts`;
  const { rows } = await store.lake.query(sql, { parameters: [device] });
  const scorer = new Scorer(classifier);
  return (rows as number[][])
    .map(([time, ...values]) => scorer.push(time!, values))
    .filter((prediction) => prediction !== null)
    .map(({ to, label }) => [to, label]);
}

test("scores come as samples do, window by window, and say what they rest on", async () => {
  const own = frames[0]!;
  for (const part of [own.slice(0, 40), own.slice(40, 41), own.slice(41)]) {
    await store.send("wrist-01", ...part);
    await looked();
  }
  const found = await scores("wrist-01");
  expect(found.length).toBeGreaterThan(15);
  expect(found).toEqual(await expected("wrist-01"));
  const { rows } = await store.lake.query(`
    SELECT label.value_text, share.value_double, label.lane, label.codec || '@' || label.codec_version, model.value_text, rests.value_text
    FROM readings label JOIN readings share USING (msg_id) JOIN readings model USING (msg_id)
      JOIN readings rests USING (msg_id)
    WHERE label.metric = 'activity_label' AND share.metric = 'activity_is_' || label.value_text
      AND model.metric = 'activity_model' AND rests.metric = 'activity_rests_on' ORDER BY label.ts LIMIT 1`);
  const [label, share, ...cited] = rows[0]!;
  expect(classifier.labels).toContain(label);
  expect(share).toBeGreaterThanOrEqual(0.25);
  const codec = `score-activity@${model.sha256.slice(0, 12)}`;
  expect(cited).toEqual(["live", codec, `activity@${model.sha256}`, expect.any(String)]);
  const rests = JSON.parse(String(cited[3])) as Record<"table" | "from" | "to", string>;
  expect(rests).toMatchObject({ table, rows: 50 });
  const counted = `SELECT CAST(count(*) AS INTEGER) FROM ${table} WHERE device_id = 'wrist-01'
    AND ts BETWEEN '${rests.from}' AND '${rests.to}'`;
  expect(await store.value(counted)).toBe(50);
});

test("a model that can't be opened is named, and holds up neither the others nor the lake", () => {
  expect(scoring.trouble).toMatch(/^broken does not score: ENOENT.*gone\.onnx'$/);
});

test("what comes late is scored then, and nothing twice", async () => {
  const own = frames[1]!;
  const late = own.slice(30, 32);
  await store.send("wrist-02", ...own.slice(0, 30), ...own.slice(32));
  await looked();
  const before = await scores("wrist-02");
  expect(before).toEqual(await expected("wrist-02"));
  await store.send("wrist-02", ...late);
  await looked();
  const after = await scores("wrist-02");
  expect(after).toEqual(await expected("wrist-02"));
  expect(after.length).toBeGreaterThan(before.length);
  expect(new Set(after.map(([to]) => to)).size).toBe(after.length);
});

test("who begins again from before finds the same windows, which the lake takes for repeats", async () => {
  const before = await scores("wrist-01");
  const again = await opened("again", () => Date.now() - 3_600_000);
  await looked(again);
  const [, second] = again.states();
  expect(second).toMatchObject({
    ...{ name: "activity", sha256: model.sha256, trouble: null },
    facts: { window: 5_000, step: 2_500, trees: 10, lineage: { samples: 4_000 } },
  });
  expect(second!.windows).toBeGreaterThanOrEqual(before.length);
  expect(await scores("wrist-01")).toEqual(before);
  await again.stop();
});

test("who is stopped while the log takes nothing ends, and scores what is left after the next start", async () => {
  const asked = Promise.withResolvers<void>();
  const append = (): Promise<never> => {
    asked.resolve();
    return new Promise(() => undefined);
  };
  const hourAgo = () => Date.now() - 3_600_000;
  const stuck = await opened("stopped", hourAgo, { lake: store.lake, log: { append } });
  const look = stuck.look();
  await asked.promise;
  await stuck.stop();
  await look;
  const next = await opened("stopped", hourAgo);
  await looked(next);
  expect(next.states()[1]!.windows).toBeGreaterThan(15);
  await next.stop();
});

test("where nothing comes in, no samples are read again", async () => {
  const statements: string[] = [];
  const query: ScoringOptions["lake"]["query"] = (sql, options) => {
    statements.push(sql);
    return store.lake.query(sql, options);
  };
  const lake = { ...changing(store), query };
  const idle = await opened("idle", () => Date.now() - 3_600_000, { lake, log: store.log });
  for (let looks = 0; looks < 2; looks++) await idle.look();
  expect(statements.filter((sql) => sql.includes("accel_x")).length).toBeGreaterThan(0);
  statements.length = 0;
  await idle.look();
  expect(statements.filter((sql) => sql.includes(table))).toHaveLength(1);
  await idle.stop();
});

test("a logger's old samples are scored as history, at their own times", async () => {
  const channel = "telemetry";
  await Promise.all(
    frames[2]!.map((payload, at) =>
      store.log.append({
        ...{ deviceId: "wrist-03", channel, payload },
        receivedAt: Date.now() * 1_000,
        uploadedFrom: `${"0".repeat(64)}:${at}`,
      }),
    ),
  );
  await looked();
  const found = await scores("wrist-03");
  expect(found.length).toBeGreaterThan(15);
  expect(found).toEqual(await expected("wrist-03"));
  expect(await store.value("SELECT DISTINCT lane FROM readings WHERE device_id = 'wrist-03'")).toBe(
    "offline",
  );
});

test.each(clouds)("functions of %s make the same messages and rows of the same frames", async (cloud) => {
  const zones = memoryZones(Date.now());
  const profiles = (await readProfiles(["wearable-imu"])) as RawBinaryProfile[];
  const own = frames[0]!.map((payload, at) => ({
    ...{ tenant: "acme", deviceId: "wrist-01", channel: "telemetry", payload, lane: "live" as const },
    ...{ receivedAt: Date.now() * 1_000, position: String(at) },
  }));
  const functions = await scoringFunctions(cloud, zones, [{ ...model, classifier }], Date.now());
  for (const part of [own.slice(0, 40), own.slice(40)])
    await functions.run(await landFrames(zones.objects, profiles, part));
  const { rows } = await store.lake.query(
    `SELECT lower(hex(msg_id)), CAST(epoch_us(ts) AS DOUBLE), metric, value_double, value_text, lane, codec, codec_version
       FROM readings WHERE device_id = 'wrist-01' AND codec LIKE 'score-%' ORDER BY ALL`,
  );
  const told = functions
    .readings()
    .map((row) => [
      ...[Buffer.from(row.msgId).toString("hex"), row.ts, row.metric, row.valueDouble, row.valueText],
      ...[row.lane, row.codec, row.codecVersion],
    ]);
  expect(told.length).toBeGreaterThan(100);
  const sorted = (table: readonly unknown[]) => table.map((row) => JSON.stringify(row)).toSorted();
  expect(sorted(told)).toEqual(sorted(rows));
});

test("limits are judged on scores and on samples of frames, and name the message that passed them", async () => {
  const highest = await store.value(
    "SELECT max(accel_x) FROM frames_wearable_imu WHERE device_id = 'wrist-01'",
  );
  const limit = { kind: "limit", devices: "wrist-01" };
  const rules = alarmRules.parse([
    { ...limit, name: "runs", metric: "activity_is_running", above: 0.5, atLeast: 2 },
    { ...limit, name: "shaken", metric: "accel_x", above: Number(highest) - 1e-6 },
  ]);
  const alarms = await startAlarms({
    settings: { rules, everySeconds: 3_600, webhook: null },
    lake: store.lake,
    broker: { devices: () => [], publishCommand: async () => true } as never,
    dataFolder: join(folder.folder, "scoring"),
    keyring: Keyring.fromFile(folder.keyFile),
    logger: pino({ level: "silent" }),
    now: () => Date.now() - 600_000,
  });
  await alarms.look();
  expect(alarms.trouble).toBeNull();
  const found = alarms.desk.list({ state: "all", limit: 100 }).alarms;
  await alarms.stop();
  expect(found.map(({ rule }) => rule)).toEqual(expect.arrayContaining(["runs", "shaken"]));
  const { value, evidence } = found.find(({ rule }) => rule === "shaken")!;
  expect(value).toBe(highest);
  expect(evidence).toMatchObject({ codec: "wearable-imu" });
  expect(found.find(({ rule }) => rule === "runs")!.evidence).toMatchObject({ codec: "score-activity" });
});
