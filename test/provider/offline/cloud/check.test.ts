/** What checking refuses, warns of and lets pass. */

import { describe, expect, test } from "@jest/globals";
import { UNKNOWN, secret } from "../support.ts";
import { ResourceUnderTest, awsProvider, urnOf } from "./support.ts";

const { provider, told } = await awsProvider();
const of = (token: string): ResourceUnderTest => new ResourceUnderTest(provider, token);
const table = of("aws:dynamodb/table:Table");
const lambda = of("aws:lambda/function:Function");
const attributes = [{ name: "device", type: "S" }];

/** A folder or zip file, in the engine's encoding. */
const archive = { "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", path: "dist" };
const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "x" };

describe("is refused, with path, received value and what is allowed", () => {
  test.each<[string, ResourceUnderTest, Record<string, unknown>, string[]]>([
    [
      "a missing property",
      of("aws:s3/bucketVersioning:BucketVersioning"),
      { bucket: "a-bucket" },
      ["versioningConfiguration: is required and missing"],
    ],
    [
      "a missing property inside another",
      table,
      { hashKey: "device", attributes: [{ name: "device" }] },
      ["attributes[0].type: is required and missing"],
    ],
    [
      "an unknown property, with what was meant",
      table,
      { serverSideEncryption: { enabled: true, kmsKeyArm: "x" } },
      ["serverSideEncryption.kmsKeyArm: is no property of this type; did you mean kmsKeyArn?"],
    ],
    [
      "an unknown property like no other",
      table,
      { serverSideEncryption: { enabled: true, "fo o": 1 } },
      ['serverSideEncryption["fo o"]: is no property of this type'],
    ],
    ["a text for a number", table, { readCapacity: "5" }, ['readCapacity: must be a number; received "5"']],
    ["a number for a text", table, { hashKey: 7 }, ["hashKey: must be a string; received 7"]],
    [
      "a text for a boolean",
      table,
      { deletionProtectionEnabled: "true" },
      ['deletionProtectionEnabled: must be true or false; received "true"'],
    ],
    [
      "one thing for a list",
      table,
      { attributes: { name: "a", type: "S" } },
      ['attributes: must be a list; received {"name":"a","type":"S"}'],
    ],
    [
      "a list for an object",
      table,
      { ttl: [{ attributeName: "ttl" }] },
      ['ttl: must be an object; received [{"attributeName":"ttl"}]'],
    ],
    [
      "a map's value of another type",
      table,
      { tags: { "cost centre": 7 } },
      ['tags["cost centre"]: must be a string; received 7'],
    ],
    [
      "a value outside an enumeration, the likeliest first",
      lambda,
      { role: "r", runtime: "nodejs24" },
      [
        expect.stringMatching(
          /^runtime: must be one of "nodejs2[24]\.x", .* \(and \d+ more\); received "nodejs24"$/,
        ) as unknown as string,
      ],
    ],
    [
      "a text for an archive",
      lambda,
      { role: "r", code: "dist.zip" },
      ['code: must be an archive (a folder, zip file or set of assets); received "dist.zip"'],
    ],
    [
      "a file for an archive",
      lambda,
      { role: "r", code: asset },
      ['code: must be an archive (a folder, zip file or set of assets); received {"text":"x"}'],
    ],
    [
      "a long value, shortened",
      table,
      { readCapacity: "9".repeat(200) },
      [`readCapacity: must be a number; received "${"9".repeat(78)}…`],
    ],
    [
      "a secret, not shown",
      table,
      { readCapacity: secret("hunter2") },
      ["readCapacity: must be a number; received a secret value"],
    ],
    [
      "a value inside a secret, not shown",
      table,
      { ttl: secret({ enabled: "hunter2" }) },
      ["ttl.enabled: must be true or false; received a secret value"],
    ],
  ])("%s", async (_, resource, inputs, failures) => {
    expect(await resource.failures(inputs)).toEqual(failures);
  });

  test("everything at once", async () => {
    expect(await table.failures({ hashKey: 1, readCapacity: "2", attributes: [{}] })).toHaveLength(4);
  });

  test("a resource that the SDK does not have", async () => {
    await expect(of("aws:s3/bukket:Bukket").check({})).rejects.toThrow(
      /^the aws SDK 7\.\d+\.\d+ has no resource aws:s3\/bukket:Bukket/,
    );
  });
});

describe("passes", () => {
  test.each<[string, ResourceUnderTest, Record<string, unknown>]>([
    [
      "what is not known yet, at any depth",
      table,
      {
        hashKey: UNKNOWN,
        attributes: [{ name: UNKNOWN, type: "S" }, UNKNOWN],
        readCapacity: UNKNOWN,
        tags: UNKNOWN,
      },
    ],
    ["an archive", lambda, { role: "r", runtime: "nodejs24.x", code: archive }],
    ["a null for nothing", table, { ttl: null, attributes }],
    [
      "a policy as text or object",
      of("aws:iam/role:Role"),
      {
        assumeRolePolicy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*" }] },
      },
    ],
  ])("%s", async (_, resource, inputs) => {
    expect(await resource.failures(inputs)).toEqual([]);
  });
});

describe("is warned of, at the resource", () => {
  const warnings = async (
    resource: ResourceUnderTest,
    inputs: Record<string, unknown>,
  ): Promise<string[]> => {
    told.length = 0;
    await resource.inputs(inputs);
    return [...told];
  };

  test("a value that only the documentation does not know", async () => {
    expect(await warnings(table, { attributes: [{ name: "device", type: "text" }] })).toEqual([
      `attributes[0].type: must be one of "S", "N", "B", says the documentation; received "text" [${urnOf(
        "aws:dynamodb/table:Table",
        "thing",
      )}]`,
    ]);
    expect(await warnings(table, { attributes, billingMode: "PAY_PER_REQUEST" })).toEqual([]);
    // The documentation's generator has made x8664 of x86_64.
    expect(await warnings(lambda, { role: "r", architectures: ["arm64", "x86_64"] })).toEqual([]);
  });

  test("a deprecated property, and a deprecated resource", async () => {
    expect(await warnings(of("aws:s3/bucket:Bucket"), { acl: "private" })).toEqual([
      expect.stringMatching(/^acl: is deprecated: acl is deprecated\. Use the aws\.s3\.BucketAcl/),
    ]);
    expect(await warnings(of("aws:s3/bucketV2:BucketV2"), {})).toEqual([
      expect.stringMatching(/^aws:s3\/bucketV2:BucketV2 is deprecated: /),
    ]);
  });
});
