import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { ensurePlugins } from "../../toolchain/steps/plugins.mjs";
import { wantedProviders } from "../../toolchain/steps/wanted-providers.mjs";
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
const common = { names: ["tls", "random"], deploys: false, offline: false, sharedState: false };

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
    await expect(ensurePlugins(context, tools, common)).resolves.toEqual([
      { name: "tls", version: "5.6.1", source: "installed" },
      { name: "random", version: "4.21.2", source: "installed" },
    ]);
    expect(context.calls).toEqual([]);
  });

  test("where they are on PATH", async () => {
    for (const name of ["tls", "random"])
      writeScript(join(machine, "bin", `pulumi-resource-${name}`), "exit 0");
    const plugins = await ensurePlugins(contextWith(offline), tools, common);
    expect(plugins.map(({ source }) => source)).toEqual(["path", "path"]);
  });

  test("where they can be installed", async () => {
    const context = contextWith(online);
    const plugins = await ensurePlugins(context, tools, common);
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
    const plugins = await ensurePlugins(contextWith(offline), tools, common);
    expect(plugins.map(({ source }) => source)).toEqual(["offline", "offline"]);
  });
});

describe("where they can't be had", () => {
  test("launchers start the project's own providers with the chosen Node and all arguments", async () => {
    const echo = writeScript(join(machine, "node's own"), 'printf "<%s>" "$@"');
    const [tls] = await ensurePlugins(contextWith(offline), { ...tools, node: echo }, common);
    const launcher = join(tls?.folder ?? "", "pulumi-resource-tls");
    expect(readdirSync(tls?.folder ?? "")).toEqual(["pulumi-resource-tls"]);
    expect(execFileSync(launcher, ["127.0.0.1:4000", "--log to"], { encoding: "utf8" })).toBe(
      `<${join(machine, "project/provider/offline/tls/main.ts")}><127.0.0.1:4000><--log to>`,
    );
  });

  test("it is said once, and not tried again the same day", async () => {
    const first = contextWith(offline);
    await ensurePlugins(first, tools, common);
    expect(first.said).toEqual([
      "providers: the plugins tls 5.6.1 and random 4.21.2 can't be downloaded here: the project's offline " +
        "providers stand in (asked again in a day, or with FIELDLAKE_RETRY_PLUGINS=1)",
    ]);
    const second = contextWith(online);
    const plugins = await ensurePlugins(second, tools, common);
    expect(plugins.map(({ source }) => source)).toEqual(["offline", "offline"]);
    expect([second.calls, second.said]).toEqual([[], []]);
  });

  test("it is tried again when asked for, and after a day", async () => {
    await ensurePlugins(contextWith(offline), tools, common);
    const asked = contextWith(offline);
    asked.env["FIELDLAKE_RETRY_PLUGINS"] = "1";
    await ensurePlugins(asked, tools, common);
    expect(asked.calls).toHaveLength(1);

    const marks = join(asked.paths.cache, "plugins");
    const yesterday = new Date(Date.now() - 25 * 60 * 60_000);
    for (const name of readdirSync(marks)) utimesSync(join(marks, name), yesterday, yesterday);
    const later = contextWith(online);
    const plugins = await ensurePlugins(later, tools, common);
    expect(plugins.map(({ source }) => source)).toEqual(["installed", "installed"]);
    expect(readdirSync(marks)).toEqual([]);
  });

  test("a download that fails half-way counts as none", async () => {
    const context = contextWith((call) => (call.command === tools.pulumi ? failed("404") : succeeded()));
    const plugins = await ensurePlugins(context, tools, common);
    expect(plugins.map(({ source }) => source)).toEqual(["offline", "offline"]);
    expect(existsSync(join(context.paths.cache, "plugins/tls-5.6.1.unavailable"))).toBe(true);
  });
});

