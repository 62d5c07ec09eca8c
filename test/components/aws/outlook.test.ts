/** Cost and quota lines of the aws target: pure figures, each with its basis and source. */
import { describe, expect, test } from "@jest/globals";
import { costLines } from "../../../components/aws/costs.ts";
import { quotaLines } from "../../../components/aws/quotas.ts";
import { readConfig } from "../../../config.ts";
import { region } from "../aws-stand-ins.ts";

const config = (over: object) =>
  readConfig({ target: "aws", environment: "acme", ...over }, { "aws:region": region });
const load = (devices: number) => ({
  load: { devices, messagesPerHour: 3_600, payloadBytes: 200, readingsPerMessage: 5 },
});
const item = (over: object, name: string) => costLines(config(over)).find((line) => line.item === name);

describe("cost lines", () => {
  test("state quantity, price, source and date", () => {
    for (const line of costLines(config(load(100)))) {
      expect(line.basis).toMatch(/^[\d.e+-]+ × [\d.e-]+ USD per \S/);
      expect(line.source).toMatch(/^https:\/\/aws\.amazon\.com\/\S+, us-east-\d; seen: .*20\d\d/);
      expect(Number.isFinite(line.usdPerMonth)).toBe(true);
    }
  });

  test("a message a second of 100 devices: 262.8 M messages a month", () => {
    expect(item(load(100), "messages")).toMatchObject({
      basis: "263 × 1 USD per million messages of up to 5 kB",
      usdPerMonth: 262.8,
    });
    // Each record is charged as 5 kB: 1,314 GB, whatever the device sent.
    expect(item(load(100), "Firehose ingestion")?.usdPerMonth).toBeCloseTo(1_314 * 0.029, 1);
  });

  test("Basic Ingest leaves the broker's charge out; packing pays back twenty-five times", () => {
    expect(item({ ...load(100), aws: { basicIngest: true } }, "messages")).toBeUndefined();
    const total = (over: object) =>
      costLines(config(over))
        .filter(({ item: name }) => /messages|rules|actions|Firehose ing/.test(name))
        .reduce((sum, { usdPerMonth }) => sum + usdPerMonth, 0);
    const packed = {
      load: { devices: 100, messagesPerHour: 144, payloadBytes: 3_500, readingsPerMessage: 125 },
    };
    expect(total(load(100)) / total(packed)).toBeGreaterThan(20);
  });

  test("throughput pays for its stream by the hour", () => {
    const throughput = { ...load(1), stream: { profile: "throughput" } };
    expect(item({ ...throughput, aws: { shards: 2 } }, "Kinesis shards")?.usdPerMonth).toBe(21.9);
    expect(item({ ...throughput, aws: { shards: "on-demand" } }, "Kinesis stream")?.usdPerMonth).toBe(29.2);
  });

  test("a rule of anomalies pays for the detectors of its devices, by files and by values", () => {
    const rules = (count: number) => ({
      alarms: {
        rules: Array.from({ length: count }, (_, at) => ({
          kind: "anomaly",
          name: `odd-${at}`,
          metric: "level",
        })),
      },
    });
    const priced = (count: number, over: object) =>
      costLines(config({ ...over, ...rules(count) }))
        .filter(({ item: name }) => name.includes("detectors"))
        .reduce((sum, { usdPerMonth }) => sum + usdPerMonth, 0);
    expect(priced(0, load(100))).toBe(0);
    expect(priced(1, load(100))).toBeGreaterThan(1);
    expect(priced(2, load(100))).toBeCloseTo(2 * priced(1, load(100)), 1);
    expect(priced(1, load(200))).toBeCloseTo(2 * priced(1, load(100)), 1);
  });

  test("an idle environment costs its keys, alarms and metrics", () => {
    const idle = costLines(config({ load: { devices: 1, messagesPerHour: 0.001 } }));
    expect(idle.reduce((sum, { usdPerMonth }) => sum + usdPerMonth, 0)).toBeLessThan(10);
  });
});

test("reports cost next to nothing, and nothing where they are off", () => {
  expect(item({}, "reports")?.usdPerMonth).toBeLessThan(0.01);
  expect(item({ reports: { schedule: null } }, "reports")).toBeUndefined();
});

test("enrolment costs a key where nobody enrols, and takes executions of the account", () => {
  const domain = {
    name: "devices.acme.example",
    certificateArn: `arn:aws:acm:${region}:123456789012:certificate/00000000-0000-4000-8000-000000000000`,
  };
  const enrolling = (enrolment: object) => ({ aws: { domain, enrolment } });
  expect(item(enrolling({}), "registry key")?.usdPerMonth).toBe(1);
  const reserved = (over: object) =>
    quotaLines(config(over)).find(({ quota }) => quota === "Lambda concurrent executions")?.expected;
  expect(reserved(enrolling({}))).toBe(Number(reserved({})) + 5);
  expect(reserved(enrolling({ checkOnConnect: true }))).toBe(Number(reserved({})) + 55);
});

describe("quota lines", () => {
  test("show what a fleet takes, and where it comes near or beyond", () => {
    const beyond = (devices: number) =>
      quotaLines(config(load(devices)))
        .filter(({ limit, expected }) => expected > limit)
        .map(({ quota }) => quota);
    expect(beyond(100)).toEqual([]);
    expect(beyond(1_000_000)).toEqual([
      "IoT Core connections",
      "IoT Core inbound publishes",
      "Firehose direct PUT records",
      "Firehose direct PUT bytes",
    ]);
  });

  test("of Kinesis follow the shards", () => {
    const quota = (shards: number | "on-demand") =>
      quotaLines(config({ ...load(5_000), stream: { profile: "throughput" }, aws: { shards } })).find(
        ({ quota: name }) => name.startsWith("Kinesis"),
      );
    expect(quota(4)).toMatchObject({ limit: 4_000, expected: 5_000 });
    expect(quota("on-demand")).toMatchObject({ quota: "Kinesis on-demand, initial", limit: 4_000 });
  });
});
