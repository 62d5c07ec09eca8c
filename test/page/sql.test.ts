/** SQL over the lake: examples, answers, errors, the names to use, taking an answer away. */
import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { examples } from "../../site/page/sql/examples.ts";
import { eventually, pageTests } from "./support/open-page.ts";

const tests = pageTests();

const editor = (page: Page) => page.getByLabel("SQL statement");
const note = (page: Page) => page.locator(".panel-answer .panel-note");
const answer = (page: Page) =>
  page
    .locator(".answer tr")
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));

async function ask(page: Page, sql: string): Promise<void> {
  await editor(page).fill(sql);
  await page.keyboard.press("Control+Enter");
  await page.locator('.answer:not([aria-busy="true"])').waitFor();
}

test("every example runs, and puts its statement into the box and the address", async () => {
  const page = await tests.open("#/sql");
  expect(examples.length).toBeGreaterThanOrEqual(5);
  for (const { title, sql } of examples) {
    await page.getByLabel("Example statements").selectOption({ label: title });
    expect(await editor(page).inputValue()).toBe(sql);
    // Two answers may say the same, to the millisecond: what the note said before tells nothing.
    const answered = page.waitForResponse((response) => response.url().includes("/api/query"));
    await page.getByRole("button", { name: "Run" }).click();
    await answered;
    await page.locator('.answer:not([aria-busy="true"])').waitFor();
    expect(await note(page).textContent()).toMatch(/^[1-9][\d,]* rows? · [\d.]+ m?s$/);
    expect(await page.getByRole("alert").filter({ visible: true }).count()).toBe(0);
    expect(new URLSearchParams(page.url().split("?")[1]).get("q")).toBe(sql);
  }
});

test("answers are tables with names and types; null is no text, lists are JSON", async () => {
  const page = await tests.open("#/sql");
  await ask(
    page,
    "SELECT 1 AS one, 'null' AS text, NULL AS nothing, true AS flag, 9007199254740993 AS large, '<b>' AS markup",
  );
  expect(await answer(page)).toEqual([
    ["oneinteger", "textvarchar", "nothinginteger", "flagboolean", "largebigint", "markupvarchar"],
    ["1", "null", "null", "true", "9007199254740993", "<b>"],
  ]);
  expect(await page.locator(".answer .null").count()).toBe(1);
  await ask(page, "SELECT 1 WHERE false");
  await page.getByText("No row.").waitFor();
});

test("more rows than are shown are said to be more", async () => {
  const page = await tests.open("#/sql");
  await ask(page, "SELECT * FROM range(5000)");
  await eventually(async () => expect(await note(page).textContent()).toMatch(/^first 1,000 rows · /));
  expect(await page.locator(".answer tbody tr").count()).toBe(1000);
});

test("a wrong statement is answered with the lake's own words, and so is one that would change something", async () => {
  const page = await tests.open("#/sql");
  await ask(page, "SELECT device FROM readings");
  expect(await page.getByRole("alert").filter({ visible: true }).textContent()).toMatch(
    /device.*\n.*LINE 1: SELECT device FROM/s,
  );
  expect(await page.getByRole("button", { name: "Save CSV" }).isDisabled()).toBe(true);
  await ask(page, "DROP TABLE readings");
  await page.getByText("received a statement of type DROP; allowed: SELECT, EXPLAIN").waitFor();
  await ask(page, "SELECT 1; SELECT 2");
  await page.getByText("received 2 statements; allowed: one query").waitFor();
  await ask(page, "SELECT count(*) AS n FROM readings");
  expect(Number((await answer(page))[1]?.[0])).toBeGreaterThan(10_000);
  expect(tests.takeFaults()).toHaveLength(3);
});

test("tables and columns are listed, and a click writes their name, quoted where SQL needs it", async () => {
  const page = await tests.open("#/sql?q=SELECT+");
  await page.getByRole("button", { name: "Insert column value_double" }).waitFor();
  const tables = await page.locator(".schema summary").allTextContents();
  expect(tables).toEqual([
    ...["frames_wearable_imu", "insight_evidence", "insights", "latest"],
    ...["quarantine", "readings", "rows_per_minute"],
  ]);
  await editor(page).press("End");
  await page.getByRole("button", { name: "Insert column value_double" }).click();
  await page.keyboard.type(", ");
  await page.locator(".schema summary").filter({ hasText: "rows_per_minute" }).click();
  await page.getByRole("button", { name: "Insert column rows" }).click();
  expect(await editor(page).inputValue()).toBe('SELECT value_double, "rows"');
  await page.reload();
  await eventually(async () => expect(await editor(page).inputValue()).toBe('SELECT value_double, "rows"'));
});

test("an answer is copied and saved as CSV, formulas made harmless", async () => {
  const page = await tests.open("#/sql", { permissions: ["clipboard-read", "clipboard-write"] });
  await ask(page, `SELECT 'a,"b' AS "x,y", -1.5 AS n, '=cmd()' AS f, NULL AS nothing`);
  const csv = '"x,y",n,f,nothing\r\n"a,""b",-1.5,\'=cmd(),\r\n';
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save CSV" }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe("fieldlake-query.csv");
  expect(await readFile(await saved.path(), "utf8")).toBe(csv);
  await page.getByRole("button", { name: "Copy CSV" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(csv);
});

test("a time range goes with the statement, and the whole answer comes as a file", async () => {
  const page = await tests.open("#/sql");
  await editor(page).fill("SELECT * FROM range(5000) t(n)");
  await page.getByLabel("Time range").selectOption({ label: "Last hour" });
  const asked = page.waitForRequest((request) => request.url().endsWith("/api/query"));
  await page.getByRole("button", { name: "Run" }).click();
  const { from } = (await asked).postDataJSON() as { from: number };
  expect(Math.abs(Date.now() - 3_600_000 - from)).toBeLessThan(60_000);

  const download = page.waitForEvent("download");
  await page.getByLabel("Export the whole answer").selectOption({ label: "CSV" });
  const file = await download;
  expect(file.suggestedFilename()).toBe("fieldlake-query.csv");
  const text = await readFile(await file.path(), "utf8");
  expect(text.trimEnd().split("\n")).toHaveLength(5001);

  await editor(page).fill("SELECT nothing FROM readings");
  await page.getByLabel("Export the whole answer").selectOption({ label: "Parquet" });
  await page.getByRole("alert").filter({ hasText: "nothing" }).waitFor();
  tests.takeFaults();
});
