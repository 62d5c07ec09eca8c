/** A question about some time opens the files of that time and no others, and answers what all files would. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { quarantineTable, readingsTable } from "../../../functions/core/table.ts";
import { Keyring } from "../../../site/seal.ts";
import { enter } from "../../../site/store/asking/enter.ts";
import { LakeCore } from "../../../site/store/lake-core.ts";
import { pack, type Row } from "./packs.ts";

const hour = 3_600_000_000;
/** 2026-11-01T00:00:00Z. */
const start = 1_793_491_200_000_000;
const hours = 12;

let folder: string;
let core: LakeCore;
let record = 0;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "fieldlake-range-"));
  core = await LakeCore.open({
    folder,
    keyring: new Keyring(randomBytes(32)),
    extensionFile: process.env["FIELDLAKE_DUCKDB_HTTPFS"],
    onDamage: () => undefined,
  });
  await core.addTables([readingsTable, quarantineTable]);
  stage(Array.from({ length: hours * 6 }, (_, ten) => reading(start + (ten * hour) / 6)));
  await core.flush("all");
  // One of an old hour and one of the newest are in no file yet.
  stage([reading(start + 3 * hour + 1), reading(start + hours * hour)]);
  await core.show();
});
afterAll(async () => {
  await core.close();
  rmSync(folder, { recursive: true });
});

const reading = (ts: number): Row => ({
  ...{
    device_id: "press",
    metric: "m'x AND ts>='2030-01-01 00:00:00+00'",
    ts,
    value_double: (ts - start) / hour,
  },
  msg_id: randomBytes(16),
});

function stage(rows: Row[]): void {
  const delta = { messages: 1, rows: 1, frames: 0, quarantined: 0, duplicates: 0 };
  core.stage({ tables: [pack(readingsTable, rows)], next: { segment: 1, record: ++record }, delta });
}

const asked = (sql: string, parameters: readonly (string | number)[] = [], before = async () => {}) =>
  onConnection(async (connection) => {
    const lake = {
      catalogue: core.catalogue,
      manifest: core.manifest,
      steady: (work: () => Promise<void>) => work(),
    };
    await enter(lake, connection, sql, { parameters });
    await before();
    return (await connection.runAndReadAll(sql, [...parameters])).getRows();
  });

