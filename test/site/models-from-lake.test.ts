/** Labelled rows of a real lake into a model, and what it makes of the same devices. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { join } from "node:path";
import { score } from "../../fleet/commands/models/score.ts";
import { train } from "../../fleet/commands/models/train.ts";
import { environmentFolders } from "../../fleet/environment.ts";
import type { SiteConnection } from "../../fleet/site-client.ts";
import { readProfiles } from "../../profiles/read.ts";
import type { RawBinaryProfile } from "../../functions/core/profiles/profile.ts";
import { imuFrames } from "../../samples/imu-frames.ts";
import { readRecording } from "../../samples/recording.ts";
import { fakeTerminal } from "../fleet/support/terminal.ts";
import { storeFolder, type Store } from "./store/support.ts";

const folder = storeFolder();
let store: Store;

beforeAll(async () => {
  store = await folder.open();
  const [profile] = (await readProfiles(["wearable-imu"])) as RawBinaryProfile[];
  // Windows begin at multiples of their step: where the recording begins is where one does.
  const base = Math.floor(Date.now() / 60_000) * 60_000_000 - 86_400_000_000;
  const cases = readRecording();
  for (const part of [0, 1, 2, 3]) {
    // As the sample fleet: cases of every activity, one behind the other.
    const own = cases.filter((_, index) => index % 4 === part);
    const frames = imuFrames(profile!.layout!, own, base);
    await store.send(`wrist-0${part + 1}`, ...frames.map(({ bytes }) => Buffer.from(bytes)));
  }
  await store.lake.flush();
});
afterAll(async () => {
  await store.close();
  folder.remove();
});

test("a model is trained from the lake's labels and tells what devices did, citing what it rests on", async () => {
  const screen = fakeTerminal({ width: 120 });
  const site = {
    query: (sql, options) => store.lake.query(sql, options),
  } as Partial<SiteConnection> as SiteConnection;
  const context = {
    terminal: screen.terminal,
    site,
    folders: environmentFolders(join(folder.folder, "project")),
  };
  const common = { window: 5, trees: 30, seed: 1, folds: 5, json: true };
  await train("activity", { ...common, table: "frames_wearable_imu", label: "activity" }, context);
  const { evaluation, lineage, labels } = JSON.parse(screen.output()) as {
    labels: string[];
    lineage: object;
    evaluation: { rightWindows: number; windows: number };
  };
  expect(labels).toEqual(["badminton", "running", "standing", "walking"]);
  expect(lineage).toMatchObject({
    samples: 4_000,
    codecs: ["wearable-imu@1"],
    source: "frames_wearable_imu by activity",
  });
  expect(evaluation.rightWindows / evaluation.windows).toBeGreaterThan(0.9);

  const scored = fakeTerminal({ width: 120 });
  await score(
    "activity",
    { table: "frames_wearable_imu", device: "wrist-01", json: true },
    { ...context, terminal: scored.terminal },
  );
  const { restsOn, windows } = JSON.parse(scored.output()) as {
    restsOn: object;
    windows: { label: string }[];
  };
  expect(restsOn).toMatchObject({ model: expect.stringMatching(/^activity@[0-9a-f]{64}$/), rows: 1_000 });
  expect(windows.length).toBe(39);
  expect(new Set(windows.map(({ label }) => label)).size).toBe(4);

  const asked = (table: string, label: string) => train("b", { ...common, table, label }, context);
  await expect(asked("frames_wearable_imu", "mood")).rejects.toThrow(
    "no row of frames_wearable_imu has a text mood",
  );
  await expect(asked("readings", "activity")).rejects.toThrow("no table readings of fast devices");
});
