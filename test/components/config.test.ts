import { describe, expect, test } from "@jest/globals";
import { targets } from "../../components/contracts/common.ts";
import { ConfigError, readConfig, stackConfig } from "../../config.ts";
import { insightDeclaration } from "../../functions/declared-insights/declaration.ts";

const good = { target: "local", environment: "acme" };

function mistakesOf(raw: Record<string, unknown>, families?: readonly string[]): readonly string[] {
  try {
    readConfig(raw, {}, families);
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
      watch: [],
    });
    expect(Object.isFrozen(config.local)).toBe(true);
    expect(() => Object.assign(config.limits, { payloadBytes: 1 })).toThrow();
  });

  test("models score on every target by the same words; twice by one name they are refused", () => {
    const model = { name: "activity", file: "a.onnx", table: "frames_wearable_imu" };
    const scoring = { models: [model] };
    const places = { "aws:region": "eu-central-1", "azure-native:location": "westeurope" };
    for (const target of targets)
      expect(readConfig({ ...good, target, scoring }, places).scoring).toEqual({
        models: [{ ...model, devices: "*" }],
        everySeconds: 5,
      });
    expect(mistakesOf({ ...good, scoring: { models: [model, model] } })).toEqual([
      'fieldlake:scoring.models[1].name: received "activity" a second time; allowed: each name once',
    ]);
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

  test("names every profile that is not there, beside other mistakes", () => {
    const profiles = ["imu", "gps", "Imu", "lpp"];
    expect(mistakesOf({ ...good, target: "moon", profiles: ["imu", "gps", "lpp"] }, ["imu", "sun"])).toEqual([
      expect.stringContaining('received "moon"'),
      'fieldlake:profiles[1]: received "gps"; allowed: a folder below profiles/ (imu, sun)',
      'fieldlake:profiles[2]: received "lpp"; allowed: a folder below profiles/ (imu, sun)',
    ]);
    expect(mistakesOf({ ...good, profiles }, ["imu", "gps", "lpp"])).toEqual([
      expect.stringMatching(/^fieldlake:profiles\[2\]: received "Imu"; allowed: a folder name/),
    ]);
  });

  test("checks what holds between the keys of the local target", () => {
    const local = { host: "0.0.0.0", consoleHost: "::", serverNames: [], mqttPort: 9000, consolePort: 9000 };
    expect(mistakesOf({ ...good, local: { mqttPort: 8885, consolePort: 8885 } })).toHaveLength(2);
    const folders = { dataFolder: "/srv/lake", keyFolder: "/srv/lake/keys" };
    expect(mistakesOf({ ...good, local: { ...local, ...folders }, nope: 1 })).toEqual([
      expect.stringMatching(/^fieldlake:nope/),
      "fieldlake:local.consolePort: received 9000; allowed: another port than mqttPort, which is the same",
      expect.stringMatching(
        /^fieldlake:local\.serverNames: received no name; allowed: with host and consoleHost/,
      ),
      expect.stringMatching(
        /^fieldlake:local\.keyFolder: received "\/srv\/lake\/keys"; allowed: a folder outside/,
      ),
    ]);
    const apart = { dataFolder: "/srv/lake", keyFolder: "/srv/lake-keys" };
    expect(mistakesOf({ ...good, local: { host: "0.0.0.0", ...apart } })).toEqual([]);
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

  test("takes the same alarm rules on every target, and says where a webhook can not be trusted by roots of its own", () => {
    const rule = { kind: "late", name: "silent", minutes: 30 };
    const { alarms } = readConfig({ ...good, alarms: { rules: [rule] } });
    expect(alarms).toEqual({
      rules: [{ ...rule, version: 1, devices: "*", severity: "warning" }],
      everySeconds: 15,
      webhook: null,
    });
    expect(mistakesOf({ ...good, alarms: { webhook: { url: "http://example.org/" } } })).toEqual([
      'fieldlake:alarms.webhook.url: received "http://example.org/"; allowed: an https:// address',
    ]);
    const odd = { kind: "anomaly", name: "odd", metric: "vibration" };
    const trust = "-----BEGIN CERTIFICATE-----";
    const alarms2 = { rules: [rule, odd], webhook: { url: "https://example.org/", trust } };
    const mistakes = mistakesOf({ ...good, target: "azure", alarms: alarms2 });
    expect(mistakes.filter((mistake) => mistake.startsWith("fieldlake:alarms"))).toEqual([
      "fieldlake:alarms.webhook.trust: received roots for the target azure; allowed: nothing, the provider trusts public roots only",
    ]);
    expect(mistakesOf({ ...good, alarms: alarms2 })).toEqual([]);
    for (const target of ["local", "aws", "azure"]) {
      const received = mistakesOf({ ...good, target, alarms: { rules: [rule, odd] } });
      expect(received.filter((mistake) => mistake.startsWith("fieldlake:alarms"))).toEqual([]);
    }
  });

  test("makes reports daily in a cloud by default, and only when asked on a machine; null is never", () => {
    const inCloud = (reports: object) =>
      readConfig({ target: "aws", environment: "acme", ...reports }, { "aws:region": "eu-central-1" })
        .reports;
    const daily = { schedule: { every: "day", hourUtc: 6 }, days: 7, keep: 30 };
    expect(inCloud({})).toEqual(daily);
    expect(inCloud({ reports: { days: 1 } })).toEqual({ ...daily, days: 1 });
    expect(inCloud({ reports: { schedule: null } })).toEqual({ ...daily, schedule: null });
    expect(readConfig(good).reports.schedule).toBeNull();
  });

  test("takes a schedule of reports, names each mistake of a schedule, and refuses it where nobody keeps them", () => {
    expect(readConfig(good).reports).toEqual({ schedule: null, days: 7, keep: 30 });
    const weekly = { every: "week", weekday: "monday", hourUtc: 0 };
    expect(readConfig({ ...good, reports: { schedule: weekly } }).reports.schedule).toEqual(weekly);
    const wrong = { schedule: { every: "week", weekday: "mon", hourUtc: 24 }, keep: 0, days: 7.5 };
    expect(mistakesOf({ ...good, reports: wrong })).toEqual([
      expect.stringMatching(/^fieldlake:reports.schedule.weekday: received "mon"; .*sunday, monday/),
      expect.stringMatching(/^fieldlake:reports.schedule.hourUtc: received 24; allowed: 0 to 23/),
      expect.stringMatching(/^fieldlake:reports.days: received 7.5/),
      expect.stringMatching(/^fieldlake:reports.keep: received 0/),
    ]);
    expect(mistakesOf({ ...good, reports: { schedule: { every: "month" } } })).toEqual([
      expect.stringMatching(/^fieldlake:reports.schedule.*allowed: .*"every": "day"/),
    ]);
  });

  test("watches folders for drops, whose device has to have a profile on that channel", () => {
    expect(readConfig(good).local.watch).toEqual([]);
    const local = { bindings: [{ devices: "press-*", profile: "imu" }], profiles: ["imu"] };
    const drops = { folder: "/srv/drops", device: "press-01" };
    expect(readConfig({ ...good, ...local, local: { watch: [drops] } }).local.watch).toEqual([
      { ...drops, channel: "telemetry", settledSeconds: 5, taken: "move" },
    ]);
    const wrong = [{ ...drops, device: "../etc", channel: "commands/x", settledSeconds: 0, taken: "burn" }];
    expect(mistakesOf({ ...good, ...local, local: { watch: wrong } })).toEqual([
      expect.stringMatching(/^fieldlake:local.watch\[0\].device: received "..\/etc"/),
      expect.stringMatching(
        /^fieldlake:local.watch\[0\].channel: received "commands\/x"; allowed: telemetry/,
      ),
      expect.stringMatching(/^fieldlake:local.watch\[0\].settledSeconds: received 0/),
      expect.stringMatching(/^fieldlake:local.watch\[0\].taken: received "burn"/),
    ]);
    expect(
      mistakesOf({ ...good, ...local, local: { watch: [drops, { ...drops, device: "lamp-1" }] } }),
    ).toEqual([
      'fieldlake:local.watch[1]: received the device "lamp-1" and the channel "telemetry"; allowed: those that fieldlake:bindings binds to a profile',
    ]);
  });

  test("takes insights for every target, and names each mistake in them", () => {
    expect(readConfig(good).insights).toBeNull();
    expect(insightDeclaration.parse({}).declared.map(({ kind, name }) => [kind, name])).toEqual([
      ["gap", "gaps"],
      ["late", "late"],
    ]);
    const limit = { kind: "limit", name: "hot" };
    const declared = [
      { ...limit, above: 80, release: 90 },
      { ...limit, below: 0, release: 1, name: "cold" },
      { ...limit, name: "none" },
      { kind: "gap", name: "cold", minutes: 0 },
    ];
    expect(mistakesOf({ ...good, insights: { declared } })).toEqual([
      expect.stringContaining("fieldlake:insights.declared[0]: received the release 90; allowed: at most 80"),
      expect.stringContaining("fieldlake:insights.declared[2]: received neither of above and below"),
      expect.stringContaining("fieldlake:insights.declared[3].minutes: received 0"),
    ]);
    expect(
      mistakesOf({
        ...good,
        insights: {
          declared: [
            { kind: "gap", name: "a" },
            { kind: "late", name: "a" },
          ],
        },
      }),
    ).toEqual(['fieldlake:insights.declared[1].name: received "a" a second time; allowed: each name once']);
    const regions = { "aws:region": "eu-central-1", "azure-native:location": "westeurope" };
    for (const target of targets)
      expect(readConfig({ ...good, target, insights: {} }, regions).insights).toEqual(
        insightDeclaration.parse({}),
      );
  });
});
