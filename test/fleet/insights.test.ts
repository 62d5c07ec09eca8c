import { afterAll, describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { anomalies } from "../../fleet/commands/insights/anomalies.ts";
import { forecastCommand } from "../../fleet/commands/insights/forecast.ts";
import { computeInsights, listInsights } from "../../fleet/commands/insights/insights.ts";
import type { SiteConnection } from "../../fleet/site-client.ts";
import { seasonal } from "../functions/insights/support.ts";
import { fakeTerminal } from "./support/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "fieldlake-insights-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = Date.parse("2026-03-01T00:00:00Z");
const values = seasonal(24 * 30, 24);
values[24 * 25 + 3]! += 9;

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const hours = Array.from(values, (value, i) => ({
  at: new Date(start + i * 3_600_000).toISOString(),
  value,
}));
const csv = file(
  "hours.csv",
  ["note,at,level", ...hours.map(({ at, value }) => `x,${at},${value}`)].join("\n"),
);

type Answer = Awaited<ReturnType<SiteConnection["query"]>>;

function setUp(answer?: Answer, parts: readonly (string | null)[] = [null]) {
  const screen = fakeTerminal({ width: 100 });
  const asked: unknown[] = [];
  const site = {
    query: (sql: string, options: unknown) => {
      if (sql.includes("DISTINCT sub_device"))
        return Promise.resolve({ ...answer!, rows: parts.map((part) => [part]) });
      asked.push({ sql, options });
      return Promise.resolve(answer!);
    },
  } as SiteConnection;
  return { screen, asked, context: { terminal: screen.terminal, site } };
}

describe("npx fieldlake forecast", () => {
  test("a file: times found by their type, interval, season, model and back-test", async () => {
    const { screen, context } = setUp();
    await forecastCommand({ file: csv, level: 0.9, horizon: 24, json: true }, context);
    const said = JSON.parse(screen.output()) as { forecast: { ts: string }[] };
    expect(said).toMatchObject({ values: 720, stepSeconds: 3600, season: [24], level: 0.9 });
    expect(said.forecast).toHaveLength(24);
    expect(said.forecast[0]).toMatchObject({ ts: "2026-03-31T00:00:00.000000Z" });
  });

  test("for people: a table and when a limit is passed", async () => {
    const { screen, context } = setUp();
    await forecastCommand({ file: csv, level: 0.8, horizon: 24, above: 24, below: -100 }, context);
    expect(screen.output()).toContain("lower 80 %");
    expect(screen.output()).toMatch(/above 24: 2026-03-31T0\d:00/);
    expect(screen.output()).toContain("below -100: not within the forecast");
  });

  test("numbers as times: seconds and milliseconds; named columns; no times at all", async () => {
    const seconds = file(
      "s.csv",
      ["time,a,b", ...hours.map(({ value }, i) => `${1_700_000_000 + 60 * i},1,${value}`)].join("\n"),
    );
    const milliseconds = file(
      "ms.json",
      JSON.stringify(hours.map(({ value }, i) => ({ value, t: 1_700_000_000_000 + 60_000 * i }))),
    );
    const plain = file("plain.csv", ["v", ...hours.map(({ value }) => value)].join("\n"));
    for (const [options, step] of [
      [{ file: seconds, value: "b" }, 60],
      [{ file: milliseconds }, 60],
      [{ file: plain }, 1],
    ] as const) {
      const { screen, context } = setUp();
      await forecastCommand({ ...options, level: 0.9, horizon: 1, json: true }, context);
      expect(JSON.parse(screen.output())).toMatchObject({ stepSeconds: step, season: [24] });
    }
  });

  test.each([
    [{}, "give one of"],
    [{ file: csv, sql: "select 1" }, "give one of"],
    [{ device: "a" }, "give one of"],
    [{ file: "no.csv" }, "there is no file no.csv"],
    [{ file: "a.xlsx" }, "allowed: .csv"],
    [{ file: csv, value: "pressure" }, 'no column "pressure"; it has note, at, level'],
    [{ file: file("words.csv", "a,b\nx,y\n") }, "no column of numbers"],
    [{ file: file("once.csv", "at,v\n2026-01-01T00:00:00Z,1\n") }, "a series needs two times"],
  ])("%j is refused in the user's terms", async (options, message) => {
    const { context } = setUp();
    const refused = forecastCommand({ ...options, level: 0.9 }, context).catch((error: unknown) => error);
    const { message: said, advice } = (await refused) as { message: string; advice: readonly string[] };
    expect([said, ...advice].join("\n")).toContain(message);
  });
});

describe("npx fieldlake anomalies", () => {
  test("a device's metric in the lake: the spike, when, and a gap", async () => {
    const rows = hours.filter((_, i) => i < 600 || i > 610).map(({ at, value }) => [at, value]);
    const columns = [
      { name: "ts", type: "TIMESTAMP WITH TIME ZONE" },
      { name: "value", type: "DOUBLE" },
    ];
    const { screen, asked, context } = setUp({ columns, rows, truncated: false, milliseconds: 1 });
    await anomalies({ device: "room-'1", metric: "temperature", json: true }, context);
    expect(asked).toMatchObject([{ options: { parameters: ["room-'1", "temperature"] } }]);
    const said = JSON.parse(screen.output()) as { anomalies: unknown[]; gaps: unknown[] };
    expect(said.gaps).toEqual([{ from: "2026-03-26T00:00:00.000000Z", seconds: 11 * 3600 }]);
    expect(said.anomalies).toEqual([]);
  });

  test("a file, for people", async () => {
    const { screen, context } = setUp();
    await anomalies({ file: csv }, context);
    expect(screen.output()).toContain("2026-03-26T03:00:00.000000Z");
    expect(screen.output()).toContain("spike");
    expect(screen.output()).toContain("1 anomaly and 0 gaps in 720 values every 60 min 0 s");
  });

  test("of several parts of a device one has to be named", async () => {
    const columns = [
      { name: "ts", type: "TIMESTAMP WITH TIME ZONE" },
      { name: "value", type: "DOUBLE" },
    ];
    const rows = hours.map(({ at, value }) => [at, value]);
    const { asked, context } = setUp({ columns, rows, truncated: false, milliseconds: 1 }, [null, "a", "b"]);
    const device = { device: "d", metric: "m" };
    await expect(anomalies(device, context)).rejects.toThrow("itself, a, b");
    await anomalies({ ...device, subDevice: "a" }, context);
    expect(asked).toMatchObject([{ options: { parameters: ["d", "m", "a"] } }]);
  });

  test("an answer that is no series, or empty", async () => {
    const columns = [{ name: "n", type: "BIGINT" }];
    const { context } = setUp({ columns, rows: [], truncated: false, milliseconds: 1 });
    await expect(anomalies({ sql: "select 1 as n" }, context)).rejects.toThrow("columns n (BIGINT)");
    await expect(anomalies({ file: csv, risk: 0.5 }, context)).rejects.toThrow("--risk is 0.5");
  });
});

describe("npx fieldlake insights", () => {
  const columns = Array.from({ length: 19 }, () => ({ name: "", type: "" }));
  const found = [
    ...["hot", 2, "limit", "press-01", null, "temperature", "1773100800000000", null, null],
    ...["temperature was 97.5, above 80", 97.5, 80, null, null, null, null, "120", "machine-json@1", "e1"],
  ];
  const cited = ["e1", "rollups_1m", "curated/rollups_1m/a.parquet", "ab".repeat(32), "60"];
  const asked: unknown[] = [];
  const site = {
    query: (sql: string, options: unknown) => {
      asked.push(options);
      const rows = sql.includes("FROM insight_evidence") ? [cited] : [found];
      return Promise.resolve({ columns, rows, truncated: false, milliseconds: 1 });
    },
    computeInsights: () => Promise.resolve({ units: 3, milliseconds: 1200, trouble: "insight/x: too wide" }),
  } as unknown as SiteConnection;

  test("for people a table, for programs everything with the files it rests on", async () => {
    const screen = fakeTerminal({ width: 140 });
    await listInsights({ kind: "limit", device: "press-01" }, { terminal: screen.terminal, site });
    expect(asked[0]).toMatchObject({ parameters: ["limit", "press-01"], maxRows: 100 });
    expect(screen.output()).toMatch(/2026-03-10T00:00:00 .*hot@2 .*press-01 .*above 80 .*120 values, 1 file/);
    const json = fakeTerminal({ width: 80 });
    await listInsights({ json: true }, { terminal: json.terminal, site });
    expect(JSON.parse(json.output())).toMatchObject([
      {
        ...{ insight: "hot", version: 2, until: null, expected: 80, rows: 120, codec: "machine-json@1" },
        files: [{ source: "rollups_1m", sha256: "ab".repeat(32), rows: 60 }],
      },
    ]);
  });

  test("computes at once, and fails where something could not be worked out", async () => {
    const screen = fakeTerminal({ width: 80 });
    await expect(computeInsights({}, { terminal: screen.terminal, site })).rejects.toThrow(
      "insight/x: too wide",
    );
    expect(screen.output()).toContain("3 units worked out in 1.2 s");
  });
});
