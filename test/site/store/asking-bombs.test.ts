/** Statements that take too much, of somebody who may ask: they end, and nothing of the site with them. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { QueryOptions } from "../../../site/ports.ts";
import { now, storeFolder, type Store } from "./support.ts";

const place = storeFolder();
let store: Store;

beforeAll(async () => {
  store = await place.open();
  await store.send("press-01", { seq: 1, ts: Math.floor(now() / 1000), temperature: 20 });
  while (Number(await store.value("SELECT count(*) FROM readings")) < 1) {
    await new Promise((done) => setTimeout(done, 10));
  }
}, 60_000);

afterAll(async () => {
  await store.close();
  place.remove();
});

const limits = { timeoutMs: 20_000, scan: { files: 2000, bytes: 1e9 } };
const program: QueryOptions = { ...limits, judged: true, scope: { devices: ["press-01"] } };
/** The owner's statements are not judged, and bounded all the same. */
const owner: QueryOptions = limits;

/** A text that doubles with each name. */
const doubling = `WITH t0 AS (SELECT repeat('x', 1000) AS x), ${Array.from(
  { length: 21 },
  (_, index) => `t${index + 1} AS (SELECT x || x AS x FROM t${index})`,
).join(", ")} SELECT length(x) FROM t21`;

/** 16 GB in one value. */
const oneList = "SELECT len(range(2000000000))";

describe("a statement that takes too much memory", () => {
  const tooMuch = { name: "QueryError", message: expect.stringMatching(/memory|allocate/i) };

  test("is ended and told why, and takes nothing from who asks at the same time", async () => {
    const ask = (sql: string, options = program) => store.lake.query(sql, options);
    const count = () => ask("SELECT count(*)::INT FROM readings");
    const draft = { ...program, format: "csv", maxBytes: 1e9 } as const;
    const [first, second, ...others] = await Promise.allSettled([
      ask(oneList),
      store.lake.exportDraft(oneList, draft),
      ...Array.from({ length: 3 }, count),
    ]);
    for (const bomb of [first, second]) expect(bomb).toMatchObject({ status: "rejected", reason: tooMuch });
    for (const other of others) expect(other).toMatchObject({ status: "fulfilled", value: { rows: [[1]] } });
    expect(place.files(/drafts|spill/)).toEqual([]);
    expect((await count()).rows).toEqual([[1]]);
  }, 60_000);

  test.each([
    ["the owner's", oneList, owner],
    ["a text that doubles", doubling, program],
    ["lists of lists", "SELECT len(list_transform(range(10000), x -> range(100000 + x)))", program],
  ])(
    "is ended: %s",
    async (_, sql, options) => {
      await expect(store.lake.query(sql, options)).rejects.toMatchObject(tooMuch);
    },
    60_000,
  );
});

test("a statement that does not end is ended, where DuckDB can't stop it by itself, too", async () => {
  const short = { ...program, timeoutMs: 300 };
  const endless = "WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t";
  await expect(store.lake.query(endless, short)).rejects.toThrow("longer than 300 ms");
  const stuck =
    "SELECT sum(length(replace(repeat('ab', 20000 + a.range::INT), 'a', repeat('c', 5000)))) FROM range(3) a, range(100000) b";
  await expect(store.lake.query(stuck, short)).rejects.toMatchObject({ name: "QueryError" });
}, 60_000);

test("a statement as long and as deep as one may be is answered or refused, and the site goes on", async () => {
  const texts = [
    `SELECT ${"(".repeat(30_000)}1${")".repeat(30_000)}`,
    `SELECT ${"1+".repeat(30_000)}1`,
    `SELECT ${"NOT ".repeat(16_000)}true`,
    `SELECT '${"x".repeat(65_000)}'`,
    `SELECT ${"[".repeat(20_000)}1${"]".repeat(20_000)}`,
    `SELECT ${"CASE WHEN true THEN ".repeat(3_000)}1${" END".repeat(3_000)}`,
    `${"SELECT * FROM (".repeat(4_000)}SELECT 1${")".repeat(4_000)}`,
  ];
  for (const sql of texts)
    await store.lake.query(sql, program).catch((error: Error) => expect(error.name).toBe("QueryError"));
  expect((await store.lake.query("SELECT count(*)::INT FROM readings", program)).rows).toEqual([[1]]);
}, 120_000);
