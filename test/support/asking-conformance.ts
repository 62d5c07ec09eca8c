/** What the API answers on every target, by the typed client: one body of tests, a target at a time. */
import { expect } from "@jest/globals";
import type { Fieldlake } from "../../clients/typescript/client.ts";
import { operations } from "../../site/console/contract/operations.ts";
import type { Scope } from "../../site/access/scopes.ts";

/** Milliseconds before now at which the presses measured 0, 1 and 2, a second apart, and the state `of <device>`. */
export const beganBefore = 3_600_000;

export interface AskedTarget {
  /** Milliseconds since 1970: `now` less {@link beganBefore}. */
  readonly began: number;
  /** A client with a token of its own. */
  client(token: {
    readonly scopes?: readonly Scope[];
    readonly devices?: readonly string[];
  }): Promise<Fieldlake>;
}

const text = async (stream: Promise<ReadableStream>): Promise<string> => new Response(await stream).text();

/** By name; each may come in any order. press-01 and press-02 measured; they and room-07 sent `{not json of <device>`. */
export const askedAlike: Readonly<Record<string, (target: AskedTarget) => Promise<void>>> = {
  "the newest value of each series, with what it is": async ({ began, client }) => {
    const { rows, matching } = await (await client({})).ask("latest", { search: "temperature", limit: 5 });
    expect(matching).toBe(2);
    expect(rows.map(({ device, value, time }) => [device, value, time])).toEqual([
      ["press-01", { kind: "double", value: 2 }, began + 2000],
      ["press-02", { kind: "double", value: 2 }, began + 2000],
    ]);
  },
  "series, whole and in a range, and what they let expect": async ({ began, client }) => {
    const lake = await client({ scopes: ["values"] });
    const press = { device: "press-01", metric: "temperature" };
    expect((await lake.ask("series", press)).time).toEqual([began, began + 1000, began + 2000]);
    const part = await lake.ask("series", { ...press, from: began + 500, to: began + 1500 });
    expect([part.time, part.mean]).toEqual([[began + 1000], [1]]);
    expect(await lake.ask("outlook", press)).toMatchObject({ values: 3, forecast: null });
    const { metrics } = await lake.ask("metrics", { device: "press-01" });
    expect(metrics.map(({ metric, kind }) => [metric, kind])).toEqual([
      ["temperature", "number"],
      ["state", "other"],
    ]);
    const none = lake.ask("series", { device: "press-01", metric: "x' OR 1=1 --" });
    await expect(none).rejects.toMatchObject({ status: 404, code: "no-series" });
  },
  "how much arrived, and from whom": async ({ client }) => {
    const lake = await client({ scopes: ["values"] });
    const { rows } = await lake.ask("rate", { minutes: 120 });
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(12);
    expect(await lake.ask("busiest", {})).toEqual({ device: "press-01" });
    expect(await lake.ask("insights", {})).toEqual({ insights: [], evidence: [] });
  },
  "quarantine page by page, of the devices of a token alone": async ({ client }) => {
    const lake = await client({ scopes: ["quarantine"], devices: ["press-*"] });
    const devices: string[] = [];
    for await (const { device, payload } of lake.quarantined()) {
      devices.push(device);
      expect(Buffer.from(payload, "hex").toString()).toBe(`{not json of ${device}`);
    }
    expect(devices.toSorted()).toEqual(["press-01", "press-02"]);
    const { entries, next } = await lake.ask("quarantine", { limit: 1 });
    expect([entries.length, next]).toEqual([1, entries[0]?.id]);
  },
  "by words, as far as scopes and devices go": async ({ client }) => {
    const kinds = async (lake: Fieldlake, words: string) =>
      (await lake.ask("search", { words })).found.map(({ kind, about }) => [kind, about.device]);
    const lake = await client({ devices: ["press-02"] });
    expect(await kinds(lake, "temperatur press")).toEqual([["series", "press-02"]]);
    expect(await kinds(lake, "not json")).toEqual([["quarantine", "press-02"]]);
    expect(await kinds(await client({ scopes: ["devices"] }), "not json")).toEqual([]);
    const profiles = (await (await client({})).ask("search", { words: "machine" })).found;
    expect(profiles.map(({ kind, title }) => [kind, title])).toContainEqual(["profile", "machine-json"]);
  },
  "SQL of what a token sees, in a time": async ({ began, client }) => {
    const lake = await client({ devices: ["press-01"] });
    const devices = "SELECT DISTINCT device_id FROM readings UNION SELECT device_id FROM quarantine";
    expect((await lake.query(devices)).rows).toEqual([["press-01"]]);
    const some = await lake.query("SELECT count(*)::INT FROM readings", { from: began + 1500 });
    expect(some.rows).toEqual([[2]]);
    const { rows } = await lake.query("SELECT device_id, metric FROM latest ORDER BY ALL");
    expect(rows.map(([device]) => device)).toEqual(["press-01", "press-01"]);
    expect((await lake.query("DESCRIBE quarantine")).rows.map(([name]) => name)).toContain("payload");
    expect((await lake.query("SELECT 1 FROM range(20)", { maxRows: 3 })).truncated).toBe(true);
    const { tables } = await lake.ask("schema", {});
    const names = tables.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["insights", "latest", "quarantine", "readings", "rollups_1h"]),
    );
  },
  "whole answers as files, in every form": async ({ client }) => {
    const lake = await client({ scopes: ["query"], devices: ["press-*"] });
    const rows = "SELECT device_id, value_double FROM readings WHERE metric = 'temperature' ORDER BY ALL";
    const csv = await text(lake.download(`${rows} LIMIT 2`, { format: "csv" }));
    expect(csv).toBe("device_id,value_double\npress-01,0.0\npress-01,1.0\n");
    const parquet = await new Response(await lake.download(rows, { format: "parquet" })).bytes();
    expect(Buffer.from(parquet.subarray(0, 4)).toString()).toBe("PAR1");
    const seen: unknown[] = [];
    for await (const { device_id: device } of lake.rows(rows)) seen.push(device);
    expect(seen).toEqual([...Array(3).fill("press-01"), ...Array(3).fill("press-02")]);
  },
  "what the environment is and holds, by one schema; to tokens of some devices nothing of it": async ({
    client,
  }) => {
    const [lake, some] = [await client({}), await client({ devices: ["press-*"] })];
    for (const name of ["summary", "lake", "models", "environment"] as const) {
      const answer: unknown = await lake.ask(name, {});
      expect(operations[name].answer.parse(answer)).toEqual(answer);
    }
    expect((await lake.ask("summary", {})).environment).toBe("acme");
    const refused = some.ask("lake", {});
    await expect(refused).rejects.toMatchObject({ status: 403, code: "devices" });
  },
  "refusals, by status and code": async ({ client }) => {
    const lake = await client({ scopes: ["values"], devices: ["press-*"] });
    const refused = (asked: Promise<unknown>, status: number, code: string) =>
      expect(asked).rejects.toMatchObject({ name: "ProblemError", status, code });
    await refused(lake.query("SELECT 1"), 403, "scope");
    await refused(lake.ask("latest", { limit: 0 }), 400, "parameter");
    await refused(lake.ask("search", { words: "press" }), 403, "scope");
    const other = await client({ devices: ["press-*"] });
    await refused(other.ask("silence", { minutes: 1, by: "somebody", reason: "none" }), 403, "devices");
    await refused(other.ask("acknowledge", { id: "0".repeat(16), by: "somebody" }), 404, "no-alarm");
    await refused(other.query("SELEC 1"), 422, "query");
    await refused(other.query("SELECT nothing FROM readings"), 422, "query");
    await refused(other.download("SELECT nothing FROM readings", { format: "csv" }), 422, "query");
  },
};

