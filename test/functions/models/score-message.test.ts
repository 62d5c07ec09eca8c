/** A model's scores as its stack decodes them, and those of a version that was replaced. */
import { expect, test } from "@jest/globals";
import { createDecoder } from "../../../functions/core/decoder.ts";
import { nodePorts } from "../../../functions/platform.ts";
import {
  scoreBindings,
  scoreChannel,
  scorePayload,
  scoreProfiles,
  type ScoringModel,
} from "../../../functions/scoring/score-message.ts";
import { message, received } from "../support.ts";

const model = (sha256: string, labels: readonly string[]): ScoringModel => ({
  ...{ name: "gait", sha256, labels, devices: "*", table: "frames_wearable_imu" },
});
const former = model("a".repeat(64), ["rest", "run"]);
const deployed = model("b".repeat(64), ["walk", "rest"]);

const score = (by: ScoringModel) =>
  message(
    Buffer.from(
      scorePayload(
        by,
        {
          ...{ from: received - 5_000_000, to: received - 1, label: by.labels[0]!, share: 0.75 },
          shares: Float32Array.of(0.75, 0.25),
        },
        50,
      ),
    ).toString(),
    { channel: scoreChannel(by) },
  );
const decoder = createDecoder(scoreProfiles(deployed), scoreBindings(deployed), nodePorts);

test("each row of a score says which version of the model it is of", () => {
  const { readings, quarantined } = decoder.decode([score(deployed)]);
  expect(quarantined).toEqual([]);
  expect(readings.map(({ metric, valueText, valueDouble }) => [metric, valueText ?? valueDouble])).toEqual([
    ["gait_label", "walk"],
    ["gait_share", 0.75],
    ["gait_model", `gait@${"b".repeat(64)}`],
    ["gait_rests_on", expect.stringContaining('"rows":50')],
    ["gait_is_walk", 0.75],
    ["gait_is_rest", 0.25],
  ]);
  for (const { codec, codecVersion, ts } of readings)
    expect([codec, codecVersion, ts]).toEqual(["score-gait", "bbbbbbbbbbbb", received - 1]);
});

test("what a replaced version told is kept as that version's, and never read by the labels of the new one", () => {
  const { readings, quarantined } = decoder.decode([score(former)]);
  expect(quarantined).toEqual([]);
  expect(readings.map(({ metric, valueText }) => [metric, valueText])).toEqual([
    ["gait_label", "rest"],
    ["gait_share", null],
    ["gait_model", `gait@${"a".repeat(64)}`],
    ["gait_rests_on", expect.any(String)],
  ]);
  expect(new Set(readings.map(({ codec }) => codec))).toEqual(new Set(["former-gait"]));
});

test("the same window is the same message by the same version, another one by another", () => {
  const idOf = (by: ScoringModel) =>
    Buffer.from(decoder.decode([score(by)]).readings[0]!.msgId).toString("hex");
  expect(idOf(deployed)).toBe(idOf(deployed));
  expect(idOf(deployed)).not.toBe(idOf({ ...former, labels: deployed.labels }));
});
