/** Models as files for devices: what `npx fieldlake model export` writes, and what Google's own interpreters make of it. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { exportModel } from "../../fleet/commands/models/export.ts";
import { environmentFolders } from "../../fleet/environment.ts";
import { sampleRuns } from "../../fleet/models/labelled-runs.ts";
import { writeGraph } from "../../fleet/models/litert/flatbuffer.ts";
import { forestGraph } from "../../fleet/models/litert/forest.ts";
import { ModelRegistry, type StoredModel } from "../../fleet/models/registry.ts";
import { featuresOf } from "../../functions/models/features.ts";
import { classShares, trainForest, type Forest } from "../../functions/models/forest.ts";
import { WindowCutter } from "../../functions/models/windows.ts";
import { unpackModel } from "../../functions/scoring/model-file.ts";
import { modelType } from "../../functions/scoring/onnx-schema.ts";
import { OnnxError } from "../../functions/scoring/onnx.ts";
import { randomNumbers } from "../support/random.ts";
import { broughtIn } from "./support/tools.ts";
import { fakeTerminal } from "./support/terminal.ts";
import { readLitert } from "./support/litert-file.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "fieldlake-model-export-"));
const folders = environmentFolders(folder);
let model: StoredModel;
beforeAll(() => {
  const registry = new ModelRegistry(join(folders.environment, "models"));
  model = registry.keep("activity", unpackModel(readFileSync("samples/activity.onnx")));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const place = (name: string): string => join(folder, name);
function exported(name: string, options: { budget?: number; format?: "onnx" | "litert" } = {}): string {
  const screen = fakeTerminal({ width: 200 });
  exportModel(
    "activity",
    { out: place(name), budget: 262_144, ...options },
    { terminal: screen.terminal, folders },
  );
  return screen.output();
}

describe("npx fieldlake model export", () => {
  test("writes what the ending says, with its hash, what it is of and what that was trained from", () => {
    const onnx = exported("a.onnx");
    expect(readFileSync(place("a.onnx"))).toEqual(readFileSync(model.file));
    expect(onnx).toContain(`ONNX, 57.5 kB of 262 kB  sha256 ${model.sha256}`);
    const litert = exported("a.tflite");
    const bytes = readFileSync(place("a.tflite"));
    expect(litert).toContain(`LiteRT, 58.9 kB of 262 kB  sha256 ${sha256(bytes)}`);
    for (const output of [onnx, litert]) {
      expect(output).toContain(`activity@${model.sha256.slice(0, 12)}`);
      expect(output).toContain(`from samples/basic-motions.csv: 4,000 samples, sha256 ab931d97fd9d`);
    }
    exported("again.tflite");
    expect(readFileSync(place("again.tflite"))).toEqual(bytes);
    exported("named.model", { format: "litert" });
    expect(readFileSync(place("named.model"))).toEqual(bytes);
  });

  test("a stack's scoring takes the one and refuses the other", () => {
    exported("stack.tflite");
    expect(() => unpackModel(readFileSync(place("stack.tflite")))).toThrow(OnnxError);
    expect(() => unpackModel(onnxOf("LinearClassifier"))).toThrow(
      "no TreeEnsembleClassifier by itself; received ai.onnx.ml.LinearClassifier; allowed: ai.onnx.ml.TreeEnsembleClassifier",
    );
    expect(() => unpackModel(onnxOf("Scaler", "Normalizer", "LinearClassifier", "ZipMap"))).toThrow(
      "received ai.onnx.ml.Scaler, ai.onnx.ml.Normalizer, ai.onnx.ml.LinearClassifier, 1 more;",
    );
    expect(() => unpackModel(onnxOf())).toThrow("received no operator;");
  });

  test("refuses what it can't write as that, and leaves no file", () => {
    for (const name of ["b", "b.bin", "b.tflite2", ".tflite"])
      expect(() => exported(name)).toThrow(
        "has no ending that says a format; allowed: .onnx (ONNX), .tflite (LiteRT)",
      );
    expect(() => exported("b.tflite", { format: "onnx" })).toThrow(
      "is a name of LiteRT files; received --format onnx",
    );
    expect(() => exported("b.onnx", { format: "litert" })).toThrow("is a name of ONNX files");
    expect(() => exported("b.tflite", { budget: 50_000 })).toThrow(
      /activity@[0-9a-f]{12} has \d{5} bytes as LiteRT; allowed by --budget: 50000/,
    );
    expect(() => exported("b.onnx", { budget: 500 })).toThrow(
      "57516 bytes as ONNX; allowed by --budget: 500",
    );
    for (const name of ["b", "b.bin", "b.onnx", "b.tflite"]) expect(existsSync(place(name))).toBe(false);
    writeFileSync(place("there.tflite"), "mine");
    expect(() => exported("there.tflite")).toThrow("EEXIST: file already exists");
    expect(readFileSync(place("there.tflite"), "utf8")).toBe("mine");
  });
});

describe("models as LiteRT", () => {
  test("a file is of the schema's version 3, has built-in operators alone, and says what it is", () => {
    exported("c.tflite");
    const file = readLitert(readFileSync(place("c.tflite")));
    expect(file).toMatchObject({ identifier: "TFL3", version: 3, customOperators: 0 });
    // GATHER, MEAN, CAST, ARG_MAX, LESS_EQUAL, SELECT_V2 of schema.fbs.
    expect(file.operators).toEqual([36, 40, 53, 56, 63, 123]);
    expect(file.misaligned).toBe(0);
    expect(JSON.parse(file.metadata["labels"]!)).toEqual(model.classifier.labels);
    expect(file.metadata["feature_names"]!.split(",")).toHaveLength(model.classifier.forest.features);
    expect(file.metadata["onnx_sha256"]).toBe(model.sha256);
    expect(JSON.parse(file.metadata["fieldlake"]!)).toMatchObject({
      lineage: model.lineage,
      evaluation: model.evaluation,
      shape: model.classifier.shape,
    });
  });

  test("LiteRT and its interpreter for microcontrollers tell the same as ours of every window, share by share", async () => {
    const litert = await fromPyPi("ai_edge_litert.interpreter", [
      "ai-edge-litert==2.3.0",
      "numpy",
      "backports.strenum",
    ]);
    if (litert === null) return;
    const micro = await fromPyPi(
      "tflite_micro.python.tflite_micro.runtime",
      ["tflite-micro==0.dev20261023182759", "flatbuffers==25.12.19"],
      litert,
    );
    const cases = interpreterCases();
    for (const [name, { forest, labels, rows }] of Object.entries(cases)) {
      writeFileSync(place(`${name}.tflite`), writeGraph(forestGraph({ forest, labels, metadata: {} })));
      writeFileSync(place(`${name}.rows`), Buffer.concat(rows.map(({ buffer }) => Buffer.from(buffer))));
    }
    const { stdout } = await run(
      "python3",
      ["test/fleet/support/interpreters.py", String(micro !== null), ...Object.keys(cases).map(place)],
      {
        env: { ...process.env, PYTHONPATH: [litert, micro].filter((path) => path !== null).join(":") },
        maxBuffer: 1 << 26,
      },
    );
    const told = JSON.parse(stdout) as Record<
      string,
      Record<string, { shares: number[][]; label: number[] }>
    >;
    for (const [name, { forest, rows }] of Object.entries(cases)) {
      const answers = Object.values(told[place(name)]!);
      expect(answers).toHaveLength(micro === null ? 2 : 3);
      for (const { shares, label } of answers) {
        expect(shares).toHaveLength(rows.length);
        for (const [index, row] of rows.entries()) {
          const ours = classShares(forest, row);
          for (const [at, share] of ours.entries())
            expect(Math.abs(shares[index]![at]! - share)).toBeLessThan(1e-6);
          expect(ours[label[index]!]).toBeCloseTo(Math.max(...ours), 6);
        }
      }
    }
  }, 180_000);
});

/** A model of other kinds of operators. */
const onnxOf = (...kinds: readonly string[]): Uint8Array => {
  const node = kinds.map((op_type) => ({ op_type, domain: "ai.onnx.ml" }));
  return modelType.encode({ ir_version: 8, graph: { node, name: "other" } }).finish();
};

