/** Questions of somebody who may see some devices only: what they see, and every way around it that we know. */
import { rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { deviceCondition, seesDevice } from "../../../site/access/device-filter.ts";
import type { QueryOptions } from "../../../site/ports.ts";
import { computingFunctions } from "../../../site/store/asking/functions.ts";
import { refusedStatements } from "./refused-statements.ts";
import { now, storeFolder, type Store } from "./support.ts";

const place = storeFolder();
let store: Store;
/** A whole hour, so that what is told of a single file's statistics holds at any time of the day. */
const began = Math.floor(now() / 3_600_000_000) * 3_600_000 - 3_600_000;

/** In a value, a quarantined payload and an id of what must not be seen. */
const secret = "s3cret";

beforeAll(async () => {
  store = await place.open();
  const reading = (seq: number, state: string) => ({
    seq,
    ts: began + seq * 60_000,
    state,
    temperature: seq,
  });
  for (let half = 0; half < 2; half++) {
    const seqs = Array.from({ length: 10 }, (_, index) => half * 10 + index);
    await store.send("press-01", ...seqs.map((seq) => reading(seq, "12")), "{not json");
    await store.send("press-02", ...seqs.map((seq) => reading(seq, `${secret}-${seq}`)), `{"${secret}`);
    // One half is in files, the other one staged.
    if (half === 0) await store.lake.flush();
  }
  while (Number(await store.value("SELECT count(*) FROM readings")) < 80) {
    await new Promise((done) => setTimeout(done, 10));
  }
}, 60_000);

afterAll(async () => {
  await store.close();
  place.remove();
});

const restricted: QueryOptions = { judged: true, scope: { devices: ["press-01"] } };
const ask = async (sql: string, options: QueryOptions = restricted) =>
  (await store.lake.query(sql, options)).rows;

describe("a filter of devices", () => {
  test.each([
    ["SELECT DISTINCT device_id FROM readings", [["press-01"]]],
    ["FROM (SELECT count(*) FROM readings)", [["40"]]],
    ["SELECT DISTINCT device_id FROM latest", [["press-01"]]],
    ["SELECT DISTINCT device_id FROM quarantine", [["press-01"]]],
    ["SELECT sum(rows)::INT FROM rows_per_minute", [[40]]],
    ["WITH mine AS (SELECT * FROM readings) SELECT count(DISTINCT device_id)::INT FROM mine", [[1]]],
    ["SELECT count(*)::INT FROM READINGS a, LATERAL (SELECT 1 WHERE a.metric = 'state')", [[20]]],
    ["SELECT count(*)::INT FROM readings /* FROM rows_readings */ -- ; DROP VIEW readings", [[40]]],
    ["SELECT max(n) OVER ()::INT FROM (SELECT count(*) AS n FROM readings)", [[40]]],
    ["SELECT list(x)::VARCHAR FROM range(3) t(x)", [["[0, 1, 2]"]]],
  ])("holds in %s", async (sql, rows) => {
    expect(await ask(sql)).toEqual(rows);
  });

  test("holds for the quarantine's pages, and its devices are all there without", async () => {
    const devices = async (scope?: QueryOptions["scope"]) =>
      new Set(
        (await store.lake.quarantine({ limit: 50, ...(scope ? { scope } : {}) })).map((one) => one.deviceId),
      );
    expect(await devices(restricted.scope)).toEqual(new Set(["press-01"]));
    expect(await devices()).toEqual(new Set(["press-01", "press-02"]));
  });

  test("and a range narrow each other", async () => {
    const scope = {
      devices: ["press-*"],
      from: (began + 5 * 60_000) * 1000,
      to: (began + 15 * 60_000) * 1000,
    };
    expect(await ask("SELECT count(*)::INT FROM readings", { judged: true, scope })).toEqual([[40]]);
    const one = { ...scope, devices: ["*-02"] };
    expect(await ask("SELECT count(*)::INT FROM readings", { judged: true, scope: one })).toEqual([[20]]);
    expect(await ask("SELECT count(*)::INT FROM latest", { scope: { devices: [] } })).toEqual([[0]]);
  });

  test("is the same in SQL as in the fleet's list, whatever the pattern", async () => {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const name = fc.string({ unit: fc.constantFrom("a", "b", "_", "-", "0"), minLength: 1, maxLength: 6 });
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "_", "-", "*"), minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(name, fc.array(fc.oneof(pattern, name), { maxLength: 3 }), async (id, devices) => {
        const condition = deviceCondition(devices);
        const reader = await connection.runAndReadAll(
          `SELECT ${condition} FROM (SELECT '${id}' AS device_id)`,
        );
        expect(reader.getRows()).toEqual([[seesDevice(devices, id)]]);
      }),
      { numRuns: 200 },
    );
    expect(() => deviceCondition(["x' OR true --"])).toThrow("device filter");
  });
});

