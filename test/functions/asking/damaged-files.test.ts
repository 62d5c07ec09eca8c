/** Damaged files of a cloud's lake: no question fails of them, who asks and who looks after the lake are told. */
import { afterEach, expect, test } from "@jest/globals";
import {
  answersFromTheRest,
  deliveredAs,
  flipped,
  readingFile,
  writeDamagedLake,
} from "../../support/damaged-lake.ts";
import { memoryLake } from "../../support/memory-lake.ts";
import { startCloudAsking, type CloudAsking } from "./cloud-asking.ts";

let at = Date.now();
const now = (): number => at;
const began = at - 3_600_000;
const started: CloudAsking[] = [];
const start = async (...of: Parameters<typeof startCloudAsking>): Promise<CloudAsking> => {
  const asking = await startCloudAsking(...of);
  started.push(asking);
  return asking;
};
afterEach(() => {
  for (const { stop } of started.splice(0)) stop();
});

test("are left out, named in the answer and told once each", async () => {
  const asking = await start(now);
  const damaged = await writeDamagedLake(asking.store.objects, "curated", began);
  await answersFromTheRest(await asking.client(), damaged);
  expect(asking.complaints).toEqual([]);
  expect(asking.warnings.map((warning) => warning.split(" is damaged: ")[0]).toSorted()).toEqual(damaged);
  expect(asking.warnings.join()).not.toMatch(/fieldlake-asking|read_parquet/);
});

test("are in a header of every answer, whoever asks; one that is mended has its rows in the answers again", async () => {
  const asking = await start(now);
  const { path, bytes } = await readingFile(began, "press-01");
  await asking.store.objects.create("curated", path, bytes.subarray(0, 100));
  const token = await asking.tokenOf({ scopes: ["values"] });
  // Another question each time: an answer is kept for a moment.
  const latest = async (limit: number) => {
    const answer = await asking.send(`https://asking.test/api/latest?limit=${limit}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { matching } = (await answer.json()) as { matching: number };
    return [answer.status, matching, answer.headers.get("fieldlake-left-out")];
  };
  expect(await latest(8)).toEqual([200, 0, path]);
  asking.store.stored.set(`curated/${path}`, { bytes, modifiedMs: at });
  at += 700_000;
  expect(await latest(9)).toEqual([200, 1, null]);
});

test("that nobody named by their content fail no question, wherever a bit has changed", async () => {
  const store = memoryLake(now);
  const file = await readingFile(began, "press-01");
  const other = await readingFile(began, "press-02");
  await store.objects.create("curated", other.path, other.bytes);
  const name = deliveredAs(file, 1);
  const { length } = file.bytes;
  const places = Array.from({ length: 12 }, (_, index) => Math.floor(((index + 0.5) * length) / 12));
  let leftOut = 0;
  for (const place of places) {
    store.stored.set(`curated/${name}`, { bytes: flipped(file.bytes, place), modifiedMs: place });
    const asking = await start(now, store);
    const answer = await (await asking.client()).query("SELECT * FROM readings ORDER BY device_id");
    expect(answer.rows.map((row) => row[1])).toContain("press-02");
    expect(answer.rows).toHaveLength(answer.leftOut === undefined ? 2 : 1);
    leftOut += answer.leftOut?.length ?? 0;
  }
  expect(leftOut).toBeGreaterThan(0);
}, 60_000);

test("are not looked for time and again by statements that fail of themselves", async () => {
  const asking = await start(now);
  const { path, bytes } = await readingFile(began, "press-01");
  await asking.store.objects.create("curated", path, bytes);
  const lake = await asking.client();
  const fails = () => lake.query("SELECT error('mine') FROM readings");
  await expect(fails()).rejects.toMatchObject({ status: 422, code: "query" });
  await expect(fails()).rejects.toMatchObject({ status: 422, code: "query" });
  expect(asking.warnings).toEqual([]);
  expect((await lake.query("SELECT count(*)::INT FROM readings")).rows).toEqual([[1]]);
});
