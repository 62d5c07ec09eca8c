import { afterEach, describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentFolders, type EnvironmentFolders } from "../../fleet/environment.ts";
import { findAnchor, writeAnchor } from "../../fleet/start/anchor.ts";
import { questions } from "../../fleet/start/answers.ts";
import { planFeed } from "../../fleet/start/plan.ts";
import type { QueryResult } from "../../site/ports.ts";
import { recordingLength } from "../../samples/messages.ts";
import { sampleFleet } from "../../samples/fleet.ts";
import { memoryLake } from "./support/lake.ts";
import { decodeSamples, device, material, testBase } from "./support/samples.ts";

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

function temporaryFolders(): EnvironmentFolders {
  const folder = mkdtempSync(join(tmpdir(), "fieldlake-test-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return environmentFolders(folder);
}

async function lakeOf(...args: Parameters<typeof memoryLake>) {
  const lake = await memoryLake(...args);
  cleanups.push(() => lake.close());
  return lake;
}

const hour = 3_600_000_000;

describe("the beginning of the recording", () => {
  test("is now minus its length at the first start, in whole seconds", async () => {
    const now = testBase + 123_456;
    expect(await findAnchor(temporaryFolders(), await lakeOf(), now)).toEqual({
      base: testBase - recordingLength,
      sentOnce: false,
      source: "new",
    });
  });

  test("is the same at every later start, from the file or from the lake alone", async () => {
    const folders = temporaryFolders();
    const lake = await lakeOf(decodeSamples([device("wrist-04")]));
    expect(await findAnchor(folders, lake, testBase + hour)).toEqual({
      base: testBase,
      sentOnce: true,
      source: "lake",
    });
    writeAnchor(folders, testBase, false);
    expect(await findAnchor(folders, lake, testBase + hour)).toEqual({
      base: testBase,
      sentOnce: false,
      source: "file",
    });
    writeAnchor(folders, testBase, true);
    expect((await findAnchor(folders, lake, testBase + 1000 * hour)).sentOnce).toBe(true);
  });

  test("is found from any stored frame, and the lake is believed more than the file", async () => {
    const decoded = decodeSamples([device("wrist-04")]);
    const late = { ...decoded, frames: decoded.frames.filter(({ seq }) => Number(seq) >= 57) };
    const folders = temporaryFolders();
    writeAnchor(folders, testBase - hour, true);
    expect(await findAnchor(folders, await lakeOf(late), testBase + hour)).toEqual({
      base: testBase,
      sentOnce: true,
      source: "lake",
    });
  });

  test("of a feed that was interrupted before anything was stored is kept, unless it grew old", async () => {
    const folders = temporaryFolders();
    writeAnchor(folders, testBase, true);
    const lake = await lakeOf();
    expect(await findAnchor(folders, lake, testBase + hour)).toEqual({
      base: testBase,
      sentOnce: false,
      source: "file",
    });
    expect((await findAnchor(folders, lake, testBase + 150 * hour)).source).toBe("new");
    writeFileSync(join(folders.environment, "samples.json"), "{ damaged");
    expect((await findAnchor(folders, lake, testBase + hour)).source).toBe("new");
  });
});

describe("the plan of a feed", () => {
  test("knows what each message becomes, and which repeats would be recognised", async () => {
    const plan = await planFeed(testBase);
    const messages = plan.flatMap((planned) =>
      planned.messages.map((message) => ({ ...planned.device, ...message })),
    );
    expect(messages).toHaveLength(1214);
    const bad = messages.filter(({ outcome }) => outcome === "quarantined");
    expect(bad.map(({ id: _id, rows, profile }) => [profile, rows])).toEqual([
      ["wearable-imu", 0],
      ["environment-senml", 0],
      ["tracker-lpp", 0],
    ]);
    const frames = messages.filter(({ group, outcome }) => group === "wearables" && outcome === "stored");
    expect(new Set(frames.map(({ rows }) => rows))).toEqual(new Set([5]));
    expect(new Set(frames.map(({ id }) => id)).size).toBe(1000);

    const again = await planFeed(testBase);
    expect(again).toEqual(plan);
  });
});

describe("the answers", () => {
  const table = ({ columns, rows }: QueryResult) =>
    rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));

  test("are those that the recording gives when it is reckoned without the lake", async () => {
    const lake = await lakeOf(decodeSamples(sampleFleet.filter(({ id }) => id !== "wrist-03")));
    const [byActivity, extremes, byCodec] = await Promise.all(questions.map(({ sql }) => lake.query(sql)));
    if (!byActivity || !extremes || !byCodec) throw new Error("three questions");

    const groups = Map.groupBy(
      material.recording.filter(({ number }) => number % 10 !== 3),
      ({ activity }) => activity,
    );
    const expected = [...groups].map(([activity, cases]) => {
      const magnitudes = cases.flatMap(({ samples }) =>
        samples.map(([x = 0, y = 0, z = 0]) => Math.hypot(x, y, z)),
      );
      return { activity, mean: magnitudes.reduce((sum, value) => sum + value, 0) / magnitudes.length };
    });
    expected.sort((a, b) => b.mean - a.mean);
    const answered = table(byActivity);
    expect(answered.map(({ activity }) => activity)).toEqual(
      expected.map(({ activity }) => activity.toLowerCase()),
    );
    answered.forEach((row, index) => {
      expect(row).toMatchObject({ samples: "900", devices: "9" });
      expect(Math.abs(Number(row["mean_acceleration"]) - (expected[index]?.mean ?? 0))).toBeLessThan(0.002);
    });

    expect(table(extremes)).toEqual([
      {
        device_id: "tracker-lpp-01",
        sub_device: "1",
        metric: "temperature",
        celsius: -4.1,
        codec: "tracker-lpp",
      },
      {
        device_id: "tracker-lpp-01",
        sub_device: "3",
        metric: "temperature",
        celsius: 27.2,
        codec: "tracker-lpp",
      },
    ]);
    expect(table(byCodec).map(({ codec, devices, messages }) => [codec, devices, messages])).toEqual([
      ["wearable-imu", "9", "900"],
      ["environment-senml", "2", "84"],
      ["tracker-lpp", "1", "44"],
      ["environment-senml-cbor", "1", "41"],
      ["machine-json", "1", "40"],
    ]);
  });
});
