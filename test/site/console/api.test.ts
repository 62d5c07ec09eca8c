/** The JSON API over a fake lake: what it takes, what it answers, and that names never become SQL. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type {
  Fleet,
  Latest,
  LatestRow,
  Metrics,
  Problem,
  Quarantine,
  Series,
} from "../../../site/console/api.ts";
import { hostileName, hostileText } from "../../page/support/fake-tables.ts";
import { startFakeSite, type FakeSite } from "../../page/support/fake-site.ts";
import { ask, askJson, bearer, post } from "./support/http.ts";

let site: FakeSite;
beforeAll(async () => {
  site = await startFakeSite({ hostile: true });
});
afterAll(() => site.stop());

const get = <Answer>(path: string) => askJson<Answer>(site.url, `/api/${path}`);
const refused = async (path: string): Promise<[number, Pick<Problem, "code" | "detail">]> => {
  const { status, headers, text } = await ask(site.url, `/api/${path}`, { headers: bearer });
  expect(headers["content-type"]).toBe("application/problem+json");
  const { code, detail, ...problem } = JSON.parse(text) as Problem;
  expect(problem).toEqual({ type: `urn:fieldlake:problem:${code}`, title: expect.any(String), status });
  return [status, { code, detail }];
};

describe("parameters", () => {
  test.each([
    ["rate?minutes=0", 'minutes: received "0"; allowed: 1 to 10080'],
    ["rate?minutes=1.5", 'minutes: received "1.5"; allowed: a whole number from 1 to 10080'],
    ["rate?minutes=x", 'minutes: received "x"; allowed: a whole number from 1 to 10080'],
    [
      "latest?order=name&descending=1&limit=9999",
      'order: received "name"; allowed: device, metric, value, time; descending: received "1"; allowed: true or false; limit: received "9999"; allowed: 1 to 2000',
    ],
    ["metrics", "device: "],
    ["metrics?device=", 'device: received ""; allowed: a name'],
    [`fleet?search=${"x".repeat(201)}`, "allowed: at most 200 characters"],
    ["series?device=a&metric=b&from=soon", "allowed: milliseconds since 1970, or ISO 8601"],
    ["series?device=a&metric=b&from=9&to=5", 'from: received "9"; allowed: a time before `to`'],
    ["series?device=a&metric=b&points=99999", "allowed: 10 to 4000"],
    ["series?device=a&metric=b&to=253402300800000", "allowed: milliseconds since 1970"],
    ["quarantine?limit=51", "allowed: 1 to 50"],
  ])("%s is refused with what was received and what is allowed", async (path, message) => {
    expect(await refused(path)).toEqual([
      400,
      { code: "parameter", detail: expect.stringContaining(message) },
    ]);
  });

  test.each([
    ["not JSON", "{"],
    ["without a statement", "{}"],
    ["an empty statement", '{"sql":" \\n"}'],
    ["too many rows", '{"sql":"SELECT 1","maxRows":10001}'],
    ["something else beside", '{"sql":"SELECT 1","timeoutMs":1}'],
    ["a list", "[]"],
    ["a statement that is too long", JSON.stringify({ sql: "x".repeat(65_537) })],
  ])("a query that is %s is refused", async (_, body) => {
    const { status, text } = await ask(site.url, "/api/query", {
      method: "POST",
      headers: { ...bearer, "content-type": "application/json" },
      body,
    });
    expect([status, (JSON.parse(text) as Problem).code]).toEqual([400, "parameter"]);
  });
});

describe("names", () => {
  test("are values of statements, never part of them", async () => {
    const before = site.lake.asked.length;
    const quote = encodeURIComponent(`'; DROP VIEW readings; --"`);
    expect((await get<Latest>(`latest?search=${quote}`)).rows).toEqual([]);
    expect((await get<Metrics>(`metrics?device=${quote}`)).metrics).toEqual([]);
    expect(await refused(`series?device=${quote}&metric=${quote}&table=${quote}`)).toEqual([
      404,
      { code: "no-series", detail: expect.any(String) },
    ]);
    expect(
      (await refused(`series?device=wrist-01&metric=${encodeURIComponent('accel_x" FROM x --')}`))[0],
    ).toBe(404);
    const asked = site.lake.asked.slice(before);
    expect(asked.length).toBeGreaterThan(2);
    for (const { sql } of asked) expect(sql).not.toContain("DROP");
  });

  test("that are markup come back as they are", async () => {
    const device = encodeURIComponent(hostileName);
    const [row] = (await get<Latest>(`latest?search=${encodeURIComponent("pwned")}`)).rows as [LatestRow];
    expect(row).toMatchObject({ device: hostileName, metric: hostileText.replaceAll("\u0000", "") });
    const [metric] = (await get<Metrics>(`metrics?device=${device}`)).metrics;
    const series = await get<Series>(
      `series?device=${device}&metric=${encodeURIComponent(metric?.metric ?? "")}&sub=${encodeURIComponent(metric?.sub ?? "")}`,
    );
    expect(series.values).toBe(9);
    const { headers } = await ask(site.url, `/api/metrics?device=${device}`, { headers: bearer });
    expect(headers["content-type"]).toMatch(/^application\/json/);
  });
});

describe("answers", () => {
  test("a fleet larger than the limit is cut, and counted whole", async () => {
    const fleet = await get<Fleet>("fleet?limit=3&search=wrist");
    expect([fleet.devices.length, fleet.matching, fleet.total]).toEqual([3, 5, 11]);
  });

  test("a series has at most as many points as were asked for, and every value is in one of them", async () => {
    const series = await get<Series>("series?device=wrist-01&metric=accel_x&points=100");
    expect(series.time.length).toBeLessThanOrEqual(101);
    expect(series.values).toBe(36_000);
    series.mean.forEach((mean, index) => {
      expect(mean).toBeGreaterThanOrEqual(series.min[index] ?? NaN);
      expect(mean).toBeLessThanOrEqual(series.max[index] ?? NaN);
    });
    expect(series.time).toEqual(series.time.toSorted((a, b) => a - b));
  });

  test("sub-devices are told apart: one, the device itself, or all of them", async () => {
    const of = async (sub: string) =>
      (await get<Series>(`series?device=tracker-lpp-01&metric=temperature${sub}`)).values;
    const [one, two, all] = [await of("&sub=1"), await of("&sub=2"), await of("")];
    expect(one + two).toBe(all);
    expect(await refused("series?device=tracker-lpp-01&metric=temperature&sub=")).toMatchObject([404, {}]);
  });

  test("quarantine is paged without a gap or a repeat", async () => {
    const ids: string[] = [];
    let page = await get<Quarantine>("quarantine?limit=9");
    expect(page.reasons.length).toBeGreaterThan(3);
    for (;;) {
      ids.push(...page.entries.map(({ id }) => id));
      if (page.next === null) break;
      page = await get<Quarantine>(`quarantine?limit=9&before=${encodeURIComponent(page.next)}`);
      expect(page.reasons).toEqual([]);
    }
    expect(ids).toHaveLength(38);
    expect(new Set(ids).size).toBe(38);
  });

  test("a large answer of SQL is cut to four megabytes and says so", async () => {
    const { status, text } = await post(site.url, "/api/query", {
      sql: "SELECT repeat('x', 100000) FROM range(100)",
      maxRows: 10_000,
    });
    expect(status).toBe(200);
    expect(text.length).toBeLessThan(4.2 * 1024 * 1024);
    expect(JSON.parse(text)).toMatchObject({ truncated: true });
  });

  test.each(["/api/nothing", "/assets/../main.ts", "/assets/%2e%2e%2fsettings.ts", "/index.html"])(
    "%s is nothing",
    async (path) => {
      expect((await ask(site.url, path, { headers: bearer })).status).toBe(404);
    },
  );
});
