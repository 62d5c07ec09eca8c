/** The examples of docs/asking.md as they stand there, at the API of a real lake. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runShell } from "../../support/curl.ts";
import { startRealApi, type RealApi } from "./support/real-api.ts";

const page = readFileSync(fileURLToPath(new URL("../../../docs/asking.md", import.meta.url)), "utf8");
/** Blocks of the page that ask the site by curl; tokens are made by the test, as no command line is at hand. */
const examples = [...page.matchAll(/^```\n([^`]*curl [^`]*)^```$/gm)]
  .map(([, block = ""]) => block.replace(/^npx .*\n/gm, ""))
  .filter((block) => block.includes("http://127.0.0.1:8484/"));

const began = Date.UTC(2026, 10, 5);
const folder = mkdtempSync(join(tmpdir(), "fieldlake-examples-"));
let api: RealApi;
let token: string;
beforeAll(async () => {
  api = await startRealApi(began);
  token = await api.tokenOf();
  writeFileSync(join(folder, "dashboard.token"), `${await api.tokenOf({ scopes: ["devices", "values"] })}\n`);
}, 60_000);
afterAll(async () => {
  await api.stop();
  rmSync(folder, { recursive: true });
});

/** The answers, in the order in which they were asked for. */
async function answers(example: string | undefined): Promise<unknown[]> {
  const script = String(example).replaceAll("http://127.0.0.1:8484/", api.url);
  const printed = await runShell(script, folder, { TOKEN: token });
  return printed
    .replaceAll(/\}\s*(?=\{)/g, "}\n")
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

test("there are three that ask by curl", () => {
  expect(examples).toHaveLength(3);
});

test("the newest values, by a token out of a file", async () => {
  expect(await answers(examples[0])).toEqual([expect.objectContaining({ matching: 4 })]);
});

test("SQL over a time range", async () => {
  expect(await answers(examples[1])).toEqual([
    expect.objectContaining({ rows: expect.arrayContaining([["temperature", "6"]]), truncated: false }),
  ]);
});

test("a log file: how much of it is there, its bytes, its taking", async () => {
  const ts = 1_700_000_000_000;
  const log = `{"seq":1,"ts":${ts},"cycles":1}\n{"seq":2,"ts":${ts + 1},"cycles":2}\n`;
  writeFileSync(join(folder, "day.ndjson"), log);
  expect(await answers(examples[2])).toEqual([
    { received: 0, report: null },
    { received: log.length, report: null },
    { received: log.length, report: expect.objectContaining({ messages: 2, rows: 2, deviceId: "press-01" }) },
  ]);
});
