/** What changes do: in place or by replacement, before or after the old resource goes. */

import { describe, expect, test } from "@jest/globals";
import { UNKNOWN, secret } from "../support.ts";
import { ResourceUnderTest, awsProvider } from "./support.ts";

const { provider } = await awsProvider();
const of = (token: string): ResourceUnderTest => new ResourceUnderTest(provider, token);
const table = of("aws:dynamodb/table:Table");
const attributes = [{ name: "device", type: "S" }];
const before = { hashKey: "device", attributes, ttl: { attributeName: "expires", enabled: true } };

test("nothing changed is no change", async () => {
  expect(await table.diff(before, { ...before })).toEqual({
    changes: [],
    replaces: [],
    details: {},
    deleteBeforeReplace: false,
  });
});

test("a change in place is told down to the value", async () => {
  const after = { ...before, ttl: { attributeName: "gone", enabled: true }, tags: { a: "b" } };
  expect(await table.diff(before, after)).toMatchObject({
    changes: ["tags", "tagsAll", "ttl"],
    replaces: [],
    details: {
      tags: { kind: "add", replaces: false },
      "ttl.attributeName": { kind: "update", replaces: false },
    },
  });
});

test("items of lists are added, changed and removed", async () => {
  const more = [
    { name: "device", type: "N" },
    { name: "time", type: "S" },
  ];
  expect((await table.diff(before, { ...before, attributes: more })).details).toEqual({
    "attributes[0].type": { kind: "update", replaces: false },
    "attributes[1]": { kind: "add", replaces: false },
  });
  expect((await table.diff({ ...before, attributes: more }, before)).details).toMatchObject({
    "attributes[1]": { kind: "delete", replaces: false },
  });
});

describe("a new resource is made", () => {
  test.each<[string, ResourceUnderTest, Record<string, unknown>, Record<string, unknown>, string[]]>([
    [
      "for another name",
      of("aws:s3/bucket:Bucket"),
      { bucket: "one-bucket" },
      { bucket: "two-bucket" },
      ["bucket"],
    ],
    ["for another key", table, before, { ...before, hashKey: "other" }, ["hashKey"]],
    ["for a multi-region key", of("aws:kms/key:Key"), {}, { multiRegion: true }, ["multiRegion"]],
    ["for another region", table, before, { ...before, region: "eu-west-1" }, ["region"]],
    [
      "for another bucket",
      of("aws:s3/bucketVersioning:BucketVersioning"),
      { bucket: "a-b-c", versioningConfiguration: { status: "Enabled" } },
      { bucket: UNKNOWN, versioningConfiguration: { status: "Enabled" } },
      ["bucket"],
    ],
    [
      "where the SDK's documentation says so",
      of("aws:secretsmanager/secret:Secret"),
      {},
      { type: "x" },
      ["type"],
    ],
    [
      "where it says so inside a property",
      table,
      { ...before, replicas: [{ regionName: "eu-west-1", kmsKeyArn: "a" }] },
      { ...before, replicas: [{ regionName: "eu-west-1", kmsKeyArn: "b" }] },
      ["replicas"],
    ],
  ])("%s", async (_, resource, olds, news, replaces) => {
    expect((await resource.diff(olds, news)).replaces).toEqual(replaces);
  });
});

describe("the old resource goes first", () => {
  test("where both would have the same name", async () => {
    const named = { ...before, name: "readings" };
    const { deleteBeforeReplace } = await table.diff(named, { ...named, hashKey: "other" });
    expect(deleteBeforeReplace).toBe(true);
  });

  test("not where the name is made, or changes", async () => {
    expect((await table.diff(before, { ...before, hashKey: "other" })).deleteBeforeReplace).toBe(false);
    const bucket = of("aws:s3/bucket:Bucket");
    expect((await bucket.diff({ bucket: "one-bucket" }, { bucket: "two-bucket" })).deleteBeforeReplace).toBe(
      false,
    );
  });

  test("where it is an attachment", async () => {
    const attachment = of("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
    const { deleteBeforeReplace } = await attachment.diff(
      { role: "r", policyArn: "a" },
      { role: "r", policyArn: "b" },
    );
    expect(deleteBeforeReplace).toBe(true);
  });
});

describe("is no change", () => {
  const role = of("aws:iam/role:Role");
  const policy = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: "*" }],
  };

  test("a policy written another way", async () => {
    const text = JSON.stringify({ Statement: policy.Statement, Version: policy.Version }, undefined, 2);
    expect((await role.diff({ assumeRolePolicy: policy }, { assumeRolePolicy: text })).changes).toEqual([]);
    const other = text.replace("Allow", "Deny");
    expect((await role.diff({ assumeRolePolicy: policy }, { assumeRolePolicy: other })).changes).toEqual([
      "assumeRolePolicy",
    ]);
  });

  test("a value that is secret now, or a null", async () => {
    expect(
      (await table.diff(before, { ...before, hashKey: secret("device"), rangeKey: null })).changes,
    ).toEqual([]);
  });

  test("the same files in another folder", async () => {
    const lambda = of("aws:lambda/function:Function");
    const code = (path: string, hash: string) => ({
      role: "r",
      code: { "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", path, hash },
    });
    expect((await lambda.diff(code("a", "1"), code("b", "1"))).changes).toEqual([]);
    expect((await lambda.diff(code("a", "1"), code("a", "2"))).changes).toEqual(["code"]);
  });
});

test("what is not known yet may be anything, so it is a change", async () => {
  expect(
    await table.diff(before, { ...before, ttl: { attributeName: UNKNOWN, enabled: true } }),
  ).toMatchObject({
    changes: ["ttl"],
    replaces: [],
  });
});
