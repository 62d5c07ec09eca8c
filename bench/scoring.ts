/**
 * Windows a second of the sample's model: its trees alone beside ONNX Runtime, which gets the same features; from samples to
 * scores; and from files to messages, as the functions of AWS and Azure do it over an object store in memory.
 *
 *     node bench/scoring.ts
 *
 * Both sides have to tell the same labels and shares before anything is measured. The middle of three runs, one thread.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { frameFiles } from "../functions/adapters/frame-files.ts";
import { parquetSink } from "../functions/adapters/lake.ts";
import { frameBlocks } from "../functions/core/columns.ts";
import type { FrameRow } from "../functions/core/model.ts";
import { Scorer } from "../functions/models/classifier.ts";
import { featuresOf } from "../functions/models/features.ts";
import { classShares } from "../functions/models/forest.ts";
import { WindowCutter } from "../functions/models/windows.ts";
import { FrameScoring, type Score } from "../functions/scoring/frame-scoring.ts";
import { unpackModel } from "../functions/scoring/model-file.ts";
import { sampleRuns } from "../fleet/models/labelled-runs.ts";
import { startPythonPeers } from "./support/python-peers.ts";

const model = join(import.meta.dirname, "../samples/activity.onnx");
const bytes = readFileSync(model);
const { classifier } = unpackModel(bytes);
const { shape, labels, forest } = classifier;
const { runs, period } = sampleRuns();
const samples = runs.flatMap((run) => run.samples.map(({ values }) => values));

const rows = runs.flatMap((run) => {
  const cutter = new WindowCutter(shape);
  return run.samples
    .map(({ time, values }) => cutter.push(time, values))
    .filter((window) => window !== null)
    .map((window) => featuresOf(shape, window));
});
const told = rows.map((row) => classShares(forest, row));
const strongest = (shares: ArrayLike<number>): string =>
  labels[Array.from(shares).indexOf(Math.max(...Array.from(shares)))]!;

const turns = 3;
const middle = (rates: readonly number[]): number =>
  rates.toSorted((one, other) => one - other)[rates.length >> 1]!;
/** Windows a second of each turn, of which the first is not counted. */
async function measured(work: () => number | Promise<number>): Promise<number> {
  const rates: number[] = [];
  for (let turn = 0; turn <= turns; turn++) {
    const start = performance.now();
    const windows = await work();
    if (turn > 0) rates.push((windows * 1_000) / (performance.now() - start));
  }
  return middle(rates);
}

interface Answer {
  readonly labels: readonly string[];
  readonly shares: readonly (readonly number[])[];
  readonly single: number;
  readonly batch: number;
}
const rounds = 20;
const peer = await startPythonPeers<object, Answer>(
  "scoring",
  ["onnxruntime==1.31.1", "numpy==2.4.0"],
  join(import.meta.dirname, "peers/scoring.py"),
);
const ask = () => peer.ask({ model, rows: rows.map((row) => [...row]), rounds, batch: 1_000 });
const answers: Answer[] = [await ask()];
const [first] = answers as [Answer];
assert.deepEqual(first.labels, told.map(strongest));
first.shares.forEach((shares, row) =>
  shares.forEach((share, label) => assert.ok(Math.abs(share - told[row]![label]!) < 1e-5)),
);
for (let turn = 1; turn < turns; turn++) answers.push(await ask());
peer.stop();

const trees = await measured(() => {
  for (let round = 0; round < rounds; round++) for (const row of rows) classShares(forest, row);
  return rounds * rows.length;
});

const streamed = await measured(() => {
  const scorer = new Scorer(classifier);
  let windows = 0;
  for (let round = 0, time = 0; round < 3; round++)
    for (const values of samples) if (scorer.push((time += period), values) !== null) windows++;
  return windows;
});

/** 20 s of 100 devices a file, six files one after the other. */
const [devices, batches, seconds] = [100, 6, 20];
const stored = new Map<string, Uint8Array>();
const objects = {
  create: (bucket: string, key: string, content: Uint8Array) =>
    Promise.resolve(stored.set(`${bucket}/${key}`, content).size > 0),
  read: (bucket: string, key: string) => Promise.resolve(stored.get(`${bucket}/${key}`)!),
};
const table = {
  name: "frames_wearable_imu",
  columns: shape.axes.map((name) => ({ name, unit: null })),
};
const start = Date.UTC(2026, 10, 21, 7) * 1_000;
const files: string[] = [];
for (let batch = 0; batch < batches; batch++) {
  const own = Array.from({ length: devices }, (_, device) => `wrist-${device}`).flatMap((deviceId, device) =>
    Array.from({ length: (seconds * 1_000_000) / period }, (_, at): FrameRow => {
      const index = (batch * seconds * 1_000_000) / period + at;
      const ts = start + index * period;
      return {
        ...{ table, tenant: "acme", deviceId, ts, tsRaw: null, quality: 0, flags: 0, seq: null },
        ...{ ingestTs: ts, msgId: Buffer.alloc(16), lane: "live", codec: "wearable-imu", codecVersion: "1" },
        values: samples[(device * 97 + index) % samples.length]!,
      };
    }),
  );
  const before = new Set(stored.keys());
  for (const block of frameBlocks(own)) await parquetSink(objects, "curated", "hex").write(block);
  files.push(
    ...[...stored.keys()].filter((key) => !before.has(key)).map((key) => key.slice("curated/".length)),
  );
}
const sha256 = createHash("sha256").update(bytes).digest("hex");
const scored = await measured(async () => {
  let windows = 0;
  const there = new Set<string>();
  const scoring = new FrameScoring(
    [{ name: "activity", sha256, labels, devices: "*", table: table.name, classifier }],
    {
      files: frameFiles(
        "curated",
        objects,
        { range: async (bucket, key, from, to) => (await objects.read(bucket, key)).slice(from, to) },
        {
          all: (_, prefix) =>
            Promise.resolve(
              [...there]
                .filter((key) => key.startsWith(prefix))
                .map((key) => ({ key, bytes: stored.get(`curated/${key}`)!.length, modifiedMs: 0 })),
            ),
        },
      ),
      send: (scores: readonly Score[]) => Promise.resolve(void (windows += scores.length)),
      metrics: { put: () => undefined },
      now: () => start / 1_000,
    },
  );
  for (const file of files) {
    there.add(file);
    await scoring.score([file]);
  }
  return windows;
});

const rate = (value: number): string => Math.round(value).toLocaleString("en");
const [single, batch] = [middle(answers.map((one) => one.single)), middle(answers.map((one) => one.batch))];
console.log(`${rows.length} windows, ${forest.trees.length} trees: equal labels and shares

| | windows/s | beside ours |
|---|---|---|
| Fieldlake, trees alone | ${rate(trees)} | 1 |
| ONNX Runtime 1.31.1, a window a call | ${rate(single)} | ${(single / trees).toFixed(2)} |
| ONNX Runtime 1.31.1, 1,000 windows a call | ${rate(batch)} | ${(batch / trees).toFixed(2)} |
| Fieldlake, samples to scores | ${rate(streamed)} | ${(streamed / trees).toFixed(2)} |
| Fieldlake, files to messages (${files.length} files of ${devices} devices, ${seconds} s) | ${rate(scored)} | ${(scored / trees).toFixed(2)} |`);
