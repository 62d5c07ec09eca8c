/** What the aws target consists of, in the SDK's own terms. Mocks prove what is registered, not that AWS accepts it. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { unwrapped } from "../../../provider/values.ts";
import type { Recording } from "../harness.ts";
import { everything, frugal, recordAws } from "./environment.ts";
import { sdkProblems } from "../sdk-types.ts";

const environments = { frugal, everything };
const recordings: Record<string, Recording> = {};

beforeAll(async () => {
  for (const [name, raw] of Object.entries(environments)) {
    recordings[name] = (await recordAws(raw)).recording;
  }
});

const of = (name: string): Recording => recordings[name] as Recording;

/** Names that Pulumi makes are the logical name, a dash and seven digits. */
const autoNamed: Record<string, number> = {
  "aws:s3/bucket:Bucket": 63,
  "aws:iam/role:Role": 64,
  "aws:lambda/function:Function": 64,
  "aws:sqs/queue:Queue": 80,
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": 64,
  "aws:scheduler/schedule:Schedule": 64,
  "aws:cloudwatch/eventRule:EventRule": 64,
  "aws:s3tables/tableBucket:TableBucket": 63,
};

describe.each(Object.keys(environments))("environment %s", (name) => {
  test("consists of exactly these resources", () => {
    expect(of(name).inventory()).toMatchSnapshot();
  });

  test("uses no deprecated or unknown type or property of the SDK", () => {
    const problems = of(name).registrations.flatMap((registration) =>
      sdkProblems({ ...registration, inputs: unwrapped(registration.inputs) as Record<string, unknown> }),
    );
    expect(problems).toEqual([]);
  });

  test("leaves room in every name for the longest environment's", () => {
    const added = 32 - "acme".length + "-1234567".length;
    for (const { type, name: logical } of of(name).registrations) {
      const maximum = autoNamed[type];
      if (maximum !== undefined)
        expect([logical, logical.length + added <= maximum]).toEqual([logical, true]);
    }
  });
});

test("a deprecated property, a deprecated type and a misspelt property are found", () => {
  const bucket = (inputs: Record<string, unknown>) => ({ type: "aws:s3/bucket:Bucket", name: "b", inputs });
  expect(sdkProblems(bucket({ acl: "private" }))).toEqual(["aws:s3/bucket:Bucket b.acl: deprecated"]);
  expect(sdkProblems(bucket({ bukket: "b" }))).toEqual(["aws:s3/bucket:Bucket b.bukket: no such property"]);
  expect(sdkProblems({ type: "aws:s3/bucketV2:BucketV2", name: "b", inputs: {} })).toEqual([
    "aws:s3/bucketV2:BucketV2 b: deprecated",
  ]);
  const rules = [{ id: "r", status: "Enabled", prefix: "x" }];
  const type = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
  expect(sdkProblems({ type, name: "l", inputs: { bucket: "b", rules } })).toEqual([
    `${type} l.rules[0].prefix: deprecated`,
  ]);
});