describe("a cloud's plugin", () => {
  const aws = { names: ["aws"], deploys: true, offline: false, sharedState: false };
  beforeEach(() => {
    write(join(machine, "project/node_modules/@pulumi/aws/package.json"), '{"version":"7.48.0"}');
  });

  test("is used where it can be had", async () => {
    const plugins = await ensurePlugins(contextWith(online), tools, { ...aws, sharedState: true });
    expect(plugins).toEqual([{ name: "aws", version: "7.48.0", source: "installed" }]);
  });

  test("has a stand-in that every run tells of", async () => {
    await ensurePlugins(contextWith(offline), tools, aws);
    const context = contextWith(offline);
    const plugins = await ensurePlugins(context, tools, aws);
    expect(plugins).toMatchObject([{ name: "aws", source: "offline" }]);
    expect(context.said).toEqual([
      "providers: no plugin aws 7.48.0: this run is OFFLINE and deploys nothing",
    ]);
  });

  test("is demanded where a shared state would otherwise learn of things that do not exist", async () => {
    const shared = { ...aws, sharedState: true };
    await expect(ensurePlugins(contextWith(offline), tools, shared)).rejects.toThrow(
      /the plugin aws 7\.48\.0 can't be had here, and without it nothing is deployed/,
    );
    const planned = await ensurePlugins(contextWith(offline), tools, { ...shared, deploys: false });
    expect(planned).toMatchObject([{ source: "offline" }]);
  });

  test("is left aside for a plan, and where the user says so", async () => {
    mkdirSync(pluginFolder("resource-aws-v7.48.0"), { recursive: true });
    const context = contextWith(online);
    const planned = await ensurePlugins(context, tools, { ...aws, deploys: false, offline: true });
    expect(planned).toMatchObject([{ name: "aws", source: "offline" }]);
    context.env["FIELDLAKE_OFFLINE_PROVIDERS"] = "1";
    const plugins = await ensurePlugins(context, tools, { ...aws, sharedState: true });
    expect(plugins).toMatchObject([{ name: "aws", source: "offline" }]);
    expect(context.calls).toEqual([]);
  });
});

describe("what a command needs", () => {
  const names = async (argv: string[], selected?: string) => {
    const from = { root: join(machine, "project"), selectedStack: async () => selected };
    const { names: wanted, deploys, offline: forced } = await wantedProviders(argv, from);
    const clouds = wanted.filter((name) => !["tls", "random"].includes(name)).join();
    return [clouds, forced ? "offline" : deploys];
  };
  beforeEach(() => {
    write(join(machine, "project/Pulumi.aws-dev.yaml"), "config:\n  fieldlake:target: aws\n");
    write(join(machine, "project/Pulumi.az.yaml"), 'config:\n  "fieldlake:target": "azure"\n');
    write(join(machine, "project/Pulumi.local-dev.yaml"), "config:\n  fieldlake:target: local\n");
  });

  test.each<[string[], string | undefined, unknown]>([
    [["pulumi", "up", "--stack", "aws-dev"], undefined, ["aws", true]],
    [["pulumi", "preview", "--stack=aws-dev"], undefined, ["aws", false]],
    [["pulumi", "--non-interactive", "destroy", "-s", "org/fieldlake/aws-dev"], undefined, ["aws", true]],
    [["pulumi", "up"], "az", ["azure-native", true]],
    [["pulumi", "up", "-slocal-dev"], "az", ["", true]],
    [["pulumi", "up", "-s", "new", "--config", "fieldlake:target=aws"], undefined, ["aws", true]],
    [["pulumi", "up"], undefined, ["", true]],
    [["pulumi", "up", "-s", "unknown"], undefined, ["", true]],
    [["pulumi", "stack", "ls"], "aws-dev", ["", false]],
    [["plan", "aws-dev"], undefined, ["aws", "offline"]],
    [["plan", "--export", "plan.json", "aws-dev"], undefined, ["aws", "offline"]],
    [["plan", "--json", "--stack", "az"], undefined, ["azure-native", "offline"]],
    [["evidence", "--stack", "az", "--out", "x"], undefined, ["azure-native", false]],
    [["start"], "aws-dev", ["", false]],
    [["test"], "aws-dev", ["", false]],
  ])("%j on %s", async (argv, selected, expected) => {
    expect(await names(argv, selected)).toEqual(expected);
  });
});
