/** Functions of both clouds over files of frames: every window once, whatever the order of the files and of their news. */
import { beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Message } from "../../../functions/core/model.ts";
import type { RawBinaryProfile } from "../../../functions/core/profiles/profile.ts";
import { Scorer } from "../../../functions/models/classifier.ts";
import type { LoadedModel } from "../../../functions/scoring/loaded-models.ts";
import { unpackModel } from "../../../functions/scoring/model-file.ts";
import { readProfiles } from "../../../profiles/read.ts";
import { imuFrames } from "../../../samples/imu-frames.ts";
import { readRecording } from "../../../samples/recording.ts";
import { memoryZones, type MemoryZones } from "../../support/memory-zones.ts";
import {
  clouds,
  landFrames,
  scoringFunctions,
  type Cloud,
  type ScoringFunctions,
} from "../../support/scoring-functions.ts";
import { message } from "../support.ts";

/** 2026-11-21T07:59:50Z, microseconds: ten seconds before an hour, and a folder, ends. */
const at = Date.UTC(2026, 10, 21, 7, 59, 50) * 1_000;
const table = "frames_wearable_imu";
let profiles: readonly RawBinaryProfile[];
let model: LoadedModel;
let frames: readonly Buffer[];
/** Windows' ends and labels, of all samples in one go. */
let expected: readonly [number, string][];
let zones: MemoryZones;

