/**
 * The console over the real log, pipeline and lake: every question that the page asks is one that they answer, before
 * and after rows are in files, whatever devices send.
 */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type {
  Busiest,
  Latest,
  LakeView,
  Metrics,
  Quarantine,
  QueryAnswer,
  Rate,
  Schema,
  Series,
  Summary,
} from "../../../site/console/api.ts";
import { startConsole, type Console } from "../../../site/console/console.ts";
import { examples } from "../../../site/page/sql/examples.ts";
import { fakeFleet } from "../../page/support/fake-fleet.ts";
import { fakeToken, freePort } from "../../page/support/fake-site.ts";
import { temporaryTokens } from "../../page/support/temporary-tokens.ts";
import { storeFolder, type Store } from "../store/support.ts";
import { askJson, post } from "./support/http.ts";

const place = storeFolder();
const tokens = temporaryTokens();
let store: Store;
let console_: Console;
const began = Date.now();

beforeAll(async () => {
  store = await place.open();
  const reading = (seq: number, more: object) => ({ seq, ts: began - 60_000 + seq * 1000, ...more });
  await store.send(
    "press-01",
    ...Array.from({ length: 40 }, (_, seq) =>
      reading(seq, { temperature: 20 + seq / 10, running: seq % 2 === 0, state: "forming" }),
    ),
    // Numbers that are none, times that no calendar has, whole numbers beyond a double.
    `{"seq":100,"ts":${began},"temperature":1e999,"vibration":-1e999}`,
    '{"seq":101,"ts":1e300,"temperature":1}',
    '{"seq":102,"ts":-1e15,"temperature":2}',
    '{"seq":103,"ts":253402300800000,"humidity":3}',
    `{"seq":104,"ts":${began},"cycles":9223372036854775807}`,
    "{not json",
  );
  await store.send("press-02", reading(0, { temperature: 1 }));
  await store.send("wrist-01", ...imuFrames());
  console_ = await startConsole({
    settings: {
      host: "127.0.0.1",
      port: await freePort(),
      token: fakeToken,
      tls: null,
      environment: { name: "acme", target: "local", resources: [] },
    },
    lake: store.lake,
    fleet: fakeFleet({ now: began }),
    log: store.log,
    tokens: tokens.store,
  });
  while (Number(await store.value("SELECT count(*) FROM frames_wearable_imu").catch(() => 0)) < 8) {
    await new Promise((done) => setTimeout(done, 10));
  }
}, 60_000);

afterAll(async () => {
  await console_.stop();
  await store.close();
  place.remove();
  tokens.remove();
});

/** Two frames of four samples, as the layout of profiles/wearable-imu declares them. */
function imuFrames(): Buffer[] {
  return [0, 1].map((sequence) => {
    const frame = Buffer.alloc(62);
    frame.writeUInt8(1, 0);
    frame.writeUInt8(2, 1);
    frame.writeUInt32LE(sequence, 2);
    frame.writeUIntLE(began - 1000 + sequence * 400, 6, 6);
    frame.writeUInt16LE(100, 12);
    for (let at = 14; at < 62; at += 2) frame.writeInt16LE(1000 * sequence + at, at);
    return frame;
  });
}

const ask = <Answer>(path: string) => askJson<Answer>(console_.url, `/api/${path}`);