/** What no token may do, whatever it is good for: each is refused, or answers nothing of others. */
export const hostileStatements: readonly string[] = [
  "SELECT * FROM memory.main.readings",
  "SELECT * FROM main.readings",
  "SELECT * FROM read_parquet('/tmp/**/*.parquet')",
  "SELECT * FROM '/tmp/fieldlake-lake/x.parquet'",
  "SELECT * FROM glob('/**')",
  "SELECT * FROM read_text('/proc/self/environ')",
  "ATTACH '/tmp/x.db'",
  "PRAGMA database_list",
  "SET enable_external_access = true",
  "SELECT * FROM information_schema.tables",
  "SELECT * FROM duckdb_views()",
  "SELECT sql FROM duckdb_views",
  "SELECT * FROM pg_catalog.pg_views",
  "CREATE TEMP TABLE mine AS SELECT * FROM readings",
  "SELECT 1; SELECT 2",
  "COPY readings TO '/tmp/x.csv'",
  "SELECT getenv('AWS_SECRET_ACCESS_KEY')",
  "SELECT current_setting('temp_directory')",
  "WITH readings AS (SELECT 1) SELECT * FROM readings",
  "SELECT * FROM parquet_metadata('/tmp/x')",
  "SELECT stats(device_id) FROM readings",
  "EXPLAIN SELECT * FROM readings",
  "CALL duckdb_settings()",
  "INSTALL httpfs",
];
