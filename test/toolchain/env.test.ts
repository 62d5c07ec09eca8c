import { describe, expect, test } from "@jest/globals";
import { computeEnvironment, type Resolved } from "../../toolchain/env.mjs";

const node = {
  executable: "/opt/node24",
  folder: "/p/.fieldlake/toolchain/node",
  version: "24.21.0",
  source: "npm",
};
const built = { pulumi: "/cache/engine/bin/pulumi", version: "3.220.0", source: "go" } as const;
const onPath = { pulumi: "/usr/local/bin/pulumi", version: "3.270.0", source: "path" } as const;
const offline = {
  name: "tls",
  version: "5.6.1",
  source: "offline",
  folder: "/p/.fieldlake/toolchain/provider-tls",
} as const;
const real = { name: "random", version: "4.21.2", source: "installed" } as const;
const local = {
  source: "local",
  description: ".fieldlake/state",
  backendUrl: "file:///p/.fieldlake/state",
  passphraseFile: "/p/.fieldlake/passphrase",
} as const;

describe("on a bare machine", () => {
  const base = { PATH: "/usr/bin:/bin", HOME: "/home/ada" };
  const resolved: Resolved = {
    node,
    engine: built,
    plugins: [offline, real],
    duckdb: { extension: "/cache/httpfs.duckdb_extension", version: "1.5.5", source: "wheel" },
    state: local,
  };
  const env = computeEnvironment(base, resolved, "linux");

  test("everything is found before what the machine has", () => {
    expect(env["PATH"]).toBe(
      "/p/.fieldlake/toolchain/node:/cache/engine/bin:/p/.fieldlake/toolchain/provider-tls:/usr/bin:/bin",
    );
  });

  test("the engine is told where its state is and not to call home", () => {
    expect(env).toEqual({
      PATH: env["PATH"],
      HOME: "/home/ada",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_BACKEND_URL: "file:///p/.fieldlake/state",
      PULUMI_CONFIG_PASSPHRASE_FILE: "/p/.fieldlake/passphrase",
      PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
      FIELDLAKE_DUCKDB_HTTPFS: "/cache/httpfs.duckdb_extension",
    });
  });

  test("the user's environment is left alone, and computing it again changes nothing", () => {
    expect(base).toEqual({ PATH: "/usr/bin:/bin", HOME: "/home/ada" });
    expect(computeEnvironment(env, resolved, "linux")).toEqual(env);
  });
});

test("with the ordinary Pulumi installation nothing but Node is added, and no cloud's plugin downloaded", () => {
  const base = { PATH: "/usr/local/bin:/usr/bin" };
  const env = computeEnvironment(
    base,
    { node, engine: onPath, plugins: [real], state: { source: "user", description: "your Pulumi login" } },
    "linux",
  );
  expect(env).toEqual({
    PATH: "/p/.fieldlake/toolchain/node:/usr/local/bin:/usr/bin",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  });
});

test("what the user has set wins, but a setting that would hide the offline providers", () => {
  const base = {
    PATH: "/usr/bin",
    PULUMI_SKIP_UPDATE_CHECK: "false",
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "false",
    PULUMI_CONFIG_PASSPHRASE: "mine",
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
  };
  const { passphraseFile: _none, ...state } = local;
  const env = computeEnvironment(base, { engine: built, plugins: [offline], state }, "linux");
  expect(env).toMatchObject({
    PULUMI_SKIP_UPDATE_CHECK: "false",
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "false",
    PULUMI_CONFIG_PASSPHRASE: "mine",
  });
  expect(env).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE_FILE");
  expect(env).not.toHaveProperty("PULUMI_IGNORE_AMBIENT_PLUGINS");
  const untouched = computeEnvironment(base, { engine: built, plugins: [real] }, "linux");
  expect(untouched).toMatchObject({ PULUMI_IGNORE_AMBIENT_PLUGINS: "true" });
});

test("Windows spells and separates its search path in its own way", () => {
  const engine = { ...built, pulumi: "C:\\cache\\engine\\bin\\pulumi.exe" };
  const env = computeEnvironment({ Path: "C:\\Windows;C:\\Tools" }, { engine }, "win32");
  expect(env["Path"]).toBe("C:\\cache\\engine\\bin;C:\\Windows;C:\\Tools");
  expect(env).not.toHaveProperty("PATH");
});