describe.each(["staged", "in files"])("rows %s", (where) => {
  beforeAll(async () => {
    if (where === "in files") await store.lake.flush();
  });

  test("are counted, and their minute is the running one or the one before", async () => {
    const { pipeline, log } = await ask<Summary>("summary");
    expect(pipeline).toMatchObject({ frames: 8, quarantined: expect.any(Number) });
    expect(log?.appended).toBe(49);
    const { minutes, rows } = await ask<Rate>("rate?minutes=5");
    expect(minutes).toHaveLength(5);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(pipeline.rows + pipeline.frames);
  });

  test("name the device that sent most", async () => {
    expect(await ask<Busiest>("busiest")).toEqual({ device: "press-01" });
  });

  test("have newest values, whatever those are", async () => {
    const { rows, matching } = await ask<Latest>("latest?limit=2000");
    expect(rows).toHaveLength(matching);
    const of = (device: string, metric: string) =>
      rows.find((row) => row.device === device && row.metric === metric)?.value;
    expect(of("press-01", "cycles")).toEqual({ kind: "int", value: "9223372036854775807" });
    expect(of("press-01", "state")).toEqual({ kind: "text", value: "forming" });
    expect(of("wrist-01", "accel_x")).toMatchObject({ kind: "double" });
    for (const { time } of rows) expect(Number.isNaN(new Date(time).getTime())).toBe(false);
  });

  test("have metrics and series", async () => {
    const { metrics } = await ask<Metrics>("metrics?device=press-01");
    expect(Object.fromEntries(metrics.map(({ metric, kind }) => [metric, kind]))).toMatchObject({
      temperature: "number",
      running: "boolean",
      state: "other",
    });
    for (const { metric, table, kind } of metrics.filter((one) => one.kind !== "other")) {
      const series = await ask<Series>(`series?device=press-01&metric=${metric}&table=${table}`);
      expect([metric, series.time.length > 0]).toEqual([
        metric,
        kind === "boolean" || metric !== "vibration",
      ]);
      for (const value of [...series.min, ...series.max, ...series.mean])
        expect(Number.isFinite(value)).toBe(true);
    }
    const frames = await ask<Series>("series?device=wrist-01&metric=accel_x&table=frames_wearable_imu");
    expect(frames.values).toBe(8);
  });

  test("and what could not be decoded, are listed, with files and tables", async () => {
    const { entries, reasons } = await ask<Quarantine>("quarantine?limit=50");
    expect(entries.map(({ payload }) => Buffer.from(payload, "hex").toString())).toContain("{not json");
    expect(reasons.reduce((sum, { count }) => sum + count, 0)).toBe(entries.length);
    const lake = await ask<LakeView>("lake");
    if (where === "in files") {
      expect(new Set(lake.files.map(({ zone }) => zone))).toEqual(new Set(["curated", "quarantine"]));
      const curated = lake.files.filter(({ zone }) => zone === "curated");
      expect(curated.reduce((sum, { rows }) => sum + (rows ?? 0), 0)).toBe(
        lake.pipeline.rows + lake.pipeline.frames,
      );
      const times = lake.files.map(({ to }) => to);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
    }
  });

  test("answer each example statement of the page, and name their tables", async () => {
    const { tables } = await ask<Schema>("schema");
    expect(tables.map(({ name }) => name)).toEqual([
      "alarms",
      "frames_wearable_imu",
      "insight_evidence",
      "insights",
      "latest",
      "quarantine",
      "readings",
      "rollups_1d",
      "rollups_1h",
      "rollups_1m",
      "rows_per_minute",
    ]);
    for (const { title, sql } of examples) {
      const { status, text } = await post(console_.url, "/api/query", { sql });
      expect([title, status]).toEqual([title, 200]);
      expect((JSON.parse(text) as QueryAnswer).rows.length).toBeGreaterThan(0);
    }
  });
});

describe("SQL of a person", () => {
  const query = (sql: string) => post(console_.url, "/api/query", { sql });

  test.each([
    "DROP VIEW readings",
    "COPY readings TO '/tmp/out.csv'",
    "SET memory_limit = '9GB'",
    "SELECT * FROM read_text('/etc/hostname')",
    "SELECT * FROM read_csv('http://127.0.0.1:1/x')",
    "SELECT 1; DROP VIEW readings",
    "ATTACH ':memory:' AS other",
    "PRAGMA add_parquet_key('lake', 'AAAAAAAAAAAAAAAAAAAAAA==')",
  ])("may not %s", async (sql) => {
    const { status, text } = await query(sql);
    expect([status, JSON.parse(text)]).toEqual([
      422,
      expect.objectContaining({ code: "query", status: 422, detail: expect.any(String) }),
    ]);
  });

  test("finds no key, no path of this machine, no environment", async () => {
    const { text } = await query("SELECT name, value FROM duckdb_settings()");
    expect(text).not.toContain("AES");
    for (const sql of [
      "SELECT getenv('HOME')",
      "SELECT * FROM duckdb_secrets(redact := false)",
      "SELECT * FROM glob('/etc/*')",
    ]) {
      const answer = await query(sql);
      if (answer.status === 200) expect((JSON.parse(answer.text) as QueryAnswer).rows).toEqual([]);
    }
  });
});
