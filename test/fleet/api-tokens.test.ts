/** `fieldlake token` over the control socket and the real store. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { buildProgram } from "../../fleet/program.ts";
import { environmentFolders } from "../../fleet/environment.ts";
import { connectSite } from "../../fleet/site-client.ts";
import { siteActions, type SiteActionsArgs } from "../../site/actions.ts";
import { startControl } from "../../site/control.ts";
import { temporaryTokens } from "../page/support/temporary-tokens.ts";
import { fakeTerminal } from "./support/terminal.ts";

const tokens = temporaryTokens();
const runFolder = mkdtempSync(join(tmpdir(), "fieldlake-api-tokens-"));
const running: { console?: unknown } = { console: { tokens: tokens.store } };
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
  await buildProgram(context).parseAsync(["token", ...words], { from: "user" });
  return screen;
}

describe("fieldlake token", () => {
  test("creates a token that opens what it says, prints it once, and ends it", async () => {
    const screen = await run(
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

    const list = (await run("list")).output();
    expect(list).toContain("press-*, room-07");
    expect(list).not.toContain(token.slice(18));
    expect(JSON.parse((await run("list", "--json")).output())).toEqual([found]);

    expect((await run("revoke", "hall 2")).output()).toContain("1 token ended");
    expect(tokens.store.find(token, Date.now())).toBe("unknown");
    expect((await run("list")).output()).toContain("no API tokens");
  });

  test("names every mistake at once, and the ones that the site knows of", async () => {
    await expect(
      run("create", "a\tb", "--scope", "values,everything", "--devices", "Press 1", "--days", "9999"),
    ).rejects.toThrow(
      /name: received "a\\tb"; allowed: 1 to 64 printable.*scopes\.1: received "everything"; allowed: devices, values, .*devices\.0: received "Press 1".*days: received 9999; allowed: at most 3,650 days/,
    );
    await run("create", "one", "--scope", "values");
    await expect(run("create", "one", "--scope", "values")).rejects.toThrow('there is a token "one"');
    await expect(run("revoke", "two")).rejects.toThrow('there is no token "two"');
    const { console: was } = running;
    delete running.console;
    await expect(run("list")).rejects.toThrow("the page and its API are not up");
    running.console = was;
  });
});
