import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import { payload } from "../../../bench/support/payloads.ts";
import { insightDeclaration } from "../../../functions/declared-insights/declaration.ts";
import { Insights } from "../../../site/insights/insights.ts";
import { storeFolder, type Store, type StoreFolder } from "../store/support.ts";

const hour = 3_600_000;
/** The hour before the last whole day's noon: in the past, and within what a device's clock may be behind. */
const noon = Math.floor(Date.now() / (24 * hour)) * 24 * hour - 12 * hour;

let place: StoreFolder;
let store: Store;
let insights: Insights;
let seq = 0;
beforeEach(async () => {
  place = storeFolder();
  store = await place.open();
  insights = begin();
});
afterEach(async () => {
  await insights.stop();
  await store.close().catch(() => undefined);
  place.remove();
});

function begin(declared: unknown = {}, lake: Pick<Store["lake"], "parts" | "adopt"> = store.lake): Insights {
  return new Insights({
    lake,
    logger: pino({ level: "silent" }),
    tenant: "acme",
    dataFolder: place.dataFolder,
    keyFile: place.keyFile,
    extensionFile: process.env["FIELDLAKE_DUCKDB_HTTPFS"],
    declaration: insightDeclaration.parse(declared),
    retentionDays: 0,
  });
}

/** Values of one device, as [milliseconds after the hour before noon, temperature]. */
async function arrive(device: string, ...values: readonly (readonly [number, number])[]): Promise<void> {
  const messages = values.map(([at, temperature]) => ({ seq: seq++, ts: noon - hour + at, temperature }));
  await store.send(device, ...messages);
  await store.lake.flush();
}

/** A round in which nothing goes wrong. */
async function look(): Promise<number> {
  const { units } = await insights.look();
  expect(insights.trouble).toBeNull();
  return units;
}

const rows = async (sql: string): Promise<readonly (readonly unknown[])[]> =>
  (await store.lake.query(sql)).rows;
const units = async (): Promise<Map<string, string>> =>
  new Map((await store.lake.parts()).flatMap(({ derived, path }) => (derived ? [[derived.unit, path]] : [])));

/** What a window's row has to say, asked of the readings themselves. */
const agrees = (table: string, micros: number): string => `
  SELECT count(*) FROM ${table} w FULL JOIN (
    SELECT device_id, metric, epoch_us(ts) // ${micros} AS bucket, count(*) AS n, min(value_double) AS low,
      max(value_double) AS high, avg(value_double) AS middle, stddev_pop(value_double) AS spread,
      arg_min(value_double, ts) AS first, arg_max(value_double, ts) AS last
    FROM readings GROUP BY ALL) r
  ON w.device_id = r.device_id AND w.metric = r.metric AND epoch_us(w.ts) = r.bucket * ${micros}
  WHERE coalesce(w.device_id, r.device_id) LIKE 'press%' AND (
    (w.count, w.min, w.max, w.first, w.last) IS DISTINCT FROM (r.n, r.low, r.high, r.first, r.last)
    OR abs(w.mean - r.middle) > 1e-6 OR abs(w.deviation - r.spread) > 1e-6)`;

const tables = [
  ["rollups_1m", 60_000_000],
  ["rollups_1h", 3_600_000_000],
  ["rollups_1d", 86_400_000_000],
] as const;

