/** A small model of the recording, as a stack deploys it, and what a wrist band sends. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sampleRuns } from "../../fleet/models/labelled-runs.ts";
import type { Profile, RawBinaryProfile } from "../../functions/core/profiles/profile.ts";
import { evaluate, trainClassifier, type Classifier } from "../../functions/models/classifier.ts";
import { deployModels, type DeployedModel } from "../../functions/scoring/deployed.ts";
import { packModel } from "../../functions/scoring/model-file.ts";
import { imuFrames } from "../../samples/imu-frames.ts";
import { axes, readRecording } from "../../samples/recording.ts";

export interface ActivityModel {
  readonly classifier: Classifier;
  readonly model: DeployedModel;
}

/** Windows of 5 s, every 2.5 s. @param folder where its file is kept */
export async function activityModel(
  folder: string,
  profiles: readonly Profile[],
  { trees = 10, seed = 1 } = {},
): Promise<ActivityModel> {
  const { runs, source, sha256 } = sampleRuns();
  const shape = { axes, period: 100_000, size: 50, step: 25 };
  const forest = { trees, seed };
  const classifier = trainClassifier(runs, shape, forest);
  const lineage = { source, sha256, samples: 4_000, runs: runs.length, codecs: [], seed };
  const evaluation = { ...evaluate(runs, shape, forest, 2), folds: 2 };
  const file = join(folder, `activity-${seed}.onnx`);
  writeFileSync(file, packModel({ classifier, lineage, evaluation: structuredClone(evaluation) as never }));
  const declared = { name: "activity", file, devices: "wrist-*", table: "frames_wearable_imu" };
  const [model] = await deployModels([declared], profiles, join(folder, "models"));
  return { classifier, model: model! };
}

/** An eighth of the recording's cases, in frames. @param part 0 to 7 @param start microseconds */
export function wristFrames({ layout }: RawBinaryProfile, part: number, start: number): Buffer[] {
  const own = readRecording().filter((_, index) => index % 8 === part);
  return imuFrames(layout!, own, start).map(({ bytes }) => Buffer.from(bytes));
}

/** The profile as it was before somebody saw that one axis has another scale. */
export function withWrongScale(profile: RawBinaryProfile): RawBinaryProfile {
  const wrong = JSON.stringify(profile).replace(/("name":"accel_x".*?"scale":)0\.001/, "$10.012");
  return JSON.parse(wrong) as RawBinaryProfile;
}

/** As it was corrected. */
export const corrected = (profile: RawBinaryProfile): RawBinaryProfile => ({ ...profile, version: "2" });
