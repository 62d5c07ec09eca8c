/** How much of a lake a compaction takes at a time, and what it does with what it can't take. */
import { expect, test } from "@jest/globals";
import { parquetWriteBuffer } from "hyparquet-writer/src/index.js";
import { duckDbMerge } from "../../../functions/adapters/duckdb-merge.ts";
import { compactLake, type CompactionPorts, type MergeFiles } from "../../../functions/lake/compaction.ts";
import { dayFiles } from "../../../functions/lake/day-files.ts";
import { memoryLake } from "../../support/memory-lake.ts";
import { parquetRows } from "../parquet-rows.ts";

const day = "2026-11-21";
const at = Date.UTC(2026, 10, 21);
const now = at + 48 * 3_600_000;
const mebibyte = 2 ** 20;
const merge = duckDbMerge({ memory: "128MB", codec: "SNAPPY", version: "V1" });

function lakeOf(files: Readonly<Record<string, Uint8Array>>) {
  const lake = memoryLake(() => now);
  for (const [path, bytes] of Object.entries(files))
    lake.stored.set(`curated/frames_motion/dt=${day}/${path}`, { bytes, modifiedMs: at });
  const said: string[] = [];
  const run = (over: Partial<CompactionPorts> = {}) =>
    compactLake("curated", {
      ...{ ...lake, merge, complain: (message) => void said.push(message), now: () => now },
      ...{ until: Infinity, ...over },
    });
  const filesOf = (end: string) => [...lake.stored.keys()].filter((key) => key.endsWith(end));
  return { lake, run, said, filesOf };
}

/** Hours of four files each, and a merge that makes so many bytes of each hour. */
const hours = (count: number) =>
  Object.fromEntries(
    Array.from({ length: 4 * count }, (_, index) => [
      `hr=${String(index >> 2).padStart(2, "0")}/${index}.parquet`,
      new Uint8Array(8),
    ]),
  );
const large =
  (bytes: number): MergeFiles =>
  (_table, files) =>
    Promise.resolve({
      merged: [{ bytes: new Uint8Array(bytes), of: [...files.keys()], rows: 1, repeats: 0 }],
      unreadable: new Map(),
    });

test("an hour of more than one merge takes is merged in one run, 16 MiB at a time", async () => {
  const rows = 1_023;
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => {
      const ts = Array.from({ length: rows }, (_value, row) => index * rows + row);
      const bytes = parquetWriteBuffer({
        columnData: [
          { name: "ts", data: ts, type: "DOUBLE" },
          { name: "text", data: ts.map((value) => `${value}`.padStart(1_024, "x")), type: "STRING" },
        ],
        codec: "UNCOMPRESSED",
      });
      return [`hr=07/${index}.parquet`, new Uint8Array(bytes)];
    }),
  );
  const { run, said, filesOf } = lakeOf(files);
  const taken: number[] = [];
  const watched: MergeFiles = async (table, reads) => {
    let bytes = 0;
    const answer = await merge(
      table,
      reads.map((read) => async () => {
        const file = await read();
        bytes += file.length;
        return file;
      }),
    );
    taken.push(bytes);
    return answer;
  };
  const done = await run({ merge: watched });
  expect(said).toEqual([]);
  expect(done).toMatchObject({ merged: 20, made: 2, rows: 20 * rows, failed: 0 });
  expect(taken).toHaveLength(2);
  for (const bytes of taken) expect(bytes).toBeLessThanOrEqual(16 * mebibyte);
  expect(filesOf(".parquet")).toHaveLength(2);
  expect(filesOf(".json")).toHaveLength(1);
}, 60_000);

test("merged files are held up to 64 MiB, then they are put under a record of their own", async () => {
  const { lake, run, filesOf } = lakeOf(hours(3));
  const steps: string[] = [];
  lake.onStep = (step) => void steps.push(step.replace(/ .*(?=\.)/, " "));
  expect(await run({ merge: large(33 * mebibyte) })).toMatchObject({ merged: 12, made: 3 });
  const changes = steps.filter((step) => !step.startsWith("list") && !step.startsWith("read"));
  const portion = (files: number) => [
    ...Array<string>(files).fill("create .parquet"),
    "create .json",
    ...Array<string>(4 * files).fill("remove .parquet"),
  ];
  // Nothing is worked out between the first file that is put and the last one that is taken away.
  expect(changes).toEqual([...portion(2), ...portion(1)]);
  const [found] = await dayFiles("curated", "frames_motion", [day], { ...lake });
  expect([found!.number, found!.files.length, filesOf(".parquet").length]).toEqual([2, 3, 3]);
});

test("when time is up, what was merged is put, and the rest is the next run's", async () => {
  const { run, filesOf } = lakeOf(hours(3));
  let clock = now;
  const slow: MergeFiles = (table, files) => {
    clock += 60_000;
    return large(10)(table, files);
  };
  const ports = { merge: slow, now: () => clock, until: now + 90_000 };
  expect(await run(ports)).toMatchObject({ merged: 8, made: 2 });
  expect(filesOf(".parquet")).toHaveLength(6);
  expect(await run({ ...ports, until: Infinity })).toMatchObject({ merged: 4, made: 1 });
});

test("a day that can't be merged is said, and harms no other one", async () => {
  const { lake, run, said } = lakeOf(hours(1));
  const other = `curated/frames_motion/dt=2026-11-20/hr=01`;
  for (const name of [1, 2, 3, 4])
    lake.stored.set(`${other}/${name}.parquet`, { bytes: new Uint8Array(8), modifiedMs: at });
  const failing: MergeFiles = async (table, files) => {
    if (lake.stored.has(`${other}/1.parquet`) && said.length === 0)
      throw new Error("no space left on device");
    return large(10)(table, files);
  };
  expect(await run({ merge: failing })).toMatchObject({ merged: 4, made: 1, failed: 1 });
  expect(said).toEqual([`frames_motion/dt=${day}/ could not be merged: no space left on device`]);
});

test("a file that is gone when it is read leaves its day to the next run, what was merged before is put", async () => {
  const { lake, run } = lakeOf(hours(2));
  lake.onStep = (step) => {
    if (step.startsWith("read") && step.endsWith("/4.parquet"))
      lake.stored.delete(`curated/${step.slice(5)}`);
  };
  const reading: MergeFiles = async (table, files) => {
    for (const read of files) await read();
    return large(10)(table, files);
  };
  expect(await run({ merge: reading })).toMatchObject({ merged: 4, made: 1, disturbed: 1, failed: 0 });
});

test("files of an hour none of which goes with another one are left, and each is looked at once a run", async () => {
  const columns = ["a_x", "a_y", "a_z", "g_x"];
  const files = Object.fromEntries(
    columns.map((name) => {
      const bytes = parquetWriteBuffer({ columnData: [{ name, data: [1.5], type: "DOUBLE" }] });
      return [`hr=07/${name}.parquet`, new Uint8Array(bytes)];
    }),
  );
  const { lake, run, filesOf } = lakeOf(files);
  expect(await run()).toMatchObject({ merged: 0, made: 0, failed: 0 });
  expect(filesOf(".parquet")).toHaveLength(4);
  const rows = await parquetRows([lake.stored.get(filesOf("a_x.parquet")[0]!)!.bytes], "a_x");
  expect(rows).toEqual([{ a_x: 1.5 }]);
});
