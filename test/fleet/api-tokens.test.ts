/** `fieldlake token` and `fieldlake search` over the control socket and the real store. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { buildProgram } from "../../fleet/program.ts";
import { environmentFolders } from "../../fleet/environment.ts";
import { connectSite } from "../../fleet/site-client.ts";
import { siteActions, type SiteActionsArgs } from "../../site/actions.ts";
import type { Search } from "../../site/console/api.ts";
import { startControl } from "../../site/control.ts";
import { temporaryTokens } from "../page/support/temporary-tokens.ts";
import { fakeTerminal } from "./support/terminal.ts";

const tokens = temporaryTokens();
const runFolder = mkdtempSync(join(tmpdir(), "fieldlake-api-tokens-"));
const found: Search = {
  matching: 2,
  found: [
    {
      kind: "series",
      device: "press-01",
      title: "temperature",
      text: "press-01 Cel",
      about: { device: "press-01", metric: "temperature", sub: null },
      score: 3,
    },
  ],
};
const running: { console?: unknown } = {
  console: {
    tokens: tokens.store,
    search: async (words: string) => (words === "press temp" ? found : { matching: 0, found: [] }),
  },
};
let stop: () => void;

beforeAll(async () => {
  const identity = { pid: process.pid, version: "0.1.0", startedAt: "2026-11-24T00:00:00.000Z" };
  const host = { running, health: () => ({}) } as unknown as SiteActionsArgs["host"];
  const socket = join(runFolder, "s");
  const server = await startControl(socket, siteActions({ host, identity, stop: async () => undefined }));
  writeFileSync(join(runFolder, "site.json"), JSON.stringify({ ...identity, socket }));
  stop = () => server.close();
});

afterAll(() => {
  stop();
  tokens.remove();
  rmSync(runFolder, { recursive: true });
});

async function run(...words: string[]) {
  const screen = fakeTerminal({ width: 160 });
  const context = {
    terminal: screen.terminal,
    folders: environmentFolders(runFolder),
    signal: new AbortController().signal,
    site: connectSite(runFolder),
  };
  await buildProgram(context).parseAsync(words, { from: "user" });
  return screen;
}

describe("fieldlake search", () => {
  test("prints what words lead to, and how many more there are", async () => {
    const screen = await run("search", "press", "temp");
    expect(screen.output()).toMatch(/series │ temperature │ press-01/);
    expect(screen.notes.join()).toContain("1 more");
    expect(JSON.parse((await run("search", "press", "temp", "--json")).output())).toEqual(found.found);
    expect((await run("search", "nothing")).output()).toContain('nothing found for "nothing"');
    await expect(run("search", " ")).rejects.toThrow('words: received " "; allowed: one or more words');
    await expect(run("search", "x", "--limit", "101")).rejects.toThrow(
      "limit: received 101; allowed: 1 to 100",
    );
  });
});

describe("fieldlake token", () => {
  test("creates a token that opens what it says, prints it once, and ends it", async () => {
    const screen = await run(
      "token",
      "create",
      "hall 2",
      "--scope",
      "values,query",
      "--devices",
      "press-*,room-07",
      "--days",
      "2",
    );
    const token = screen.output().trim();
    expect(token).toMatch(/^flk_[0-9a-f]{12}_[\w-]{43}$/);
    expect(screen.notes.join()).toContain("can't be shown again");
    const found = tokens.store.find(token, Date.now());
    expect(found).toMatchObject({
      name: "hall 2",
      scopes: ["values", "query"],
      devices: ["press-*", "room-07"],
    });
    expect(tokens.store.find(token, Date.now() + 2 * 86_400_000)).toBe("expired");

    const list = (await run("token", "list")).output();
    expect(list).toContain("press-*, room-07");
    expect(list).not.toContain(token.slice(18));
    expect(JSON.parse((await run("token", "list", "--json")).output())).toEqual([found]);

    expect((await run("token", "revoke", "hall 2")).output()).toContain("1 token ended");
    expect(tokens.store.find(token, Date.now())).toBe("unknown");
    expect((await run("token", "list")).output()).toContain("no API tokens");
  });

  test("names every mistake at once, and the ones that the site knows of", async () => {
    await expect(
      run(
        "token",
        "create",
        "a\tb",
        "--scope",
        "values,everything",
        "--devices",
        "Press 1",
        "--days",
        "9999",
      ),
    ).rejects.toThrow(
      /name: received "a\\tb"; allowed: 1 to 64 printable.*scopes\.1: received "everything"; allowed: devices, values, .*devices\.0: received "Press 1".*days: received 9999; allowed: at most 3,650 days/,
    );
    await run("token", "create", "one", "--scope", "values");
    await expect(run("token", "create", "one", "--scope", "values")).rejects.toThrow(
      'there is a token "one"',
    );
    await expect(run("token", "revoke", "two")).rejects.toThrow('there is no token "two"');
    const { console: was } = running;
    delete running.console;
    await expect(run("token", "list")).rejects.toThrow("the page and its API are not up");
    running.console = was;
  });
});
