import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { cpSync, existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { PROJECT_ROOT } from "../../toolchain/paths.mjs";
import { ensureEngine } from "../../toolchain/steps/engine.mjs";
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
const NODE = "/opt/node24/bin/node";

let machine: string;
let count = 0;
/** A machine with nothing on it but this project, whose SDK is version 3.270.0. */
beforeEach(() => {
  machine = join(folder.path, `machine-${(count += 1)}`);
  cpSync(join(PROJECT_ROOT, "toolchain/engine"), join(machine, "project/toolchain/engine"), {
    recursive: true,
  });
  write(join(machine, "project/node_modules/@pulumi/pulumi/package.json"), '{"version":"3.270.0"}');
});

const putOnPath = (name: string, body: string) => writeScript(join(machine, "bin", name), body);
const putGoOnPath = () => putOnPath("go", "exit 1");

/** Answers what the steps run; `network` is whether Pulumi's site can be reached, `installer` whether it works. */
function world({ network = false, installer = true, go = true, goVersion = "go1.26.8" } = {}) {
  return (call: Call) => {
    const name = basename(call.command);
    if (name === "go" && call.args[0] === "env") return succeeded(`${goVersion}\n`);
    if (name === "go") {
      const output = call.args.find((argument) => argument.startsWith("-o="))?.slice(3) ?? "";
      if (go) writeScript(output, "exit 0");
      return go ? succeeded() : failed("go: some.module@v1.0.0: no matching versions\n");
    }
    if (call.command === NODE && call.args[0] === "-e") return network ? succeeded() : failed();
    if (call.command === NODE) {
      if (installer) writeScript(join(String(call.args[1]), "bin/pulumi"), "exit 0");
      return installer ? succeeded() : failed("curl: (22) 503\n");
    }
    return name === "pulumi" && call.args[0] === "version" ? succeeded("v3.270.0\n") : succeeded();
  };
}

describe("where the engine comes from", () => {
  test("first from PATH, and then nothing else is asked", async () => {
    const pulumi = putOnPath("pulumi", "echo v3.220.0");
    putOnPath("pulumi-language-nodejs", "exit 2");
    const context = testContext(machine);
    await expect(ensureEngine(context, NODE)).resolves.toEqual({
      pulumi,
      version: "3.220.0",
      source: "path",
    });
    expect(context.said).toEqual([]);
    expect(existsSync(context.paths.cache)).toBe(false);
  });

  test("then from the official installer, which is not run twice", async () => {
    putGoOnPath();
    const context = testContext(machine, { answer: world({ network: true }) });
    const engine = await ensureEngine(context, NODE);
    expect(engine).toMatchObject({ version: "3.270.0", source: "installer" });
    expect(context.calls.map((call) => basename(call.command))).toEqual(["node", "node"]);
    const again = testContext(machine, { answer: () => failed("nothing may run") });
    await expect(ensureEngine(again, NODE)).resolves.toEqual(engine);
    expect(again.calls).toEqual([]);
  });

  test("then from Go modules, with the user's GOFLAGS and without a workspace around the project", async () => {
    putGoOnPath();
    const context = testContext(machine, { answer: world() });
    context.env["GOFLAGS"] = "-buildvcs=false";
    const engine = await ensureEngine(context, NODE);
    expect(engine).toMatchObject({ version: "3.220.0", source: "go" });
    const builds = context.calls.filter(({ args }) => args[0] === "build");
    expect(builds.map(({ args }) => args.at(-1))).toEqual([
      "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    ]);
    for (const { args, options } of builds) {
      expect(args).toEqual(expect.arrayContaining(["-mod=readonly", "-trimpath"]));
      expect(options.env).toMatchObject({ GOFLAGS: "-buildvcs=false", GOWORK: "off" });
    }
    expect(readdirSync(join(engine.pulumi, "..")).sort()).toEqual([
      "pulumi",
      "pulumi-analyzer-policy",
      "pulumi-analyzer-policy.cmd",
      "pulumi-language-nodejs",
      "run-policy-pack.mjs",
    ]);
    const again = testContext(machine, { answer: () => failed("nothing may run") });
    await expect(ensureEngine(again, NODE)).resolves.toEqual(engine);
  });

  test("a changed pin makes a new build", async () => {
    putGoOnPath();
    const first = await ensureEngine(testContext(machine, { answer: world() }), NODE);
    write(join(machine, "project/toolchain/engine/pulumi/go.sum"), "");
    const second = await ensureEngine(testContext(machine, { answer: world() }), NODE);
    expect(second.pulumi).not.toBe(first.pulumi);
  });

  test("an installer that fails is passed over", async () => {
    putGoOnPath();
    const context = testContext(machine, { answer: world({ network: true, installer: false }) });
    await expect(ensureEngine(context, NODE)).resolves.toMatchObject({ source: "go" });
    expect(context.said).toContain(
      "engine: there is no pulumi on PATH; the official installer failed: curl: (22) 503; so it is built from source",
    );
    expect(readdirSync(join(context.paths.cache, "engine"))).toHaveLength(1);
  });
});

describe("an engine on PATH that will not do", () => {
  test.each([
    ["an old one", "echo v3.190.0", "exit 2", /\/pulumi is 3\.190\.0/],
    ["a broken one", "exit 127", "exit 2", /\/pulumi does not run/],
    ["one without a language host", "echo v3.230.0", undefined, /has no pulumi-language-nodejs beside it/],
  ])(
    "%s",
    async (_what, pulumi, host, reason) => {
      putOnPath("pulumi", pulumi);
      if (host !== undefined) putOnPath("pulumi-language-nodejs", host);
      expect(await messageOf(ensureEngine(testContext(machine), process.execPath))).toMatch(reason);
    },
    60_000,
  );
});

describe("without any engine the user is told why and what to install", () => {
  test("no Go", async () => {
    const message = await messageOf(ensureEngine(testContext(machine, { answer: world() }), NODE));
    expect(message).toBe(
      [
        "engine: no Pulumi engine: there is no pulumi on PATH; the official installer can't be reached from here; " +
          "there is no go on PATH to build it with",
        "  what you can do; then run the same command again:",
        "  - install Pulumi 3.220.0 or newer: https://www.pulumi.com/docs/iac/download-install/",
        "  - or install Go 1.24.7 or newer, from which the engine is built: https://go.dev/doc/install",
      ].join("\n"),
    );
  });

  test("a Go that is too old to fetch a newer one", async () => {
    putGoOnPath();
    const answer = world({ goVersion: "go1.19.4" });
    expect(await messageOf(ensureEngine(testContext(machine, { answer }), NODE))).toMatch(
      /\/go is too old \(1\.19\.4\)\n/,
    );
  });

  test("a build that fails, with what Go said", async () => {
    putGoOnPath();
    const context = testContext(machine, { answer: world({ go: false }) });
    expect(await messageOf(ensureEngine(context, NODE))).toMatch(
      /go could not build it\n {4}go: some\.module@v1\.0\.0: no matching versions\n/,
    );
    expect(readdirSync(join(context.paths.cache, "engine"))).toEqual([]);
  });
});
