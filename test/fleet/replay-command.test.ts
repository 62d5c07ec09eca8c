import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { replay } from "../../fleet/commands/replay.ts";
import { connectSite } from "../../fleet/site-client.ts";
import type { ReplayState } from "../../site/replay/replay-request.ts";
import { fakeSite } from "./support/site.ts";
import { fakeTerminal } from "./support/terminal.ts";

const none = { fromQuarantine: 0, kept: 0, unidentified: 0, unreplayable: 0, damaged: 0 };
const counts = { ...none, messages: 0, tables: [], scores: [], changes: 0 };
const started: ReplayState = {
  ...{ codec: "machine-json@2", from: 0, to: 9, dryRun: false, run: 7, state: "running" },
  ...{ bytes: 0, totalBytes: 100, counts, error: null },
};
const tables = [
  { table: "quarantine", before: 2, after: 1, same: 0 },
  { table: "readings", before: 6_000, after: 8_000, same: 6_000 },
];
const scores = [{ model: "activity", version: "4be1c0a2d3e4", before: 40, after: 38, same: 30 }];
const done: ReplayState = {
  ...{ ...started, state: "done", bytes: 100 },
  counts: {
    ...{ messages: 9_000, fromQuarantine: 5, kept: 3, unidentified: 1, unreplayable: 2 },
    ...{ damaged: 0, tables, scores, changes: 2 },
  },
};
const lineage = [
  { run: 7, codec: "machine-json", version: "2", sources: ["ab"], messages: 9, before: 8, after: 9 },
];

let site: Awaited<ReturnType<typeof fakeSite>>;
let states: (ReplayState | null)[];
beforeEach(async () => {
  states = [started, done];
  site = await fakeSite({
    "POST /replay": () => ({ body: started }),
    "GET /replay": () => ({ body: { run: states.shift(), codecs: [] } }),
    "GET /replays": () => ({ body: lineage }),
  });
});
afterEach(() => site.close());

const run = async (options: Partial<Parameters<typeof replay>[0]> = {}) => {
  const { terminal, output, notes } = fakeTerminal({ width: 80 });
  const request = { codec: "machine-json@2", from: 0, to: 9, ...options };
  await replay(request, { terminal, site: connectSite(site.runFolder) });
  return { output, notes };
};

test("it waits for the end and says what became of the rows, and of what could not be decoded", async () => {
  const { output, notes } = await run();
  expect(output()).toMatch(/readings\s+│\s+6,000 │\s+8,000 │\s+6,000/);
  expect(output()).toContain("9,000 messages through machine-json@2: 2 commits\n");
  expect(output()).toContain(
    "activity@4be1c0a2d3e4 scored 38 windows again: 30 as before, 10 former scores went\n",
  );
  expect(notes.join()).toMatch(/3 messages could not be decoded/);
  expect(notes.join()).toMatch(/1 message of uploaded files/);
  expect(notes.join()).toMatch(/5 messages had no raw file any more and came from the quarantine/);
  expect(notes.join()).toMatch(/2 messages can't be decoded from the quarantine alone/);
  expect(site.asked[0]?.body).toEqual({ codec: "machine-json@2", from: 0, to: 9, dryRun: false });
});

test("a dry run says that nothing was changed; --json is the report with all lineage", async () => {
  states = [{ ...done, dryRun: true }];
  expect((await run({ dryRun: true })).output()).toContain(
    "2 commits would change the lake; nothing was changed",
  );
  states = [done];
  expect(JSON.parse((await run({ json: true })).output())).toEqual({ ...done, lineage });
});

test("a run that failed, and one that a new site does not know, are errors that say what to do", async () => {
  states = [{ ...started, state: "failed", error: "the disk is full" }];
  await expect(run()).rejects.toThrow(/ended early: the disk is full/);
  states = [null];
  await expect(run()).rejects.toThrow(/the site was started anew/);
  await expect(run({ from: 10 })).rejects.toThrow(/is not before --to/);
});