/** A folder with these packages and no others, the first of which `module` is of; `null` where they can't be had or used. */
const fromPyPi = (module: string, packages: readonly string[], beside = ""): Promise<string | null> =>
  broughtIn(packages[0]!.replace("==", "-"), async (draft) => {
    const pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--target", draft];
    await run("python3", [...pip, ...packages], { maxBuffer: 1 << 24 });
    await run("python3", ["-c", `import ${module}`], {
      env: { ...process.env, PYTHONPATH: `${draft}:${beside}` },
    });
  });

/** The sample model on its recording; forests and numbers that no recording has. */
function interpreterCases() {
  const { forest, labels, shape } = model.classifier;
  const windows = sampleRuns().runs.flatMap(({ samples }) => {
    const cutter = new WindowCutter({ ...shape, step: 10 });
    const cut = samples.map(({ time, values }) => cutter.push(time, values));
    return cut.filter((window) => window !== null).map((window) => featuresOf(shape, window));
  });
  expect(windows.length).toBeGreaterThanOrEqual(240);
  const random = randomNumbers(9);
  const rows = Array.from({ length: 60 }, () => Float32Array.from({ length: 5 }, () => random() * 8 - 4));
  const classes = rows.map(([first]) => (first! > 1 ? 2 : first! > random() - 1 ? 1 : 0));
  const unsure = trainForest(rows, classes, 3, { trees: 7, seed: 4, leastSamples: 12 });
  const thresholds = unsure.trees.flatMap(({ threshold }) => [...threshold]);
  const odd = [NaN, Infinity, -Infinity, -0, 3.4e38, 1e-45].map((value) => new Float32Array(5).fill(value));
  const onThem = thresholds.map((value) => new Float32Array(5).fill(value));
  const leaf = (...shares: number[]): Forest["trees"][number] => ({
    ...{ feature: Int32Array.of(-1), threshold: new Float32Array(1), shares: Float32Array.from(shares) },
    ...{ left: new Int32Array(1), right: new Int32Array(1) },
  });
  const stumps: Forest = { classes: 2, features: 5, trees: [leaf(0.25, 0.75), leaf(1, 0)] };
  return {
    activity: { forest, labels, rows: windows },
    unsure: { forest: unsure, labels: ["a", "b", "c"], rows: [...rows, ...odd, ...onThem] },
    stumps: { forest: stumps, labels: ["a", "b"], rows: odd },
  };
}
