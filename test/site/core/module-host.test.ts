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
let troubles: string | null = null;
/** Ends the running lake by itself. */
let endLake: (reason: Error) => void = () => undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fieldlake-host-"));
  events = [];
  refusedPort = 0;
  troubles = null;
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
    lake: {
      ...kind("lake", []),
      trouble: () => troubles,
      ended: () => new Promise((resolve) => (endLake = resolve)),
    },
    decoder: kind("decoder", ["lake"]),
    registry: {
      ...kind("registry", []),
      async apply(_handle, settings) {
        events.push("apply registry");
        return JSON.stringify(settings);
      },
    },
    broker: kind("broker", ["lake", "registry"]),
    enrolment: kind("enrolment", ["registry"]),
    drops: kind("drops", ["lake", "decoder"]),
    scoring: kind("scoring", ["lake"]),
    alarms: kind("alarms", ["lake", "broker"]),
    insights: kind("insights", ["lake"]),
    reports: kind("reports", ["lake", "broker"]),
    console: kind("console", ["lake", "broker"]),
  };
  return new ModuleHost<Running>(
    kinds,
    SettingsStore.load(folder, key, neverLost),
    pino({ level: "silent" }),
  );
}

/** The store of these tests is whole. */
function neverLost(loss: string): never {
  throw new Error(loss);
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
    await again.stopAll();
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

  test("a module that ended by itself starts again, with what needs it; its reason is seen until then", async () => {
    const host = createHost();
    await host.put("lake", lake("a"));
    await host.put("registry", registry);
    await host.put("broker", broker(1));
    events = [];
    refusedPort = 1;
    endLake(new Error("out of memory"));
    await until(() => host.health().lake?.state === "failed");
    expect(host.health()["lake"]).toEqual({ state: "failed", error: "out of memory" });
    // The broker can't at first; it is tried until it can.
    await until(() => host.health().broker?.error === "port 1 is in use");
    refusedPort = 0;
    await until(() => host.health().broker?.state === "running");
    expect(events).toEqual(["stop broker", "stop lake", "start lake", "start broker"]);
    endLake(new Error("of the lake before, which is gone"));
    await host.stopAll();
    expect(events.slice(4)).toEqual(["stop broker", "stop registry", "stop lake"]);
  });

  test("what fails at the start of the process is tried again by itself", async () => {
    const host = createHost();
    await host.put("lake", lake("a"));
    await host.put("registry", registry);
    await host.put("broker", broker(7));
    await host.stopAll();
    refusedPort = 7;
    const again = createHost();
    await again.startStored();
    expect(again.health()["broker"]?.state).toBe("failed");
    refusedPort = 0;
    await until(() => again.health().broker?.state === "running");
    await again.stopAll();
  });

  test("what hinders a running module is part of its health", async () => {
    const host = createHost();
    await host.put("lake", lake("a"));
    troubles = "no space left";
    expect(host.health()).toEqual({ lake: { state: "running", error: "no space left" } });
    troubles = null;
    expect(host.health()).toEqual({ lake: { state: "running" } });
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
