import { describe, expect, test } from "@jest/globals";
import { ConfigError, readConfig, stackConfig } from "../../config.ts";

const good = { target: "local", environment: "acme" };

function mistakesOf(raw: Record<string, unknown>): readonly string[] {
  try {
    readConfig(raw);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

describe("configuration", () => {
  test("fills in the documented defaults and freezes the result", () => {
    const config = readConfig(good);
    expect(config.limits.payloadBytes).toBe(65_536);
    expect(config.local).toEqual({
      host: "127.0.0.1",
      serverNames: ["localhost"],
      mqttPort: 8883,
      enrolmentPort: 8885,
      consoleHost: "127.0.0.1",
      consolePort: 8484,
    });
    expect(Object.isFrozen(config.local)).toBe(true);
    expect(() => Object.assign(config.limits, { payloadBytes: 1 })).toThrow();
  });

  test("names five mistakes at once, each with key, value and what is allowed", () => {
    const mistakes = mistakesOf({
      target: "moon",
      environment: "Acme Corp",
      fleet: { certificateDays: 3 },
      local: { mqttPort: 80, prot: 1 },
      limits: { payloadBytes: 1e9 },
    });
    expect(mistakes).toEqual([
      expect.stringMatching(/^fieldlake:target: received "moon"; available targets: local, aws/),
      expect.stringMatching(/^fieldlake:environment: received "Acme Corp"; allowed: 2 to 32 of a-z/),
      "fieldlake:fleet.certificateDays: received 3; allowed: at least 7",
      "fieldlake:limits.payloadBytes: received 1000000000; allowed: at most 65536",
      "fieldlake:local.mqttPort: received 80; allowed: 1024 to 65535",
      "fieldlake:local.prot: no such key; remove it or mind its spelling",
    ]);
  });

  test("checks what holds between keys, also beside other mistakes", () => {
    const mistakes = mistakesOf({
      ...good,
      target: "moon",
      profiles: ["imu"],
      devices: [{ id: "a1" }, { id: "a1" }, { id: "b2", profile: "gps" }],
      bindings: [{ devices: "*", profile: "lpp" }],
      fleet: { rootDays: 1, revoked: ["nobody"] },
    });
    expect(mistakes).toEqual([
      expect.stringContaining('received "moon"'),
      'fieldlake:devices[1].id: received "a1" a second time; allowed: each id once',
      'fieldlake:devices[2].profile: received "gps"; allowed: one of fieldlake:profiles (imu)',
      'fieldlake:bindings[0].profile: received "lpp"; allowed: one of fieldlake:profiles (imu)',
      expect.stringMatching(/^fieldlake:fleet\.revoked\[0\]: received "nobody"; allowed: an id of/),
      "fieldlake:fleet.intermediateDays: received 1095; allowed: at most rootDays (1)",
    ]);
  });

  test.each(["../up", "Upper", "-dash", "dash-", "a".repeat(65), "ü", "", "a/b", "a b"])(
    "refuses the device id %p",
    (id) => {
      expect(mistakesOf({ ...good, devices: [{ id }] })).toHaveLength(1);
    },
  );

  test("refuses more pinned devices than a stack may hold", () => {
    const devices = Array.from({ length: 21 }, (_, index) => ({ id: `d${index}` }));
    expect(mistakesOf({ ...good, devices })[0]).toMatch(/at most 20 pinned devices/);
  });

  test("reads the engine's flat text, keeping what is not JSON so that its key is named", () => {
    const raw = stackConfig(
      {
        "fieldlake:target": "local",
        "fieldlake:environment": "e1",
        "fieldlake:limits": "many",
        "aws:region": "x",
      },
      "fieldlake",
    );
    expect(raw).toEqual({ target: "local", environment: "e1", limits: "many" });
    expect(mistakesOf(raw)).toEqual(['fieldlake:limits: received "many"; allowed: an object']);
  });
});
