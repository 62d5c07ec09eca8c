import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import { ModuleHost, type ModuleKind, type ModuleKinds } from "../../../site/module-host.ts";
import { Keyring } from "../../../site/seal.ts";
import { SettingsStore } from "../../../site/settings-store.ts";
import type { ModuleName } from "../../../site/settings.ts";

type Running = Record<ModuleName, string>;

const lake = (tenant: string) => ({
  tenant,
  dataFolder: "/data",
  keyFile: "/key",
  retentionDays: { raw: 0, curated: 0, quarantine: 0 },
});
const registry = { devices: [], revocationList: "-----BEGIN X509 CRL-----" };
const broker = (port: number) => ({
  host: "127.0.0.1",
  port,
  serverCertificate: "-----BEGIN C",
  serverKey: "-----BEGIN K",
  clientTrust: "-----BEGIN T",
  limits: {
    maxPayload: 1,
    maxConnections: 1,
    handshakesPerSecond: 1,
    messagesPerSecond: 1,
    connectSeconds: 1,
  },
});

let folder: string;
let events: string[];
let refusedPort = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fieldlake-host-"));
  events = [];
  refusedPort = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const key = new Keyring(randomBytes(32)).key("settings");

function createHost() {
  const kind = <Name extends ModuleName>(name: Name, needs: ModuleName[]): ModuleKind<Running, Name> => ({
    needs,
    async start(settings) {
      const { port } = settings as { port?: number };
      if (port !== undefined && port === refusedPort) throw new Error(`port ${port} is in use`);
      events.push(`start ${name}`);
      return JSON.stringify(settings);
    },
    async stop() {
      events.push(`stop ${name}`);
    },
  });
  const kinds: ModuleKinds<Running> = {
    lake: kind("lake", []),
    decoder: kind("decoder", ["lake"]),
    registry: {
      ...kind("registry", []),
      async apply(_handle, settings) {
        events.push("apply registry");
        return JSON.stringify(settings);
      },
    },
    broker: kind("broker", ["lake", "registry"]),
    console: kind("console", ["lake", "broker"]),
  };
  return new ModuleHost<Running>(kinds, SettingsStore.load(folder, key), pino({ level: "silent" }));
}

describe("the module host", () => {
  test("restarts what depends on a changed module, in order, and nothing for an equal one", async () => {
    const host = createHost();
    await host.put("lake", lake("a"));
    await host.put("registry", registry);
    await host.put("broker", broker(1));
    events = [];
    await host.put("lake", lake("a"));
    expect(events).toEqual([]);
    await host.put("lake", lake("b"));
    expect(events).toEqual(["stop broker", "stop lake", "start lake", "start broker"]);
  });

  test("a registry change reaches the running module without a restart", async () => {
    const host = createHost();
    await host.put("lake", lake("a"));
    await host.put("registry", registry);
    await host.put("broker", broker(1));
    events = [];
    await host.put("registry", { ...registry, enrolment: "registered" });
    expect(events).toEqual(["apply registry"]);
  });

  test("a refused change leaves the module as it was, and its error reaches the caller", async () => {
    const host = createHost();
    await host.put("lake", lake("a"));
    await host.put("registry", registry);
    await host.put("broker", broker(1));
    refusedPort = 2;
    await expect(host.put("broker", broker(2))).rejects.toThrow("port 2 is in use");
    expect(host.health()["broker"]).toEqual({ state: "running" });
    expect(host.running.broker).toContain('"port":1');
  });

  test("a new process brings every module back; one that fails is reported and the others run", async () => {
    const host = createHost();
    await host.put("lake", lake("a"));
    await host.put("registry", registry);
    await host.put("broker", broker(7));
    await host.stopAll();
    refusedPort = 7;
    const again = createHost();
    await again.startStored();
    expect(again.health()).toEqual({
      lake: { state: "running" },
      registry: { state: "running" },
      broker: { state: "failed", error: "port 7 is in use" },
    });
  });

  test("refuses wrong settings and missing needs by name, and forgets a removed module", async () => {
    const host = createHost();
    await expect(host.put("lake", { ...lake("a"), tenant: "" })).rejects.toThrow(/settings of lake: tenant/);
    await expect(host.put("broker", broker(1))).rejects.toThrow(
      "broker needs lake and registry to run first",
    );
    await host.put("lake", lake("a"));
    await host.remove("lake");
    expect(host.health()).toEqual({});
    const again = createHost();
    await again.startStored();
    expect(again.health()).toEqual({});
  });
});
