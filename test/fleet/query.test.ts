import { afterEach, describe, expect, test } from "@jest/globals";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { query } from "../../fleet/commands/query.ts";
import { environmentFolders } from "../../fleet/environment.ts";
import { connectSite } from "../../fleet/site-client.ts";
import type { CommandContext } from "../../fleet/commands/context.ts";
import { fakeSite } from "./support/site.ts";
import { fakeTerminal } from "./support/terminal.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

const answer = {
  columns: [
    { name: "metric", type: "VARCHAR" },
    { name: "n", type: "BIGINT" },
  ],
  rows: [
    ["temperature", "3"],
    ["humidity", null],
  ],
  truncated: true,
  milliseconds: 7,
};
const limits = { limit: 2, timeout: 5 };

async function setUp(answers: Parameters<typeof fakeSite>[0]) {
  const site = await fakeSite(answers);
  closers.push(() => site.close());
  const screen = fakeTerminal({ width: 80 });
  const context: CommandContext = {
    terminal: screen.terminal,
    folders: environmentFolders(site.runFolder),
    signal: new AbortController().signal,
    site: connectSite(site.runFolder),
  };
  return { site, screen, context };
}

describe("fieldlake query", () => {
  test("prints a table, says how many rows and that there are more", async () => {
    const { site, screen, context } = await setUp({ "POST /query": () => ({ body: answer }) });
    await query("  select 1 ", limits, context);

    expect(site.asked).toEqual([
      { request: "POST /query", body: { sql: "select 1", maxRows: 2, timeoutMs: 5000 } },
    ]);
    expect(screen.output()).toMatch(/│ temperature │ +3 │\n│ humidity +│ NULL │/);
    expect(screen.output()).toContain("2 rows, 7 ms");
    expect(screen.notes).toEqual(["only the first 2 rows: --limit takes more, --parquet FILE takes all"]);
  });

  test("--json and --csv print nothing else on standard output", async () => {
    const { screen, context } = await setUp({ "POST /query": () => ({ body: answer }) });
    await query("select 1", { ...limits, json: true }, context);
    expect(JSON.parse(screen.output())).toEqual([
      { metric: "temperature", n: "3" },
      { metric: "humidity", n: null },
    ]);

    const second = await setUp({ "POST /query": () => ({ body: answer }) });
    await query("select 1", { ...limits, csv: true }, second.context);
    expect(second.screen.output()).toBe("metric,n\r\ntemperature,3\r\nhumidity,\r\n");
  });

  test("--parquet hands over an absolute path and never overwrites", async () => {
    const { site, screen, context } = await setUp({ "POST /export": () => ({ body: { rows: 12 } }) });
    const file = join(site.runFolder, "out.parquet");
    await query("select 1", { ...limits, parquet: file }, context);
    expect(site.asked[0]).toEqual({ request: "POST /export", body: { sql: "select 1", file } });
    expect(screen.output()).toBe(`12 rows in ${file} (plain Parquet: this export is not encrypted)\n`);

    writeFileSync(file, "mine");
    await expect(query("select 1", { ...limits, parquet: file }, context)).rejects.toThrow(
      `${file} exists already`,
    );
    expect(site.asked).toHaveLength(1);
    expect(existsSync(file)).toBe(true);
    rmSync(file);
    await expect(
      query("select 1", { ...limits, parquet: join(site.runFolder, "none", "x.parquet") }, context),
    ).rejects.toMatchObject({ message: expect.stringContaining("there is no folder"), exitCode: 2 });
    expect(site.asked).toHaveLength(1);
  });

  test("passes the lake's refusal on, in its own words", async () => {
    const { context } = await setUp({
      "POST /query": () => ({
        status: 422,
        body: { error: { code: "QueryError", message: 'Parser Error: syntax error at or near "selct"' } },
      }),
    });
    await expect(query("selct 1", limits, context)).rejects.toMatchObject({
      message: 'Parser Error: syntax error at or near "selct"',
      exitCode: 1,
    });
  });

  test("refuses an empty statement and two forms at once, before it asks anybody", async () => {
    const { site, context } = await setUp({});
    await expect(query("  ", limits, context)).rejects.toMatchObject({ exitCode: 2 });
    await expect(query("select 1", { ...limits, json: true, csv: true }, context)).rejects.toThrow(
      "--json and --csv were given together; allowed: one of them",
    );
    expect(site.asked).toEqual([]);
  });

  test("says how to start what does not run", async () => {
    const { site, context } = await setUp({});
    await site.close();
    closers.length = 0;
    await expect(query("select 1", limits, context)).rejects.toMatchObject({
      message: "the environment is not running",
      exitCode: 3,
    });
  });
});
