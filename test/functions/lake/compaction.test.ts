/** Compaction of a cloud's lake, ended at every step, with readers in between. */
import { describe, expect, test } from "@jest/globals";
import { duckDbMerge } from "../../../functions/adapters/duckdb-merge.ts";
import { parquetSink } from "../../../functions/adapters/lake.ts";
import { readingsBlock } from "../../../functions/core/columns.ts";
import type { Reading } from "../../../functions/core/model.ts";
import { compactLake, type CompactionPorts, type MergeFiles } from "../../../functions/lake/compaction.ts";
import { changeDay } from "../../../functions/lake/day-change.ts";
import { dayFiles } from "../../../functions/lake/day-files.ts";
import { memoryLake, type MemoryLake } from "../../support/memory-lake.ts";
import { pressReadings } from "../../support/press-reading.ts";
import { parquetRows } from "../parquet-rows.ts";

const hourMs = 3_600_000;
const day = "2026-11-21";
/** Microseconds; three hours later it is compacted. */
const at = Date.UTC(2026, 10, 21, 7, 15) * 1_000;
const reading = pressReadings(at);
const id = (number: number) => new Uint8Array(16).fill(number);
const merge = duckDbMerge({ memory: "128MB", codec: "SNAPPY", version: "V1" });

class Killed extends Error {}

const none = { merged: 0, made: 0, rows: 0, repeats: 0, cleared: 0, disturbed: 0, failed: 0 };

/** One message a file, two rows each; the last file is the first message once more, which came later. */
const messages: Reading[][] = [1, 2, 3, 4, 5, 1].map((number, index) =>
  ["temperature", "rpm"].map((metric) =>
    reading({
      ...{ metric, msgId: id(number), ts: at + number * 1_000, valueDouble: number },
      ingestTs: at + index * 1_000_000,
    }),
  ),
);

async function filledLake() {
  let now = at / 1_000 + 60_000;
  const lake = memoryLake(() => now);
  const sink = parquetSink(lake.objects, "curated", "bytes");
  for (const rows of messages) await sink.write(readingsBlock(rows));
  const later = (ms: number) => void (now += ms);
  later(3 * hourMs);
  const said: string[] = [];
  const complain = (message: string) => void said.push(message);
  const run = (over: Partial<CompactionPorts> = {}) =>
    compactLake("curated", { ...lake, merge, complain, now: () => now, until: Infinity, ...over });
  return { lake, run, later, said, now: () => now };
}

const filesOf = (lake: MemoryLake) =>
  [...lake.stored.keys()].filter((name) => name.endsWith(".parquet")).sort();

/** Rows as a reader that knows of records has them; each with how many there are of it. */
async function rowsOf({ stored, ...lake }: MemoryLake): Promise<unknown[]> {
  const quiet = { ...lake, onStep: () => undefined };
  const [found] = await dayFiles("curated", "readings", [day], quiet);
  const files = found!.files.map(({ key }) => stored.get(`curated/${key}`)!.bytes);
  return counted(files);
}
const counted = async (files: readonly Uint8Array[]) => {
  const rows = await parquetRows(files, "hex(msg_id) AS id, metric, value_double");
  return rows.map(({ id, metric, value_double }) => `${String(id).slice(0, 2)} ${metric} ${value_double}`);
};
const once = ["01", "02", "03", "04", "05"].flatMap((first) =>
  ["rpm", "temperature"].map((metric) => `${first} ${metric} ${Number(first)}`),
);
const withRepeat = [...once, ...once.slice(0, 2)].sort();
/** As a reader without records has them: all files, each row of them once (the view `readings_once`). */
const unaware = async (lake: MemoryLake) => [
  ...new Set(await counted(filesOf(lake).map((name) => lake.stored.get(name)!.bytes))),
];