describe("ways around the filter", () => {
  test.each(refusedStatements)("%s is refused", async (sql) => {
    await expect(ask(sql)).rejects.toMatchObject({ name: "QueryError" });
    const draft = { ...restricted, format: "csv", maxBytes: 1e9 } as const;
    await expect(store.lake.exportDraft(sql, draft)).rejects.toMatchObject({ name: "QueryError" });
    expect(place.files(/drafts/)).toEqual([]);
  });

  test("what is refused above is there: the same words are answered to who may see everything", async () => {
    const everybody = (sql: string) => ask(sql, {});
    expect(await everybody("SELECT count(*)::INT FROM memory.main.readings")).toEqual([[80]]);
    expect(JSON.stringify(await everybody("SELECT stats(value_text) FROM readings LIMIT 1"))).toContain(
      secret,
    );
    expect(
      JSON.stringify(await everybody("FROM rows_readings JOIN series_readings USING (series)")),
    ).toContain(secret);
  });

  test.each([
    "SELECT count(*) FROM readings WHERE metric = 'state' AND CAST(value_text AS INTEGER) > 0",
    "SELECT CAST(value_text AS INTEGER) FROM readings ORDER BY 1",
    `SELECT 1 / (CASE WHEN value_text LIKE '${secret}%' THEN 0 ELSE 1 END) FROM readings`,
    `SELECT count(*) FROM readings WHERE regexp_matches('x', CASE WHEN value_text LIKE '${secret}%' THEN '(' ELSE 'x' END)`,
    "SELECT count(*) FROM readings r JOIN range(99) t(n) ON CAST(r.value_text AS BIGINT) = n",
    "SELECT max(strptime(value_text, '%d')) FROM readings",
    "SELECT DISTINCT ON (device_id) CAST(value_text AS TINYINT) FROM readings",
  ])("%s fails on no row that it must not see", async (sql) => {
    expect((await ask(sql)).length).toBeGreaterThan(0);
  });

  test("an error message tells nothing of what is hidden", async () => {
    for (const sql of ["SELECT nothing FROM readings", "SELECT CAST(device_id AS INTEGER) FROM readings"]) {
      const message = await ask(sql).catch((error: Error) => error.message);
      expect(message).not.toMatch(/press-02|s3cret|rows_readings|\/curated/);
    }
  });

  test("random statements of words that matter never show a hidden row", async () => {
    const words = [
      ...[
        "SELECT",
        "*",
        "FROM",
        "readings",
        "rows_readings",
        "memory.main.readings",
        "latest",
        "WITH",
        "AS",
        "(",
        ")",
      ],
      ...[
        "UNION ALL",
        "device_id",
        "value_text",
        "stats(value_text)",
        "WHERE",
        "1=1",
        ",",
        "quarantine",
        "x",
        "--",
        "/*",
      ],
      ...[
        "*/",
        ";",
        "'",
        '"',
        "main.",
        "LATERAL",
        "JOIN",
        "USING (device_id)",
        "DESCRIBE",
        "QUALIFY",
        "EXCEPT",
      ],
    ];
    const statement = fc.array(fc.constantFrom(...words), { minLength: 2, maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(statement, async (parts) => {
        const rows = await ask(`SELECT ${parts.join(" ")}`, { ...restricted, maxRows: 50 }).catch(() => []);
        expect(JSON.stringify(rows)).not.toMatch(/press-02|s3cret/);
      }),
      { numRuns: 300 },
    );
  });
});

describe("what a question may read", () => {
  const scan = { files: 1, bytes: 1e9 };
  const range = { devices: null, from: (began - 1) * 1000 };

  test("is bounded by the files of its tables in its range", async () => {
    await store.lake.flush();
    const sql = "SELECT count(*)::INT FROM readings";
    await expect(ask(sql, { scan: { files: 0, bytes: 1e9 } })).rejects.toMatchObject({
      code: "scan-too-large",
      message: expect.stringMatching(/may read \d+ files of .* MB; allowed: 0 files.*"from": "20/),
    });
    await expect(ask(sql, { scan: { files: 9, bytes: 1 } })).rejects.toMatchObject({
      code: "scan-too-large",
    });
    await expect(ask("FROM latest", { scan: { files: 0, bytes: 1e9 } })).rejects.toMatchObject({
      code: "scan-too-large",
    });
    const later = { ...range, from: now() + 1e9 };
    expect(await ask(sql, { scan: { files: 0, bytes: 0 }, scope: later })).toEqual([[0]]);
    expect(await ask("SELECT 1", { scan: { files: 0, bytes: 0 } })).toEqual([[1]]);
    expect(await ask(sql, { scan: { ...scan, files: 99 } })).toEqual([[80]]);
  });
});

test("every function that differs from call to call or tells of the engine is refused or known to tell nothing", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const reader = await connection.runAndReadAll(`
    SELECT DISTINCT function_name FROM duckdb_functions()
    WHERE function_type IN ('scalar', 'aggregate', 'macro') AND (stability <> 'CONSISTENT' OR has_side_effects)`);
  const allowed = await computingFunctions(connection);
  const telling = reader.getRows().map(([name]) => String(name));
  expect(telling.filter((name) => allowed.has(name)).toSorted()).toMatchInlineSnapshot(`
    [
      "current_database",
      "current_date",
      "current_schema",
      "current_schemas",
      "gen_random_uuid",
      "get_current_time",
      "get_current_timestamp",
      "now",
      "random",
      "today",
      "transaction_timestamp",
      "txid_current",
      "uuid",
      "uuidv4",
      "uuidv7",
    ]
  `);
});

test("an answer is exported whole, and the draft is the caller's", async () => {
  for (const format of ["csv", "ndjson", "parquet"] as const) {
    const draft = await store.lake.exportDraft("SELECT device_id, metric FROM readings ORDER BY ts;", {
      ...restricted,
      format,
      maxBytes: 1e9,
    });
    expect(draft.rows).toBe(40);
    expect(readFileSync(draft.file).subarray(0, 4).toString()).toBe(
      { csv: "devi", ndjson: '{"de', parquet: "PAR1" }[format],
    );
    await rm(draft.file);
  }
  await expect(
    store.lake.exportDraft("SELECT random() FROM range(100000000)", {
      ...restricted,
      format: "csv",
      maxBytes: 1e5,
    }),
  ).rejects.toThrow("over 100000 bytes");
  await expect(
    store.lake.exportDraft("SELECT random() FROM range(100000000)", {
      format: "csv",
      timeoutMs: 1,
      maxBytes: 1e12,
    }),
  ).rejects.toThrow("longer than 1 ms");
  expect(place.files(/drafts/)).toEqual([]);
});
