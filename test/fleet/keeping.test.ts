import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { compact } from "../../fleet/commands/compact.ts";
import { connectSite } from "../../fleet/site-client.ts";
import { fakeSite } from "./support/site.ts";
import { fakeTerminal } from "./support/terminal.ts";

const small = { files: 120, bytes: 2_500_000 };
const large = { files: 3, bytes: 1_900_000 };
const answers = [
  { merged: 120, before: small, after: large },
  { merged: 0, before: large, after: large },
];

let site: Awaited<ReturnType<typeof fakeSite>>;
beforeEach(async () => {
  let asked = 0;
  site = await fakeSite({ "POST /compact": () => ({ body: answers[asked++] }) });
});
afterEach(() => site.close());

test("fieldlake compact says what became of the files, and that nothing is left to merge", async () => {
  const { terminal, output } = fakeTerminal({ width: 80 });
  const context = { terminal, site: connectSite(site.runFolder) };
  await compact({}, context);
  await compact({}, context);
  expect(output()).toBe(
    "120 files merged: 120 files, 2.5 MB before; 3 files, 1.9 MB now\nnothing to merge: 3 files, 1.9 MB\n",
  );
});

test("--json is the answer and nothing else", async () => {
  const { terminal, output } = fakeTerminal({ width: 80 });
  await compact({ json: true }, { terminal, site: connectSite(site.runFolder) });
  expect(JSON.parse(output())).toEqual(answers[0]);
});