describe("compaction", () => {
  test("small files become one, a repeat goes, and the first to arrive stays", async () => {
    const { lake, run } = await filledLake();
    expect(await rowsOf(lake)).toEqual(withRepeat);
    expect(await run()).toEqual({ ...none, merged: 6, made: 1, rows: 10, repeats: 2 });
    expect(filesOf(lake)).toEqual([
      expect.stringMatching(
        /^curated\/readings\/dt=2026-11-21\/hr=07\/[0-9a-f]{64}-merge-\d+\.changed\.parquet$/,
      ),
    ]);
    expect(await rowsOf(lake)).toEqual(once);
    const [file] = filesOf(lake);
    const first = await parquetRows(
      [lake.stored.get(file!)!.bytes],
      "min(ingest_ts) FILTER (value_double = 1) AS t",
    );
    expect(first).toEqual([{ t: "2026-11-21 07:15:00+00" }]);
    expect(await run()).toEqual(none);
  }, 60_000);

  test("types are those of the files before", async () => {
    const { lake, run } = await filledLake();
    const types = async () => {
      const [found] = filesOf(lake);
      return parquetRows(
        [lake.stored.get(found!)!.bytes],
        "typeof(ts), typeof(quality), typeof(flags), typeof(msg_id), typeof(value_int), typeof(ts_ns)",
      );
    };
    const [before] = await types();
    await run();
    expect((await types())[0]).toEqual(before);
  }, 60_000);

  test("ended at any step, every reader has each row, and the next run ends it", async () => {
    const steps: string[] = [];
    const whole = await filledLake();
    whole.lake.onStep = (step) => void steps.push(step);
    await whole.run();
    const end = filesOf(whole.lake);
    expect(steps.filter((step) => step.startsWith("remove"))).toHaveLength(6);
    for (let last = 0; last < steps.length; last++) {
      const { lake, run } = await filledLake();
      let left = last;
      lake.onStep = () => {
        if (left-- <= 0) throw new Killed();
      };
      // What is killed in the middle of a day can't go on with another one either.
      expect(await run().catch((error: Error) => error)).toEqual(
        steps[last]?.startsWith("list") === true && last < 2 ? expect.any(Killed) : { ...none, failed: 1 },
      );
      lake.onStep = () => undefined;
      const rows = await rowsOf(lake);
      expect([steps[last], rows]).toEqual([steps[last], rows.length === once.length ? once : withRepeat]);
      expect([steps[last], await unaware(lake)]).toEqual([steps[last], once]);
      await run();
      expect([steps[last], filesOf(lake), await rowsOf(lake)]).toEqual([steps[last], end, once]);
    }
  }, 120_000);

  test("a reader in the middle has each row once, whatever step it comes between", async () => {
    const { lake, run } = await filledLake();
    const seen: number[] = [];
    lake.onStep = async () => {
      const own = { ...lake, onStep: () => undefined };
      const { onStep } = lake;
      lake.onStep = () => undefined;
      seen.push((await rowsOf(own)).length);
      lake.onStep = onStep;
    };
    await run();
    expect([...new Set(seen)]).toEqual([withRepeat.length, once.length]);
  }, 120_000);

  test("a reader whose files are changed under it looks again", async () => {
    const { lake, run } = await filledLake();
    let isFirst = true;
    lake.onStep = async (step) => {
      if (!isFirst || step !== `list readings/dt=${day}/`) return;
      isFirst = false;
      await run();
    };
    expect(await rowsOf(lake)).toEqual(once);
    expect(isFirst).toBe(false);
  }, 60_000);

  test("a batch that is delivered once more after it was merged does not count, and goes", async () => {
    const { lake, run } = await filledLake();
    await run();
    await parquetSink(lake.objects, "curated", "bytes").write(readingsBlock(messages[2]!));
    expect(filesOf(lake)).toHaveLength(2);
    expect(await rowsOf(lake)).toEqual(once);
    await run();
    expect(filesOf(lake)).toHaveLength(1);
  }, 60_000);

  test("rows that come late are merged with what was merged before, once they are an hour old", async () => {
    const { lake, run, later } = await filledLake();
    await run();
    const sink = parquetSink(lake.objects, "curated", "bytes");
    for (const number of [11, 12, 13]) await sink.write(readingsBlock([reading({ msgId: id(number) })]));
    // Who hears of them may be about to read them.
    expect(await run()).toMatchObject({ merged: 0 });
    later(hourMs);
    expect(await run()).toMatchObject({ merged: 4, made: 1, rows: 13, repeats: 0 });
    expect((await rowsOf(lake)).length).toBe(13);
    expect(filesOf(lake)).toHaveLength(1);
  }, 60_000);

  test("who changes the day meanwhile wins; what was merged in vain goes, and the next run merges", async () => {
    const { lake, run, now } = await filledLake();
    const disturbing: MergeFiles = async (table, files) => {
      const [found] = await dayFiles("curated", "readings", [day], lake);
      const change = { add: [], remove: [], by: "somebody else", note: {} };
      await changeDay("curated", "readings", found!, change, { objects: lake.objects, now });
      return merge(table, files);
    };
    const before = filesOf(lake);
    expect(await run({ merge: disturbing })).toMatchObject({ merged: 0, disturbed: 1 });
    expect(filesOf(lake)).toEqual(before);
    expect(await run()).toMatchObject({ merged: 6 });
    expect(await rowsOf(lake)).toEqual(once);
  }, 60_000);

  test("files of other columns stay apart", async () => {
    const { lake, run } = await filledLake();
    const folder = `curated/frames_motion/dt=${day}/hr=07`;
    const [one] = filesOf(lake).map((name) => lake.stored.get(name)!);
    for (const number of [1, 2, 3, 4]) lake.stored.set(`${folder}/${number}.parquet`, one!);
    const other = await columnsOf(["a_x", "ts", "device_id", "ingest_ts"]);
    lake.stored.set(`${folder}/5.parquet`, { ...one!, bytes: other });
    await run();
    const left = filesOf(lake).filter((name) => name.startsWith(folder));
    expect(left).toEqual([
      `${folder}/5.parquet`,
      expect.stringMatching(/\/[0-9a-f]{64}-merge-\d+\.changed\.parquet$/),
    ]);
  }, 60_000);

  test.each<[string, number]>([
    ["an hour that is not over", -2 * hourMs],
    ["files whose life a merge would make longer by more than two weeks", 15 * 24 * hourMs],
  ])("%s is left alone", async (_what, ms) => {
    const { lake, run, later } = await filledLake();
    later(ms);
    const before = [...lake.stored.keys()];
    expect(await run()).toMatchObject({ merged: 0, made: 0 });
    expect([...lake.stored.keys()]).toEqual(before);
  });

  test("what somebody made and never named goes after a day, and not before", async () => {
    const { lake, run, later, now } = await filledLake();
    const name = `curated/readings/dt=${day}/hr=09/${"0".repeat(64)}-1.changed.parquet`;
    lake.stored.set(name, { bytes: new Uint8Array(4), modifiedMs: now() });
    await run();
    expect(lake.stored.has(name)).toBe(true);
    later(25 * hourMs);
    await run();
    expect(lake.stored.has(name)).toBe(false);
  }, 60_000);

  test("a damaged record is said, and nothing is merged over it", async () => {
    const { lake, run, said } = await filledLake();
    await run();
    const [key] = [...lake.stored.keys()].filter((name) => name.endsWith(".json"));
    lake.stored.set(key!, { bytes: Buffer.from('{"format":2}'), modifiedMs: 0 });
    expect(await run()).toEqual({ ...none, failed: 1 });
    expect(said).toEqual([
      expect.stringMatching(
        /^readings\/dt=2026-11-21\/ could not be merged: the record _manifest\/changes\/readings\/.* of the lake is damaged/,
      ),
    ]);
  }, 60_000);
});

/** A Parquet file of such columns, all doubles. */
async function columnsOf(names: readonly string[]): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import("hyparquet-writer/src/index.js");
  const columnData = names.map((name) => ({ name, data: [1.5], type: "DOUBLE" as const }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
