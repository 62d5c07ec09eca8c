import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseTopic, topicOf } from "../../functions/core/envelope.ts";
import {
  metricPattern,
  partMetric,
  splitSenmlName,
  toMetric,
} from "../../functions/core/normalise/metric.ts";
import { SequenceTracker } from "../../functions/core/normalise/sequence.ts";
import { integratedUnit, isKnownUnit } from "../../functions/core/normalise/units.ts";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { decodeWith, json, message } from "./support.ts";

describe("metric names", () => {
  test.each([
    ["temperature", "temperature"],
    ["batteryLevel", "battery_level"],
    ["PM2.5 (µg)", "pm2_5_g"],
    ["--x--", "x"],
    ["3rd_axis", "rd_axis"],
  ])("%s → %s", (given, expected) => expect(toMetric(given)).toBe(expected));

  test.each(["", "42", "温度", "___"])("%p has nothing of a name", (given) =>
    expect(toMetric(given)).toBeNull(),
  );

  test("whatever the name, a metric is lower_snake or none", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (name) => {
        const metric = toMetric(name);
        return metric === null || metricPattern.test(metric);
      }),
    );
  });
});

describe("names beyond 128 characters", () => {
  const long = "a".repeat(127);

  test("are no metric: two that differ at their ends must not become one", () => {
    expect(toMetric(`${long}b`)).toBe(`${long}b`);
    expect(toMetric(`${long}bc`)).toBeNull();
    expect(() => partMetric(long, 1)).toThrow();
  });

  test("cost the value that has one, not the message", () => {
    const profile: Profile = { name: "p", version: "1", description: "d", format: "senml-json" };
    const records = [
      { n: long, v: 1, s: 2 },
      { n: "b", v: 2 },
    ];
    const { readings, quarantined } = decodeWith(profile, [message(json(records))]);
    expect(readings.map(({ metric, valueDouble }) => [metric, valueDouble])).toEqual([
      [long, 1],
      ["b", 2],
    ]);
    expect(quarantined).toMatchObject([
      { reason: "schema", detail: expect.stringContaining("more than 128 characters") },
    ]);
  });
});

describe("SenML names", () => {
  test.each([
    ["urn:dev:ow:10e2073a01080063:temp", "urn:dev:ow:10e2073a01080063", "temp"],
    ["urn:dev:ow:10e2073a01080063", "urn:dev:ow:10e2073a01080063", "value"],
    ["urn:dev:mac:0024befffe804ff1/env/airTemp", "urn:dev:mac:0024befffe804ff1", "env_air_temp"],
    ["2001:db8::2/temperature", "2001:db8::2", "temperature"],
    ["2001:db8::3", "2001:db8::3", "value"],
    ["temperature", null, "temperature"],
    ["room1/temp", "room1", "temp"],
    ["/3303/0/5700", "0", "lwm2m_3303_5700"],
    ["/34/0/0/1", "0/1", "lwm2m_34_0"],
    ["gateway:/3303/2/5700", "gateway/2", "lwm2m_3303_5700"],
  ])("%s", (name, subDevice, metric) => expect(splitSenmlName(name)).toEqual({ subDevice, metric }));
});

describe("units", () => {
  test.each(["Cel", "%RH", "m/s2", "kg/m3", "NTU", "/100", "kWh", "rad/s"])("%s is known", (unit) => {
    expect(isKnownUnit(unit)).toBe(true);
  });
  test.each(["°C", "cel", "", "G", "toString"])("%p is not", (unit) => expect(isKnownUnit(unit)).toBe(false));
  test("a sum is in the value's unit times seconds", () => {
    expect([integratedUnit("W"), integratedUnit("Cel"), integratedUnit(null)]).toEqual(["J", "Cel.s", null]);
  });
});

describe("topics", () => {
  test.each([
    ["devices/imu-1/telemetry", { deviceId: "imu-1", channel: "telemetry" }],
    ["devices/imu-1/telemetry/imu", { deviceId: "imu-1", channel: "telemetry/imu" }],
    ["devices/a/events", { deviceId: "a", channel: "events" }],
    ["devices/a/status", { deviceId: "a", channel: "status" }],
    ["devices/a/commands/reboot/ack", { deviceId: "a", channel: "commands/reboot/ack" }],
  ])("%s", (topic, address) => {
    expect(parseTopic(topic)).toEqual(address);
    expect(topicOf(address)).toBe(topic);
  });

  test.each([
    "devices/A/telemetry",
    "devices/-a/telemetry",
    "devices//telemetry",
    "devices/a",
    "devices/a/telemetry/x/y",
    "other/a/telemetry",
    "devices/a/telemetry/",
    "",
  ])("%p is no device topic", (topic) => expect(parseTopic(topic)).toBeNull());
});

describe("sequence gaps", () => {
  test("only a number above the next one is a gap", () => {
    const tracker = new SequenceTracker();
    const seen = [1, 2, 2, 4, 3, 0, 1, 2n ** 60n, 2n ** 60n + 1n].map((number) =>
      tracker.skipped("d", "c", number),
    );
    expect(seen).toEqual([false, false, false, true, false, false, false, true, false]);
  });

  test("devices and codecs are apart, and the oldest is forgotten first", () => {
    const tracker = new SequenceTracker(2);
    tracker.skipped("a", "c", 1);
    tracker.skipped("b", "c", 1);
    tracker.skipped("a", "other", 9);
    expect(tracker.skipped("b", "c", 5)).toBe(true);
    expect(tracker.skipped("a", "c", 5)).toBe(false);
  });
});
