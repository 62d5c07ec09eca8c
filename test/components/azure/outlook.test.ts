/** Cost and quota lines of the azure target: what a setting does to them. */
import { describe, expect, test } from "@jest/globals";
import { costLines } from "../../../components/azure/costs.ts";
import { quotaLines } from "../../../components/azure/quotas.ts";
import { readConfig } from "../../../config.ts";

const config = (over: object = {}) =>
  readConfig({ target: "azure", environment: "acme", ...over }, { "azure-native:location": "westeurope" });
const load = (devices: number) => ({
  load: { devices, messagesPerHour: 3_600, payloadBytes: 200, readingsPerMessage: 5 },
});
const cost = (over: object, name: string) => costLines(config(over)).find(({ item }) => item === name);
const beyond = (over: object) =>
  quotaLines(config(over))
    .filter(({ limit, expected }) => expected > limit)
    .map(({ quota }) => quota);

describe("cost lines", () => {
  test("pay for units by the hour, and for messages by the kilobyte", () => {
    expect(cost({ ...load(100), azure: { throughputUnits: 2 } }, "broker")).toMatchObject({
      basis: "1460 × 0.04 USD per hour of a throughput unit",
      usdPerMonth: 58.4,
    });
    // A message a second of 100 devices is 262.8 million a month.
    expect(cost(load(100), "messages")?.usdPerMonth).toBe(262.8);
  });

  test("of a rule of anomalies are those of its devices' detectors, by files and by values", () => {
    const rules = [{ kind: "anomaly", name: "odd", metric: "level" }];
    const item = "detectors of anomalies, at most";
    const priced = (devices: number) => cost({ ...load(devices), alarms: { rules } }, item)?.usdPerMonth ?? 0;
    expect(cost(load(100), item)).toBeUndefined();
    expect(priced(100)).toBeGreaterThan(1);
    expect(priced(200)).toBeCloseTo(2 * priced(100), 1);
  });

  test("of the premium tier and of storage follow the settings", () => {
    const premium = { azure: { eventHubs: { tier: "premium", units: 1 } } };
    expect(cost(premium, "Event Hubs premium")?.usdPerMonth).toBe(749.71);
    expect(cost(premium, "events")).toBeUndefined();
    const raw = (redundancy: string) =>
      cost({ ...load(100), azure: { redundancy } }, "raw zone, at the end of its retention or a year")
        ?.usdPerMonth ?? 0;
    expect(raw("ZRS") / raw("LRS")).toBeCloseTo(0.026 / 0.0208, 3);
    expect(cost({ azure: { redundancy: "GZRS" } }, "blobs written")?.basis).toContain("× 0.11 USD");
  });

  test("of serverless SQL are bounded by what a day's queries may read", () => {
    const item = "serverless SQL, at the most that a day's queries may read";
    const serverlessSql = { administrator: "40000000-0000-4000-8000-000000000004", dailyTerabytes: 2 };
    expect(cost({ azure: { serverlessSql } }, item)?.usdPerMonth).toBe(304.17);
    expect(cost({}, item)).toBeUndefined();
    const endpoints = (azure: object) =>
      cost({ azure: { network: "private", ...azure } }, "private endpoints")?.usdPerMonth;
    const none = endpoints({ query: { kind: "none" } }) ?? 0;
    expect(endpoints({ serverlessSql })).toBeCloseTo(none * (20 / 18), 2);
    expect(endpoints({})).toBeCloseTo(none * (20 / 18), 2);
  });
});

test("enrolment is paid by the certificate, one in two thirds of its life, and where it is asked for only", () => {
  const enrolling = { ...load(90_000), azure: { throughputUnits: 9, enrolment: {} } };
  // 45,000 a month: 22,500 GB-seconds, and 4.5 million request units.
  expect(cost(enrolling, "enrolment compute")?.usdPerMonth).toBe(0.59);
  expect(cost(enrolling, "registry")?.usdPerMonth).toBe(1.13);
  expect(cost(load(100), "enrolment compute")).toBeUndefined();
});

describe("quota lines", () => {
  test("show what the units no longer take", () => {
    expect(beyond(load(100))).toEqual([]);
    // 20,000 messages a second on two units of 1,000 each.
    expect(beyond({ ...load(20_000), azure: { throughputUnits: 2 } })).toEqual([
      "Event Grid inbound messages of a unit × 2",
      "Event Grid inbound bytes of a unit × 2",
      "Event Grid routing topic",
      "Event Hubs events of a throughput unit",
      "Event Hubs bytes of a throughput unit",
    ]);
  });

  test("of Event Hubs that grow by themselves count the most units", () => {
    const grows = { stream: { profile: "throughput" }, azure: { eventHubs: { units: 1, maximumUnits: 4 } } };
    expect(
      quotaLines(config(grows)).find(({ quota }) => quota.startsWith("Event Hubs events")),
    ).toMatchObject({
      quota: "Event Hubs events of a throughput unit × 4",
      limit: 4_000,
    });
  });
});

test("IoT Hub is paid by the unit, and its quotas are its own", () => {
  const iothub = { ...load(1_000), azure: { ingest: "iothub", iotHub: { units: 4 } } };
  expect(cost(iothub, "IoT Hub")?.usdPerMonth).toBe(100);
  expect(cost(iothub, "broker")).toBeUndefined();
  // A message a second of 1,000 devices is 86.4 million a day; four units take 1.6 million.
  expect(beyond(iothub)).toContain("IoT Hub messages of an S1 unit × 4");
  expect(
    quotaLines(config(iothub))
      .map(({ quota }) => quota)
      .join(),
  ).not.toContain("Event Grid c");
});
