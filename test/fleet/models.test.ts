import { afterAll, describe, expect, test } from "@jest/globals";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { list } from "../../fleet/commands/models/list.ts";
import { train } from "../../fleet/commands/models/train.ts";
import { environmentFolders } from "../../fleet/environment.ts";
import { OnnxError, readOnnx } from "../../functions/scoring/onnx.ts";
import { sampleRuns } from "../../fleet/models/labelled-runs.ts";
import { ModelRegistry } from "../../fleet/models/registry.ts";
import type { SiteConnection } from "../../fleet/site-client.ts";
import { featuresOf } from "../../functions/models/features.ts";
import { classShares } from "../../functions/models/forest.ts";
import { WindowCutter } from "../../functions/models/windows.ts";
import { randomNumbers } from "../support/random.ts";
import { fakeTerminal } from "./support/terminal.ts";
import { broughtIn } from "./support/tools.ts";

const folder = mkdtempSync(join(tmpdir(), "fieldlake-models-"));
const folders = environmentFolders(folder);
const models = new ModelRegistry(join(folders.environment, "models"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function setUp() {
  const screen = fakeTerminal({ width: 120 });
  return { screen, context: { terminal: screen.terminal, folders, site: {} as SiteConnection } };
}
const options = { samples: true, window: 5, trees: 30, seed: 1, folds: 5 };

describe("npx fieldlake model", () => {
  test("trains activity recognition on the samples, shows the confusion matrix, and is the same again", async () => {
    const { screen, context } = setUp();
    await train("activity", options, context);
    expect(screen.output()).toContain("badminton");
    expect(screen.output()).toMatch(/right, of what it had not seen \(5 folds\): (39|40) of 40 stretches/);
    const { sha256, evaluation, lineage } = models.find("activity");
    expect(evaluation.rightWindows / evaluation.windows).toBeGreaterThan(0.95);
    expect(lineage).toMatchObject({
      source: "samples/basic-motions.csv",
      samples: 4_000,
      runs: 40,
      codecs: [],
    });
    await train("activity", { ...options, json: true }, context);
    expect(models.list().map((model) => model.sha256)).toEqual([sha256]);
    await train("activity", { ...options, seed: 2, trees: 5 }, context);
    expect(models.find("activity").classifier.forest.trees).toHaveLength(5);
    expect(models.find(`activity@${sha256.slice(0, 8)}`).sha256).toBe(sha256);
    const shown = setUp();
    list({}, shown.context);
    expect(shown.screen.output()).toContain(`activity@${sha256.slice(0, 12)}`);
  });

  test("the model that the sample environment scores with is the one that its recording gives", async () => {
    const { context } = setUp();
    await train("sample", { ...options, trees: 100, folds: 40, json: true }, context);
    expect(readFileSync("samples/activity.onnx")).toEqual(readFileSync(models.find("sample").file));
  });

  test("what can't be done is said, with what can", async () => {
    const { context } = setUp();
    await expect(train("a", { ...options, samples: false }, context)).rejects.toThrow(
      "labelled rows of the lake",
    );
    await expect(train("../a", options, context)).rejects.toThrow('a model\'s name is "../a"');
    await expect(train("a", { ...options, window: 0.2 }, context)).rejects.toThrow("holds 2 samples");
    await expect(train("a", { ...options, window: 60 }, context)).rejects.toThrow(
      "as long as a window of 600 samples",
    );
    expect(() => models.find("b")).toThrow("there is no model b");
    expect(() => models.find("activity@zz")).toThrow("there is no model activity@zz");
  });
});

describe("models as ONNX", () => {
  test("ONNX Runtime tells the same of every window, share by share", async () => {
    const python = await broughtIn("onnxruntime-1.32.0", async (draft) => {
      const pip = [
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--target",
        draft,
        "onnxruntime==1.32.0",
      ];
      await promisify(execFile)("python3", pip, { maxBuffer: 1 << 24 });
    });
    if (python === null) return;
    const { classifier, file } = models.find("activity");
    const rows = sampleRuns().runs.flatMap(({ samples }) => {
      const cutter = new WindowCutter(classifier.shape);
      const windows = samples.map(({ time, values }) => cutter.push(time, values));
      return windows
        .filter((window) => window !== null)
        .map((window) => featuresOf(classifier.shape, window));
    });
    const input = join(folder, "rows.json");
    writeFileSync(input, JSON.stringify(rows.map((row) => Array.from(row))));
    const program = `
import json, sys, numpy, onnxruntime
rows = numpy.array(json.load(open(sys.argv[2])), dtype=numpy.float32)
label, shares = onnxruntime.InferenceSession(sys.argv[1]).run(None, {"features": rows})
print(json.dumps({"label": label.tolist(), "shares": shares.tolist()}))`;
    const { stdout } = await promisify(execFile)("python3", ["-c", program, file, input], {
      env: { ...process.env, PYTHONPATH: python },
      maxBuffer: 1 << 24,
    });
    const theirs = JSON.parse(stdout) as { label: string[]; shares: number[][] };
    expect(rows).toHaveLength(120);
    rows.forEach((row, index) => {
      const ours = classShares(classifier.forest, row);
      ours.forEach((share, label) => expect(theirs.shares[index]![label]).toBeCloseTo(share, 5));
      const best = classifier.labels[ours.indexOf(Math.max(...ours))];
      // Where two labels have equal shares, either is right.
      if (Array.from(ours).filter((share) => share > Math.max(...ours) - 1e-5).length === 1)
        expect(theirs.label[index]).toBe(best);
    });
  }, 180_000);

  test("a file that was changed anywhere is refused, or still a forest whose every path ends", () => {
    const { file } = models.find("activity");
    const good = readFileSync(file);
    const random = randomNumbers(5);
    let refused = 0;
    for (let left = 300; left > 0; left--) {
      const bytes = Buffer.from(good);
      for (let more = 4; more > 0; more--) bytes[Math.floor(random() * bytes.length)] = random() * 256;
      try {
        const { forest } = readOnnx(bytes);
        if (forest.features > 0 && forest.features < 10_000)
          classShares(forest, new Float32Array(forest.features));
      } catch (error) {
        expect(error).toBeInstanceOf(OnnxError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(20);
    expect(() => readOnnx(Buffer.from("no model"))).toThrow(OnnxError);
    expect(() => readOnnx(new Uint8Array())).toThrow("no TreeEnsembleClassifier");
  });

  test("a registry whose file was exchanged says so", () => {
    const place = join(folders.environment, "models", "activity");
    const [name] = readdirSync(place);
    const bytes = readFileSync(join(place, name!));
    writeFileSync(join(place, name!), Buffer.concat([bytes, Buffer.from([0x12, 0])]));
    expect(() => models.list()).toThrow("its content is not what its name says");
    writeFileSync(join(place, name!), bytes);
  });
});
