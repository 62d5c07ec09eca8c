import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { sampleFleet } from "../../samples/fleet.ts";
import { recordingLength, sampleMessages } from "../../samples/messages.ts";
import { axes, parseRecording, readRecording, RecordingError } from "../../samples/recording.ts";
import { summarise } from "../../samples/summaries.ts";
import { decodeSamples, device, material, messagesOf, testBase } from "./support/samples.ts";

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("hex");

describe("the recording", () => {
  test("has forty cases of a hundred samples, ten of each activity", () => {
    const recording = readRecording();
    expect(recording.map(({ number }) => number)).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
    expect(recording.every(({ samples }) => samples.length === 100)).toBe(true);
    const byActivity = Map.groupBy(recording, ({ activity }) => activity);
    expect([...byActivity.values()].map(({ length }) => length)).toEqual([10, 10, 10, 10]);
  });

  test.each([
    ["a,b", 'x.csv:1: header is "a,b", expected "case,activity,t_s,accel_x'],
    ["1,Standing,0.0,1,2,3,4,5", "x.csv:2: 8 columns, expected 9"],
    ["1,Flying,0.0,1,2,3,4,5,6", 'x.csv:2: activity "Flying" is unknown; allowed: Standing, Running'],
    ["1,Standing,0.0,1,,3,4,5,6", "x.csv:2: column 5 is not a number"],
    ["1,Standing,0.1,1,2,3,4,5,6", "x.csv:2: t_s is 0.1, expected 0: samples follow each other at 10 Hz"],
    [
      "1,Standing,0.0,1,2,3,4,5,6\n1,Running,0.1,1,2,3,4,5,6",
      "x.csv:3: case 1 changes its activity to Running",
    ],
  ])("refuses a damaged file: %j", (text, message) => {
    const header = `case,activity,t_s,${axes.join(",")}\n`;
    const parse = () => parseRecording(text.startsWith("a") ? text : header + text, "x.csv");
    expect(parse).toThrow(RecordingError);
    expect(parse).toThrow(message);
  });
});

describe("the sample fleet", () => {
  test("is the fleet that Pulumi.local-dev.yaml pins, with the same profiles", () => {
    const stack = readFileSync(new URL("../../Pulumi.local-dev.yaml", import.meta.url), "utf8");
    const pinned = [...stack.matchAll(/\{ id: (\S+), profile: (\S+) \}/g)].map(([, id, profile]) => ({
      id,
      profile,
    }));
    expect(pinned).toEqual(sampleFleet.map(({ id, profile }) => ({ id, profile })));
  });

  test("the wrist bands play every case once, one of each activity", () => {
    const wrists = sampleFleet.filter(({ group }) => group === "wearables");
    const played = wrists.flatMap(({ cases }) => cases).sort((a, b) => a - b);
    expect(played).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    for (const { cases } of wrists) {
      const activities = cases.map((number) => material.recording[number - 1]?.activity);
      expect(activities).toEqual(["Standing", "Running", "Walking", "Badminton"]);
    }
  });
});