async function onConnection<Result>(
  work: (connection: Awaited<ReturnType<typeof core.engine.connect>>) => Promise<Result>,
): Promise<Result> {
  const connection = await core.engine.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

const [four, six] = ["TIMESTAMPTZ '2026-11-01 04:00:00Z'", "TIMESTAMPTZ '2026-11-01 06:00:00Z'"];
const statements: [string, (string | number)[]?][] = [
  [`SELECT ts, value_double FROM readings WHERE ts >= ${four} AND ts < ${six} ORDER BY ts`],
  ["SELECT count(*) FROM readings WHERE ts >= make_timestamptz($1::BIGINT)", [start + 5 * hour]],
  [`SELECT count(*) FROM readings WHERE ts BETWEEN ${four} AND ${six}`],
  [`SELECT count(*) FROM readings WHERE ts = ${four} OR ts > ${six}`],
  [`SELECT count(*) FROM readings WHERE ts <> ${four}`],
  [`SELECT count(*) FROM readings WHERE NOT (ts < ${four})`],
  [`SELECT max(value_double) FROM readings WHERE date_trunc('hour', ts) = ${four}`],
  [`SELECT (SELECT count(*) FROM readings) AS n, count(*) FROM readings WHERE ts > ${six}`],
  [`SELECT (SELECT min(ts) FROM readings) AS n, ts FROM readings WHERE ts > ${six} ORDER BY ts`],
  [
    `SELECT a.ts FROM readings a JOIN readings b ON a.value_double = b.value_double + 1 WHERE b.ts < ${four} ORDER BY 1`,
  ],
  [`WITH late AS (SELECT * FROM readings WHERE ts > ${six}) SELECT count(*) FROM late, late AS other`],
  [
    `SELECT count(*) FROM readings WHERE ts > ${six} UNION ALL SELECT count(*) FROM readings WHERE ts < ${four} ORDER BY 1`,
  ],
  [
    `SELECT ts FROM (SELECT *, lag(value_double) OVER (ORDER BY ts) AS before FROM readings) WHERE ts > ${six} AND before < 7 ORDER BY 1`,
  ],
  ["SELECT count(*) FROM readings WHERE metric = 'm''x AND ts>=''2030-01-01 00:00:00+00'''"],
  ["SELECT count(*) FROM readings WHERE metric = 'ts>=''2030-01-01 00:00:00+00''::TIMESTAMP WITH TIME ZONE'"],
  [
    `SELECT count(*) FROM readings WHERE ts > (SELECT max(ts) - INTERVAL 3 HOUR FROM readings WHERE ts > ${four})`,
  ],
  [`SELECT ts FROM readings WHERE ts >= ${four} ORDER BY ts DESC LIMIT 3`],
  [`SELECT device_id, ts FROM latest WHERE ts > ${four}`],
  [`SELECT count(*) FROM quarantine WHERE received_at > ${four}`],
  [`SELECT count(*) FROM readings, quarantine WHERE ts > ${four}`],
  ["SELECT count(*) FROM readings WHERE ts > now() - INTERVAL 100 YEAR AND ts < now() + INTERVAL 100 YEAR"],
  ["SELECT count(*) FROM readings WHERE ts IN (make_timestamptz(1793491200000000), '2026-11-01 05:00:00Z')"],
  ["SELECT count(*) FROM readings WHERE ts > '-infinity'::TIMESTAMPTZ"],
];

test("what a question may read counts the files of its time only", async () => {
  const lake = {
    catalogue: core.catalogue,
    manifest: core.manifest,
    steady: (work: () => Promise<void>) => work(),
  };
  const sql = "SELECT count(*) FROM readings WHERE ts";
  const entered = (statement: string) =>
    onConnection((connection) => enter(lake, connection, statement, { scan: { files: 4, bytes: 1e9 } }));
  await entered(`${sql} >= '2026-11-01 09:30:00+00' AND ts < '2026-11-01 10:30:00+00'`);
  await expect(entered(`${sql} >= '2026-11-01 02:30:00+00'`)).rejects.toMatchObject({
    code: "scan-too-large",
  });
  await expect(entered("SELECT count(*) FROM readings")).rejects.toMatchObject({ code: "scan-too-large" });
});

test.each(statements)("%s", async (sql, parameters = []) => {
  const expected = await onConnection(async (connection) =>
    (await connection.runAndReadAll(sql, parameters)).getRows(),
  );
  expect(await asked(sql, parameters)).toEqual(expected);
});

test("a flush between the choice of files and the answer takes no row away and doubles none", async () => {
  const sql = `SELECT count(*)::INT FROM readings WHERE ts >= make_timestamptz(${start + 3 * hour})`;
  const count = (hours - 3) * 6 + 2;
  expect(await asked(sql, [], async () => void (await core.flush("all")))).toEqual([[count]]);
  expect(await asked(sql)).toEqual([[count]]);
});

test("files outside the range are not opened: the answer comes without them", async () => {
  // A plan needs the first one's columns.
  for (const { path, minTs } of core.manifest.files.slice(1)) {
    if (minTs < start + 3 * hour || minTs >= start + 7 * hour)
      writeFileSync(join(folder, path), "no Parquet");
  }
  const sql = (condition: string) => `SELECT count(*)::INT FROM readings WHERE ${condition}`;
  expect(await asked(sql(`ts >= ${four} AND ts < ${six}`))).toEqual([[12]]);
  await expect(asked(sql(`ts >= ${four}`))).rejects.toThrow(/too small to be a Parquet file/);
  await expect(asked(sql("value_double > 4"))).rejects.toThrow(/too small to be a Parquet file/);
});
