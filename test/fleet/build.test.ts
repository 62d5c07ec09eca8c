/** `fieldlake build`: sizes, hashes and budgets of the bundles. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { build, type Budgets } from "../../fleet/commands/build.ts";
import { exitCodes } from "../../fleet/errors.ts";
import { buildHandler, maximumBundleBytes } from "../../functions/build.ts";
import { fakeTerminal } from "./support/terminal.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "build-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** How fast a bundle loads is no question for a test: bench and `build --check` ask it. */
const patient: Budgets = {
  withCodecs: 1_000_000,
  bytes: maximumBundleBytes,
  loadMilliseconds: { local: 60_000 },
};

async function run(names: readonly string[], check: boolean, budgets: Budgets = patient) {
  const screen = fakeTerminal();
  const out = join(folder, "out");
  const failure = await build(names, { check, out }, screen, budgets).catch((error: unknown) => error);
  return { text: screen.output() + screen.notes.join("\n"), failure };
}

describe("fieldlake build", () => {
  test("writes bundles, and prints the size and hash that a deployment will have", async () => {
    const { text, failure } = await run(["local", "aws-insight"], false);
    expect(failure).toBeUndefined();
    const { sha256, bytes } = await buildHandler("local", join(folder, "another"));
    expect(text).toContain(sha256);
    expect(text).toMatch(new RegExp(`local +│ +${bytes} │ +100000 │ +\\d{6} │ +\\d+\\.\\d │`));
    expect(existsSync(join(folder, "out", "aws-insight.mjs"))).toBe(true);
  });

  test("--check writes nothing, and fails for each budget that is broken", async () => {
    const tight: Budgets = {
      withCodecs: 200_000,
      bytes: { ...maximumBundleBytes, "aws-landed": 1_000 },
      loadMilliseconds: { local: 0.001 },
    };
    const { text, failure } = await run(["local", "aws-landed", "aws-insight"], true, tight);
    expect(failure).toMatchObject({ exitCode: exitCodes.failed, message: "3 budgets are broken" });
    expect(text).toMatch(/handler "aws-landed" is \d+ bytes, allowed: 1000/);
    expect(text).toMatch(/handler "local" is \d+ bytes with its codecs, allowed: 200000/);
    expect(text).toMatch(/handler "local" loads in \d+\.\d ms, allowed: 0\.001/);
    expect(text).toMatch(/aws-insight +│/);
    expect(existsSync(join(folder, "out", "aws-landed.mjs"))).toBe(false);
  });

  test("names the handlers that there are", async () => {
    const { failure } = await run(["mainframe"], true);
    expect(failure).toMatchObject({
      exitCode: exitCodes.usage,
      message: expect.stringMatching(/"mainframe".*allowed: local, /),
    });
  });
});