describe("declared insights", () => {
  test("roll-ups say what the readings say, and late values change their own hour alone", async () => {
    const wave = Array.from(
      { length: 300 },
      (_, at) => [at * 20_000, 1e6 + Math.sin(at / 7) + at / 100] as const,
    );
    await arrive("press-01", ...wave);
    await arrive("press-02", ...wave.map(([at, value]) => [at + 7_000, -value] as const));
    await store.send("wrist-01", payload("frame62", seq++));
    await store.lake.flush();
    expect(await look()).toBeGreaterThan(3);
    for (const [table, micros] of tables) expect(await rows(agrees(table, micros))).toEqual([["0"]]);
    expect(
      await store.value("SELECT count(DISTINCT metric) FROM rollups_1m WHERE device_id = 'wrist-01'"),
    ).toBe("6");
    const before = await units();
    expect(await look()).toBe(0);
    expect(await units()).toEqual(before);

    await arrive("press-01", [31_000, 99]);
    await look();
    for (const [table, micros] of tables) expect(await rows(agrees(table, micros))).toEqual([["0"]]);
    const changed = [...(await units())]
      .filter(([unit, path]) => before.get(unit) !== path)
      .map(([unit]) => unit);
    const day = new Date(noon).toISOString().slice(0, 10);
    expect(changed.toSorted()).toEqual([`day/${day}`, `hour/${day}T11`, `insight/gaps/${day}`]);
  });

  test("every row names files that are in the lake, by hash and number of rows", async () => {
    await arrive("press-01", [0, 1], [70_000, 2]);
    await look();
    await arrive("press-01", [90_000, 3]);
    await look();
    const cited = await rows(
      "SELECT DISTINCT file, sha256, e.rows FROM rollups_1m JOIN insight_evidence e USING (evidence) ORDER BY 1",
    );
    const readings = (await store.lake.parts()).filter(({ table }) => table === "readings");
    expect(cited).toEqual(readings.map(({ path, sha256, rows: n }) => [path, sha256, String(n)]).toSorted());
    expect(await rows("SELECT DISTINCT codec FROM rollups_1d")).toEqual([["machine-json@1"]]);
    // A day's row leads on to the hour's file, and its rows to the readings.
    expect(
      await rows("SELECT DISTINCT source FROM rollups_1d JOIN insight_evidence USING (evidence)"),
    ).toEqual([["rollups_1h"]]);
    await store.lake.compact();
    await look();
    const [merged] = (await store.lake.parts()).filter(({ table }) => table === "readings");
    expect(
      await rows("SELECT DISTINCT sha256 FROM rollups_1m JOIN insight_evidence USING (evidence)"),
    ).toEqual([[merged?.sha256]]);
  });

  test("gaps, limits, silence and forecasts are found, and go where nobody declares them any more", async () => {
    const declared = [
      { kind: "gap", name: "gaps", minutes: 5 },
      { kind: "limit", name: "hot", metrics: "temp*", above: 80, release: 70 },
      { kind: "late", name: "late", devices: "press-*" },
      { kind: "forecast", name: "soon", step: "1m", horizon: 5, above: 500 },
    ];
    await insights.stop();
    insights = begin({ declared });
    const ramp = Array.from({ length: 40 }, (_, at) => [at * 60_000, at * 2.5] as const);
    await arrive("press-01", ...ramp, [50 * 60_000, 20]);
    await look();
    expect(
      await rows(
        "SELECT kind, count(*) FROM insights WHERE rows > 0 AND codec = 'machine-json@1' GROUP BY 1 ORDER BY 1",
      ),
    ).toEqual([
      ["forecast", "5"],
      ["gap", "1"],
      ["late", "1"],
      ["limit", "1"],
      ["remaining-time", "1"],
    ]);
    const at = (minutes: number) => new Date(noon - hour + minutes * 60_000).toISOString();
    expect(
      await rows("SELECT ts, until, value, expected, detail FROM insights WHERE kind = 'limit'"),
    ).toEqual([[at(33), at(50), 97.5, 80, "temperature was 97.5, above 80"]]);
    expect(await rows("SELECT ts, until FROM insights WHERE kind = 'gap'")).toEqual([[at(39), at(50)]]);
    expect(await store.value("SELECT model FROM insights WHERE kind = 'forecast'")).toMatch(/@4$/);
    await insights.stop();
    insights = begin({ declared: [{ ...declared[1], version: 2, above: 90 }] });
    await look();
    expect(await rows("SELECT kind, insight_version, expected FROM insights")).toEqual([["limit", 2, 90]]);
  });

  test("a spike that a minute's mean hides is found by its largest value, once", async () => {
    await insights.stop();
    insights = begin({ declared: [{ kind: "anomaly", name: "odd" }] });
    const noise = (at: number): number => ((at * 7919) % 101) / 100;
    const usual = Array.from({ length: 1_200 }, (_, at) => [(at - 540) * 30_000, 20 + noise(at)] as const);
    const spike = usual.map(([at, value], index) => [at, index === 1_000 ? 60 : value] as const);
    await arrive("press-01", ...spike);
    await look();
    const found = await rows("SELECT kind, ts, value, model FROM insights");
    const minute = Math.floor((noon - hour + 460 * 30_000) / 60_000) * 60_000;
    expect(found).toEqual([["anomaly", new Date(minute).toISOString(), 60, "detector@4"]]);
  });

  test("what was made and not adopted does not exist: the next process works it out again", async () => {
    await arrive("press-01", [0, 1], [60_000, 2]);
    await insights.stop();
    const killed = begin(
      {},
      { parts: () => store.lake.parts(), adopt: () => Promise.reject(new Error("killed")) },
    );
    await expect(killed.look()).rejects.toThrow("killed");
    expect(killed.trouble).toContain("killed");
    await killed.stop();
    const made = () => place.files(/rollups_1m.*parquet$/);
    expect(made()).toHaveLength(1);
    expect(await store.value("SELECT count(*) FROM rollups_1m")).toBe("0");
    await store.close();
    store = await place.open();
    expect(made()).toHaveLength(0);
    insights = begin();
    await look();
    expect(await store.value("SELECT count(*) FROM rollups_1m")).toBe("2");
    expect(made()).toHaveLength(1);
  });
});