beforeAll(async () => {
  profiles = (await readProfiles(["wearable-imu"])) as RawBinaryProfile[];
  const bytes = readFileSync(new URL("../../../samples/activity.onnx", import.meta.url));
  const { classifier } = unpackModel(bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  model = { name: "activity", sha256, labels: classifier.labels, devices: "wrist-*", table, classifier };
  const cases = readRecording().filter((_, index) => index % 10 === 0);
  const sent = imuFrames(profiles[0]!.layout!, cases, at);
  frames = sent.map(({ bytes: payload }) => Buffer.from(payload));
  const scorer = new Scorer(classifier);
  expected = cases
    .flatMap(({ samples }) => samples)
    .map((values, index) => scorer.push(at + index * 100_000, values))
    .filter((prediction) => prediction !== null)
    .map(({ to, label }) => [to, label]);
});
beforeEach(() => {
  zones = memoryZones(at / 1_000);
});

const messages = (from: number, to: number, over: Partial<Message> = {}): Message[] =>
  frames.slice(from, to).map((payload, index) => ({
    ...message("", { deviceId: "wrist-01", receivedAt: at + (from + index) * 400_000, ...over }),
    payload,
  }));
/** Files of batches of so many frames, in their order; one that lies across an hour's end is two. */
async function land(size: number, over: Partial<Message> = {}): Promise<string[]> {
  const keys: string[] = [];
  for (let from = 0; from < frames.length; from += size)
    keys.push(...(await landFrames(zones.objects, profiles, messages(from, from + size, over))));
  return keys;
}
const start = (cloud: Cloud): Promise<ScoringFunctions> =>
  scoringFunctions(cloud, zones, [model], at / 1_000 + 60_000);
const hourOf = (key: string): string => key.slice(0, key.lastIndexOf("/"));
const labels = (functions: ScoringFunctions, device = "wrist-01") =>
  functions
    .readings()
    .filter(({ metric, deviceId }) => metric === "activity_label" && deviceId === device)
    .map(({ ts, valueText }) => [ts, valueText])
    .toSorted(([one], [other]) => Number(one) - Number(other));

test("the recording has windows on both sides of the hour, and across it", () => {
  const hour = Math.ceil(at / 3_600_000_000) * 3_600_000_000;
  expect(expected.filter(([to]) => to < hour).length).toBeGreaterThan(1);
  expect(expected.filter(([to]) => to > hour + 5_000_000).length).toBeGreaterThan(5);
});

describe.each(clouds)("on %s", (cloud) => {
  test("files that land one after the other give each window once, and twice told nothing more", async () => {
    const functions = await start(cloud);
    // Each is there before its news, and the next one is not.
    for (let from = 0; from < frames.length; from += 7) {
      const keys = await landFrames(zones.objects, profiles, messages(from, from + 7));
      expect(await functions.run(keys)).toEqual([]);
    }
    expect(labels(functions)).toEqual(expected);
    const before = functions.told.length;
    await functions.run([...zones.stored.keys()].map((name) => name.slice("curated/".length)));
    expect(functions.told).toHaveLength(before);
  });

  test("news in any order, and by an instance that knows nothing of the other, give the same messages", async () => {
    const keys = await land(9);
    const functions = await start(cloud);
    for (const key of keys.toReversed()) await functions.run([key]);
    expect(labels(functions)).toEqual(expected);
    const other = await start(cloud);
    await other.run(keys);
    const ids = (from: ScoringFunctions) =>
      [...new Set(from.readings().map(({ msgId }) => Buffer.from(msgId).toString("hex")))].toSorted();
    expect(ids(other)).toEqual(ids(functions));
    expect(other.told).toHaveLength(expected.length);
  });

  test("a file that comes late completes the windows that it was missing from", async () => {
    const [early, late] = [await landFrames(zones.objects, profiles, messages(0, 20)), messages(20, 22)];
    const last = await landFrames(zones.objects, profiles, messages(22, frames.length));
    const functions = await start(cloud);
    await functions.run([...early, ...last]);
    expect(labels(functions).length).toBeLessThan(expected.length);
    await functions.run(await landFrames(zones.objects, profiles, late));
    expect(labels(functions)).toEqual(expected);
  });

  test("devices of a file are told apart, and those that the model is not for are left out", async () => {
    const both = ["wrist-01", "wrist-02", "belt-01"].flatMap((deviceId) =>
      messages(0, frames.length, { deviceId }),
    );
    const functions = await start(cloud);
    await functions.run(await landFrames(zones.objects, profiles, both));
    expect(labels(functions)).toEqual(expected);
    expect(labels(functions, "wrist-02")).toEqual(expected);
    expect(labels(functions, "belt-01")).toEqual([]);
    expect(await functions.run(["readings/dt=2026-11-21/hr=07/0.parquet"])).toEqual([]);
  });

  test("what a file of a logger brings is scored as its past, live frames as they are", async () => {
    const functions = await start(cloud);
    await functions.run(await land(50, { lane: "offline" }));
    expect(labels(functions)).toEqual(expected);
    expect(new Set(functions.readings().map(({ lane }) => lane))).toEqual(new Set(["offline"]));
    zones.stored.clear();
    const live = await start(cloud);
    await live.run(await land(50));
    expect(new Set(live.readings().map(({ lane, flags }) => `${lane} ${flags}`))).toEqual(
      new Set(["live 0"]),
    );
  });

  test("a damaged file is named and put aside; the others of its batch and its neighbours go on", async () => {
    const said = jest.spyOn(console, "error").mockImplementation(() => undefined);
    const keys = await land(20);
    const damaged = `${hourOf(keys[0]!)}/${"0".repeat(64)}.parquet`;
    zones.stored.set(`curated/${damaged}`, Buffer.from("PAR1 is not all that a file needs PAR1"));
    const functions = await start(cloud);
    const batch = [damaged, ...keys];
    if (cloud === "aws") expect(await functions.run(batch)).toEqual([damaged]);
    else {
      await expect(functions.run(batch)).rejects.toThrow();
      expect(await functions.run(batch, 4)).toEqual([]);
      const [letter] = zones.below("quarantine/scoring/");
      expect(JSON.parse(String(Buffer.from(letter!)))).toMatchObject({ file: damaged });
    }
    expect(labels(functions)).toEqual(expected);
    expect(said).toHaveBeenCalled();
    said.mockRestore();
  });

  test("what the stream did not take is told when the news come again; so is what could not be read", async () => {
    const keys = await land(20);
    const functions = await start(cloud);
    functions.fail("stream", 1);
    await expect(functions.run(keys)).rejects.toThrow("stream fails");
    expect(functions.told).toEqual([]);
    functions.fail("list", 1);
    await expect(functions.run(keys)).rejects.toThrow("list fails");
    await functions.run(keys);
    expect(labels(functions)).toEqual(expected);
  });

  test("files that were merged before their news came are read as what took their place, which is no news", async () => {
    const keys = await land(20);
    const hours = Map.groupBy(keys, hourOf);
    await landFrames(zones.objects, profiles, messages(0, frames.length));
    for (const name of [...zones.stored.keys()]) {
      const key = name.slice("curated/".length);
      const bytes = zones.stored.get(name)!;
      zones.stored.delete(name);
      if (!keys.includes(key)) zones.stored.set(name.replace(".parquet", "-merge.changed.parquet"), bytes);
    }
    expect(zones.stored.size).toBe(hours.size);
    const functions = await start(cloud);
    const merged = [...zones.stored.keys()].map((name) => name.slice("curated/".length));
    await functions.run(merged);
    expect(functions.told).toEqual([]);
    await functions.run([keys[0]!, keys.at(-1)!]);
    expect(labels(functions)).toEqual(expected);
  });

  test("reads no more than is near: of other files a footer, once, and only hours that windows reach into", async () => {
    const far = messages(0, 40).map((one) => ({ ...one, deviceId: "wrist-09" }));
    await landFrames(zones.objects, profiles, far);
    const keys = await land(20);
    const functions = await start(cloud);
    await functions.run([keys.at(-1)!]);
    expect(functions.asked.filter((what) => what.startsWith("list"))).toEqual([
      `list ${hourOf(keys.at(-1)!)}/`,
    ]);
    // The last batch and the one before it; of a device that no window is of, nothing.
    expect(functions.asked.filter((what) => what.startsWith("read")).length).toBeLessThanOrEqual(3);
    const looked = functions.asked.filter((what) => what.startsWith("look"));
    await functions.run([keys.at(-2)!]);
    const again = functions.asked.filter((what) => what.startsWith("look"));
    expect(again.filter((what) => looked.includes(what)).length).toBe(looked.length);
  });
});
