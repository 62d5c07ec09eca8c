import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { ensurePlugins } from "../../toolchain/steps/plugins.mjs";
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
const tools = { node: "/opt/node24/bin/node", pulumi: "/opt/pulumi" };

let machine: string;
let count = 0;
beforeEach(() => {
  machine = join(folder.path, `machine ${(count += 1)}`);
  write(join(machine, "project/node_modules/@pulumi/tls/package.json"), '{"version":"5.6.1"}');
  write(join(machine, "project/node_modules/@pulumi/random/package.json"), '{"version":"4.21.2"}');
});

const pluginFolder = (name: string) => join(machine, "pulumi-home/plugins", name);
const contextWith = (answer: (call: Call) => ReturnType<typeof succeeded>) => {
  const context = testContext(machine, { answer });
  context.env["PULUMI_HOME"] = join(machine, "pulumi-home");
  return context;
};
/** Pulumi's site is reached, and `pulumi plugin install` works. */
const online = (call: Call) => {
  if (call.command === tools.pulumi) {
    mkdirSync(pluginFolder(`resource-${call.args[3]}-v${call.args[4]}`), { recursive: true });
  }
  return succeeded();
};
const offline = () => failed("no route to host");

describe("real plugins are used", () => {
  test("where they are installed", async () => {
    mkdirSync(pluginFolder("resource-tls-v5.6.1"), { recursive: true });
    mkdirSync(pluginFolder("resource-random-v4.21.2"), { recursive: true });
    const context = contextWith(offline);
    await expect(ensurePlugins(context, tools)).resolves.toEqual([
      { name: "tls", version: "5.6.1", source: "installed" },
      { name: "random", version: "4.21.2", source: "installed" },
    ]);
    expect(context.calls).toEqual([]);
  });

  test("where they are on PATH", async () => {
    for (const name of ["tls", "random"])
      writeScript(join(machine, "bin", `pulumi-resource-${name}`), "exit 0");
    const plugins = await ensurePlugins(contextWith(offline), tools);
    expect(plugins.map(({ source }) => source)).toEqual(["path", "path"]);
  });

  test("where they can be installed", async () => {
    const context = contextWith(online);
    const plugins = await ensurePlugins(context, tools);
    expect(plugins.map(({ source }) => source)).toEqual(["installed", "installed"]);
    expect(context.calls.map(({ args }) => args.slice(0, 3).join(" ")).slice(1)).toEqual([
      "plugin install resource",
      "plugin install resource",
    ]);
  });

  test("but not another version, nor one whose installation was interrupted", async () => {
    mkdirSync(pluginFolder("resource-tls-v5.6.0"), { recursive: true });
    mkdirSync(pluginFolder("resource-random-v4.21.2"), { recursive: true });
    write(`${pluginFolder("resource-random-v4.21.2")}.partial`, "");
    const plugins = await ensurePlugins(contextWith(offline), tools);
    expect(plugins.map(({ source }) => source)).toEqual(["offline", "offline"]);
  });
});

describe("where they can't be had", () => {
  test("launchers start the project's own providers with the chosen Node and all arguments", async () => {
    const echo = writeScript(join(machine, "node's own"), 'printf "<%s>" "$@"');
    const [tls] = await ensurePlugins(contextWith(offline), { ...tools, node: echo });
    const launcher = join(tls?.folder ?? "", "pulumi-resource-tls");
    expect(readdirSync(tls?.folder ?? "")).toEqual(["pulumi-resource-tls"]);
    expect(execFileSync(launcher, ["127.0.0.1:4000", "--log to"], { encoding: "utf8" })).toBe(
      `<${join(machine, "project/provider/offline/tls/main.ts")}><127.0.0.1:4000><--log to>`,
    );
  });

  test("it is said once, and not tried again the same day", async () => {
    const first = contextWith(offline);
    await ensurePlugins(first, tools);
    expect(first.said).toEqual([
      "providers: the plugins tls 5.6.1 and random 4.21.2 can't be downloaded here: the project's offline " +
        "providers stand in (asked again in a day, or with FIELDLAKE_RETRY_PLUGINS=1)",
    ]);
    const second = contextWith(online);
    const plugins = await ensurePlugins(second, tools);
    expect(plugins.map(({ source }) => source)).toEqual(["offline", "offline"]);
    expect([second.calls, second.said]).toEqual([[], []]);
  });

  test("it is tried again when asked for, and after a day", async () => {
    await ensurePlugins(contextWith(offline), tools);
    const asked = contextWith(offline);
    asked.env["FIELDLAKE_RETRY_PLUGINS"] = "1";
    await ensurePlugins(asked, tools);
    expect(asked.calls).toHaveLength(1);

    const marks = join(asked.paths.cache, "plugins");
    const yesterday = new Date(Date.now() - 25 * 60 * 60_000);
    for (const name of readdirSync(marks)) utimesSync(join(marks, name), yesterday, yesterday);
    const later = contextWith(online);
    const plugins = await ensurePlugins(later, tools);
    expect(plugins.map(({ source }) => source)).toEqual(["installed", "installed"]);
    expect(readdirSync(marks)).toEqual([]);
  });

  test("a download that fails half-way counts as none", async () => {
    const context = contextWith((call) => (call.command === tools.pulumi ? failed("404") : succeeded()));
    const plugins = await ensurePlugins(context, tools);
    expect(plugins.map(({ source }) => source)).toEqual(["offline", "offline"]);
    expect(existsSync(join(context.paths.cache, "plugins/tls-5.6.1.unavailable"))).toBe(true);
  });
});
