/** Bad input of the aws target: one clear error each, all at once, before any resource is planned. */
import { describe, expect, test } from "@jest/globals";
import { enums } from "@pulumi/aws/types/index.js";
import { partitionOf, regions } from "../../../components/aws/regions.ts";
import { ConfigError, readConfig, stackConfig } from "../../../config.ts";

const good = { target: "aws", environment: "acme" };
const here = { "aws:region": "eu-central-1" };

function mistakesOf(raw: Record<string, unknown>, all: Record<string, string> = here): readonly string[] {
  try {
    readConfig({ ...good, ...raw }, all);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

const keyIn = (region: string, id = "00000000-0000-4000-8000-000000000000") =>
  `arn:aws:kms:${region}:123456789012:key/${id}`;
const own = (reference: string) => ({ key: { kind: "own", reference } });

describe("configuration of the aws target", () => {
  test("needs a region and nothing else, and takes it from the provider's own key", () => {
    expect(mistakesOf({})).toEqual([]);
    const config = readConfig(
      stackConfig({ ...here, "fieldlake:target": "aws", "fieldlake:environment": "acme" }, "fieldlake"),
      here,
    );
    expect(config.region).toBe("eu-central-1");
    expect(config.aws).toMatchObject({ writeOnce: { days: 30, mode: "governance" }, keyDeletionDays: 30 });
    expect(readConfig({ ...good, target: "local" }).region).toBeNull();
  });

  test.each<[string, Record<string, unknown>, Record<string, string>, RegExp]>([
    ["no region", {}, {}, /^aws:region: received nothing; allowed: af-south-1, .*us-west-2$/],
    [
      "unknown region",
      {},
      { "aws:region": "eu-central-9" },
      /^aws:region: received "eu-central-9"; allowed: af-/,
    ],
    [
      "bad ARN",
      own("alias/mine"),
      here,
      /^fieldlake:key\.reference: received "alias\/mine"; allowed: the ARN of a KMS key .* not an alias/,
    ],
    [
      "key in another region",
      own(keyIn("us-east-1")),
      here,
      /allowed: a key in aws:region \(eu-central-1\), this one is in us-east-1$/,
    ],
    [
      "single-region key with a replica",
      { ...own(keyIn("eu-central-1")), aws: { replicaRegion: "eu-west-1" } },
      here,
      /allowed: a multi-region key \(mrk-…\)/,
    ],
    [
      "two devices with the same id",
      { devices: [{ id: "a1" }, { id: "a1" }] },
      here,
      /^fieldlake:devices\[1\]\.id: received "a1" a second time/,
    ],
    [
      "id outside the pattern",
      { devices: [{ id: "A 1" }] },
      here,
      /^fieldlake:devices\[0\]\.id: received "A 1"; allowed: 1 to 64/,
    ],
    [
      "retention below the write-once period",
      { zones: { raw: { retentionDays: 29 } } },
      here,
      /^fieldlake:zones\.raw\.retentionDays: received 29; allowed: 0 \(for ever\) or at least fieldlake:aws\.writeOnce\.days \(30\)$/,
    ],
    [
      "replica region = region",
      { aws: { replicaRegion: "eu-central-1" } },
      here,
      /^fieldlake:aws\.replicaRegion: received "eu-central-1"; allowed: another region/,
    ],
    [
      "unknown replica region",
      { aws: { replicaRegion: "mars" } },
      here,
      /^fieldlake:aws\.replicaRegion: received "mars"; allowed: af-south-1/,
    ],
    [
      "throughput without shards",
      { stream: { profile: "throughput" } },
      here,
      /^fieldlake:aws\.shards: received nothing; allowed with fieldlake:stream\.profile throughput: "on-demand", or a number/,
    ],
    [
      "frugal with shards",
      { aws: { shards: 2 } },
      here,
      /^fieldlake:aws\.shards: received 2; allowed with fieldlake:stream\.profile frugal: nothing/,
    ],
    [
      "log retention that CloudWatch does not have",
      { aws: { logRetentionDays: 100 } },
      here,
      /^fieldlake:aws\.logRetentionDays: received 100; allowed: 30, 60/,
    ],
    [
      "certificate of the domain in another region",
      {
        aws: {
          domain: {
            name: "d.example",
            certificateArn:
              "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000000",
          },
        },
      },
      here,
      /^fieldlake:aws\.domain\.certificateArn: .*allowed: a certificate in aws:region \(eu-central-1\)$/,
    ],
    [
      "a security setting that there is not",
      { aws: { encryption: false } },
      here,
      /^fieldlake:aws\.encryption: no such key/,
    ],
  ])("refuses %s", (_, raw, all, message) => {
    expect(mistakesOf(raw, all)).toEqual([expect.stringMatching(message)]);
  });

  test("names all at once, beside mistakes of the schema", () => {
    const mistakes = mistakesOf(
      {
        environment: "Acme",
        zones: { raw: { retentionDays: 1 } },
        stream: { profile: "throughput" },
        aws: { replicaRegion: "eu-central-1" },
        ...own(keyIn("us-east-1")),
      },
      here,
    );
    expect(mistakes).toHaveLength(6);
  });
});

test("the regions are those of the installed SDK", () => {
  expect([...regions]).toEqual(Object.values(enums.Region).sort());
  expect(["eu-central-1", "cn-north-1", "us-gov-west-1"].map(partitionOf)).toEqual([
    "aws",
    "aws-cn",
    "aws-us-gov",
  ]);
});