describe("messages", () => {
  test("4,000 samples become 1,000 frames, the first of them byte for byte", () => {
    const wrists = sampleFleet.filter(({ group }) => group === "wearables");
    const frames = wrists.flatMap(({ id }) => messagesOf(id)).filter(({ payload }) => payload.length === 62);
    expect(new Set(frames.map(({ payload }) => hex(payload))).size).toBe(1000);
    // Layout 1, standing, sequence 0; 2026-11-24T00:00:00Z in milliseconds; 100 ms; then four samples, of which the
    // first is 0.079106, 0.394032, 0.551444 in thousandths and 0.351565, 0.02397, 0.633883 in 800ths.
    expect(hex(messagesOf("wrist-01")[0]?.payload)).toBe(
      "010100000000" +
        "002cda0aa201" +
        "6400" +
        "4f008a01270219011300fb01" +
        "4f008a01270219011300fb01" +
        "79fcaef1e5feb3ff00ff0a03" +
        "5c0470fd4d01140538fec703",
    );
  });

  test("the same base gives the same bytes, another base others", () => {
    for (const { id } of sampleFleet) {
      const [once, again, later] = [testBase, testBase, testBase + 1_000_000].map((base) =>
        messagesOf(id, base).map(({ payload }) => hex(payload)),
      );
      expect(again).toEqual(once);
      expect(later?.filter((payload) => once?.includes(payload))).toEqual([]);
    }
  });

  test("every device sends in order, from the base on, within the recording's length", () => {
    for (const { id } of sampleFleet) {
      const times = messagesOf(id).map(({ time }) => time);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times[0]).toBeGreaterThanOrEqual(testBase);
      expect(times.at(-1)).toBeLessThanOrEqual(testBase + recordingLength);
    }
  });

  test("decode to the recording's values, the deliberate faults go to quarantine with their reasons", () => {
    const { frames, readings, quarantined, warnings } = decodeSamples(sampleFleet);
    // One frame is sent twice: recognised later, by its id.
    expect(frames).toHaveLength(4004);
    expect(new Set(frames.map(({ deviceId, ts }) => `${deviceId} ${ts}`)).size).toBe(4000);
    expect(quarantined.map(({ message, reason }) => [message.deviceId, reason])).toEqual([
      ["wrist-10", "schema"],
      ["room-senml-02", "version"],
      ["tracker-lpp-01", "unknown-type"],
    ]);
    expect(warnings).toEqual([]);
    expect(
      [...frames, ...readings].filter(({ flags, codec }) => codec !== "tracker-lpp" && flags !== 0),
    ).toEqual([]);

    const [first] = frames.filter(
      ({ deviceId, ts }) => deviceId === "wrist-02" && ts === testBase + 13_700_000,
    );
    const recorded = material.recording[11]?.samples[37] ?? [];
    const halfSteps = [0.0005, 0.0005, 0.0005, 0.000625, 0.000625, 0.000625];
    first?.values.forEach((value, axis) => {
      expect(Math.abs((value ?? Number.NaN) - (recorded[axis] ?? 0))).toBeLessThanOrEqual(
        (halfSteps[axis] ?? 0) + 1e-9,
      );
    });
    expect(recorded).toHaveLength(6);
  });

  test("the machine's summaries follow the recording second by second", () => {
    const texts = messagesOf("press-json-01").map(({ payload }) => Buffer.from(payload).toString());
    const messages = texts.map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(messages).toHaveLength(40);
    expect(messages[0]).toMatchObject({ seq: 0, ts: testBase / 1000 + 1000, state: "idle", running: false });
    expect(messages[39]).toMatchObject({ seq: 39, state: "pressing", running: true });

    const samples = material.recording[1]?.samples.slice(0, 10) ?? [];
    const mean =
      samples.reduce((sum, [x = 0, y = 0, z = 0]) => sum + Math.sqrt(x * x + y * y + z * z), 0) / 10;
    expect(messages[0]?.["vibration"]).toBeCloseTo(mean, 3);
    const cycles = messages.map((message) => Number(message["cycles"]));
    expect(cycles).toEqual(cycles.toSorted((a, b) => a - b));
  });

  test("refuse what would not be reproducible or not recorded", () => {
    expect(() => messagesOf("wrist-01", testBase + 1)).toThrow(/allowed: whole seconds/);
    const strange = { ...device("wrist-01"), cases: [41] };
    expect(() => sampleMessages(material, strange, testBase)).toThrow(
      "wrist-01: the recording has no case 41",
    );
  });
});

test("a summary takes all people of a second together", () => {
  const flat = (value: number) => Array.from({ length: 20 }, () => [value, 0, 0, 0, value, 0]);
  const person = (number: number, value: number) => [
    { number, activity: "Walking" as const, samples: flat(value) },
  ];
  expect(summarise([person(1, 1), person(2, 3)])).toEqual(
    [1, 2].map((end) => ({
      end,
      activity: "Walking",
      meanAcceleration: 2,
      peakAcceleration: 3,
      meanRotation: 2,
      strokes: 0,
    })),
  );
});
