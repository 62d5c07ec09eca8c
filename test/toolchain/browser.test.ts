/** The step that brings in a Chromium for the tests of the page. */
import { afterAll, beforeEach, expect, test } from "@jest/globals";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { computeEnvironment } from "../../toolchain/env.mjs";
import { run } from "../../toolchain/lib/processes.mjs";
import { ensureBrowser } from "../../toolchain/steps/browser.mjs";
import { CHROMIUM_PACKAGE } from "../../toolchain/versions.mjs";
import {
  type Call,
  failed,
  succeeded,
  temporaryFolder,
  testContext,
  write,
  writeScript,
} from "./fixtures.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

let machine: string;
let count = 0;
beforeEach(() => {
  machine = join(folder.path, `machine-${(count += 1)}`);
});

/** What the package holds, small: a shell script for a browser, and archives with a file each. */
async function layPackage(into: string, shell: string): Promise<void> {
  const bin = join(into, "node_modules", CHROMIUM_PACKAGE.name, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "chromium.br"), brotliCompressSync(Buffer.from(shell)));
  for (const [archive, file] of [
    ["al2023.tar", "lib/libnss3.so"],
    ["fonts.tar", "fonts/Sans.ttf"],
  ] as const) {
    write(join(into, "source", file), "bytes");
    await run("tar", ["-cf", join(into, archive), "-C", join(into, "source"), file.split("/")[0] ?? ""]);
    writeFileSync(join(bin, `${archive}.br`), brotliCompressSync(readFileSync(join(into, archive))));
  }
}

const npm =
  (shell = '#!/bin/sh\necho "$LD_LIBRARY_PATH $FONTCONFIG_FILE $*"\n') =>
  async ({ command, args, options }: Call) => {
    if (!args.includes("ci")) return run(command, args, options);
    await layPackage(String(options.cwd), shell);
    return succeeded();
  };

test("is one from npm, checked against the pinned integrity, unpacked once, with its own libraries and fonts", async () => {
  const context = testContext(machine, { answer: npm() });
  const browser = await ensureBrowser(context);
  if (browser.source === "none") throw new Error(browser.problem);
  expect(browser.source).toBe("npm");
  const home = join(browser.executable, "..");
  const lockfile = JSON.parse(readFileSync(join(home, "package-lock.json"), "utf8"));
  expect(lockfile.packages[`node_modules/${CHROMIUM_PACKAGE.name}`].integrity).toMatch(/^sha512-/);
  const { stdout } = await run(browser.executable, ["--headless", "a b"]);
  expect(stdout.trim()).toBe(`${home}/lib ${home}/fonts.conf --headless a b`);
  expect(existsSync(join(home, "lib/libnss3.so"))).toBe(true);
  expect(existsSync(join(home, "fonts/Sans.ttf"))).toBe(true);
  expect(readdirSync(home)).not.toContain("node_modules");
  const calls = context.calls.length;
  await expect(ensureBrowser(context)).resolves.toEqual(browser);
  expect(context.calls).toHaveLength(calls);
});

test("is the installed one where npm has none that runs here", async () => {
  const chromium = writeScript(join(machine, "bin/chromium"), "exit 0");
  const found = { source: "path", executable: chromium };
  const musl = testContext(machine, { answer: npm("#!/bin/sh\nexit 127\n") });
  await expect(ensureBrowser(musl)).resolves.toEqual(found);
  await expect(ensureBrowser(testContext(machine, { arch: "arm64" }))).resolves.toEqual(found);
  const unreachable = testContext(machine, { answer: () => failed("npm error code E404") });
  await expect(ensureBrowser(unreachable)).resolves.toEqual(found);
});

test("is the one that the user names, which must be there", async () => {
  const own = writeScript(join(machine, "own/browser"), "exit 0");
  const env = { FIELDLAKE_CHROMIUM: own };
  await expect(ensureBrowser(testContext(machine, { env }))).resolves.toEqual({
    source: "environment",
    executable: own,
  });
  const wrong = testContext(machine, { env: { FIELDLAKE_CHROMIUM: join(machine, "nowhere") } });
  await expect(ensureBrowser(wrong)).resolves.toMatchObject({
    source: "none",
    problem: expect.stringContaining("nowhere, which is no executable file"),
  });
});

test("that can't be had is said aloud and handed on, so that the tests of the page fail with what to do", async () => {
  const context = testContext(machine, { answer: () => failed("npm error code E404") });
  const browser = await ensureBrowser(context);
  if (browser.source !== "none") throw new Error("there must be none");
  expect(browser.problem).toContain(`npm could not install ${CHROMIUM_PACKAGE.name}@`);
  expect(browser.problem).toContain("npm error code E404");
  expect(browser.problem).toContain("  - install Chromium or Chrome");
  expect(context.said.join("\n")).toContain(browser.problem);
  expect(readdirSync(join(context.paths.cache, "chromium"))).toEqual([]);
  expect(computeEnvironment({}, { browser })).toMatchObject({ FIELDLAKE_NO_CHROMIUM: browser.problem });
  const found = { source: "path" as const, executable: "/usr/bin/chromium" };
  const env = computeEnvironment({}, { browser: found });
  expect(env).toMatchObject({ FIELDLAKE_CHROMIUM: "/usr/bin/chromium" });
  expect(env).not.toHaveProperty("FIELDLAKE_NO_CHROMIUM");
});
