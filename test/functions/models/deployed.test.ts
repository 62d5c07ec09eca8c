/** What is checked of a stack's models before anything is deployed, and what their scores are called. */
import { afterAll, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Profile } from "../../../functions/core/profiles/profile.ts";
import { validateProfile } from "../../../functions/core/profiles/schema.ts";
import { trainClassifier, type LabelledRun } from "../../../functions/models/classifier.ts";
import { scoringDeclaration } from "../../../functions/scoring/declaration.ts";
import { deployScoring } from "../../../functions/scoring/deployed.ts";
import { packModel } from "../../../functions/scoring/model-file.ts";
import { scoreMetrics } from "../../../functions/scoring/score-message.ts";
import { readProfiles } from "../../../profiles/read.ts";

const folder = mkdtempSync(join(tmpdir(), "fieldlake-deployed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function modelFile(name: string, axis: string): string {
  const runs = ["a", "b"].map((label, level): LabelledRun => ({
    label,
    samples: Array.from({ length: 40 }, (_, at) => ({ time: at * 1_000, values: [level * 9 + (at % 3)] })),
  }));
  const shape = { axes: [axis], period: 1_000, size: 20, step: 10 };
  const classifier = trainClassifier(runs, shape, { trees: 2, seed: 1 });
  const lineage = { source: "test", sha256: "0", samples: 80, runs: 2, codecs: [], seed: 1 };
  const evaluation = { confusion: [], windows: 0, rightWindows: 0, runs: 2, rightRuns: 0, folds: 2 };
  const file = join(folder, name);
  writeFileSync(file, packModel({ classifier, lineage, evaluation }));
  return file;
}

const deploy = async (models: readonly object[], profiles: readonly Profile[]) =>
  deployScoring(
    { scoring: scoringDeclaration.parse({ models }), bindings: [] },
    profiles,
    join(folder, "out"),
  );

test("a model is deployed under its hash, with profile and binding of its scores before the stack's own", async () => {
  const profiles = await readProfiles(["wearable-imu"]);
  const file = modelFile("good.onnx", "accel_x");
  const model = { name: "wear-state", file, table: "frames_wearable_imu" };
  const { scoring, profiles: all, bindings } = await deploy([model], profiles);
  const [deployed] = scoring.models;
  expect(deployed).toMatchObject({ name: "wear-state", labels: ["a", "b"], devices: "*", stepSeconds: null });
  expect(deployed!.file).toBe(join(folder, "out", `${deployed!.sha256}.onnx`));
  const version = deployed!.sha256.slice(0, 12);
  expect(bindings).toEqual([
    { devices: "*", channel: `scores/wear-state/${version}`, profile: "score-wear-state" },
    { devices: "*", channel: "scores/wear-state/*", profile: "former-wear-state" },
  ]);
  expect(all.slice(1).map(({ version }) => version)).toEqual([version, "1"]);
  // A profile of a stack has numbers for a version; one of scores has its model's.
  const names = all.slice(1).map((profile) => validateProfile({ ...profile, version: "1" }, "scores").name);
  expect(names).toEqual(["score-wear-state", "former-wear-state"]);
});

test("every mistake is named at once, with what is allowed", async () => {
  const profiles = await readProfiles(["wearable-imu"]);
  const good = modelFile("good.onnx", "accel_x");
  const other = modelFile("other.onnx", "humidity");
  writeFileSync(join(folder, "none.onnx"), "no model");
  const table = "frames_wearable_imu";
  const models = [
    { name: "gone", file: join(folder, "gone.onnx"), table },
    { name: "none", file: join(folder, "none.onnx"), table },
    { name: "pinned", file: good, table, sha256: "0".repeat(64) },
    { name: "lost", file: good, table: "frames_other" },
    { name: "axes", file: other, table },
  ];
  const thrown: unknown = await deploy(models, profiles).catch((error: unknown) => error);
  const lines = (thrown as Error).message.split("\n");
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatch(/^fieldlake:scoring\.models\[0\]: .*gone\.onnx: .*ENOENT/);
  expect(lines[1]).toContain("the file is no ONNX model");
  expect(lines[2]).toContain(`allowed: ${"0".repeat(64)}`);
  expect(lines[3]).toContain('its table is "frames_other"; allowed: frames_wearable_imu');
  expect(lines[4]).toContain("it needs humidity; frames_wearable_imu has accel_x");
});

test("models have a budget together, which is that of a function's package", async () => {
  const profiles = await readProfiles(["wearable-imu"]);
  const file = join(folder, "large.onnx");
  writeFileSync(file, Buffer.alloc(4 << 20));
  const models = Array.from({ length: 9 }, (_, index) => ({
    ...{ name: `model-${index}`, file, table: "frames_wearable_imu" },
  }));
  await expect(deploy(models, profiles)).rejects.toThrow(
    `fieldlake:scoring.models: received files of ${9 * 4 * 2 ** 20} bytes together; allowed: ${32 * 2 ** 20}`,
  );
});

test("labels of any script have metrics of their own", () => {
  expect(scoreMetrics({ name: "wear-state", labels: ["At rest!", "at-rest", "歩く", "run"] }).shares).toEqual(
    ["wear_state_is_at_rest", "wear_state_is_label_1", "wear_state_is_label_2", "wear_state_is_run"],
  );
});
