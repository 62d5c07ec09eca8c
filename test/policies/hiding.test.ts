/** Ways to look right and be wrong that no list of weaker values has: each one caught, beside the right one that passes. */
import { expect, test } from "@jest/globals";
import { rules } from "../../policies/rules/index.ts";
import { key } from "./support/aws.ts";
import { findings, notKnownYet, resource, type Extras, type Written } from "./support/stack.ts";

const verdict = (id: string, ...stack: readonly Written[]): string => {
  const verdicts = findings(rules, stack)
    .filter(({ rule }) => rule.id === id)
    .map((finding) => finding.verdict);
  return verdicts.includes("fail") ? "fail" : (verdicts[0] ?? `${id} judged nothing`);
};
const account = "123456789012";
const from = { from: { kmsMasterKeyId: ["key"] } };
const queue = (extras: Extras = {}): Written =>
  resource("aws:sqs/queue:Queue", { kmsMasterKeyId: notKnownYet }, { ...from, ...extras });

test("ignoreChanges on a key that is not known yet: the old one would stay", () => {
  const id = "aws-sqs-require-customer-key";
  expect(verdict(id, key(), queue())).toBe("pass");
  expect(verdict(id, key(), queue({ ignoreChanges: ["kmsMasterKeyId"] }))).toBe("fail");
  expect(verdict(id, key(), queue({ ignoreChanges: ["*"] }))).toBe("fail");
});

test("ignoreChanges on what joins a companion to its store: it stays with another one", () => {
  const id = "aws-s3-require-versioning";
  const bucket = resource("aws:s3/bucket:Bucket", { bucket: "data" }, { name: "data", outputs: {} });
  const versions = (extras: Extras = {}): Written =>
    resource(
      "aws:s3/bucketVersioning:BucketVersioning",
      { bucket: "data", versioningConfiguration: { status: "Enabled" } },
      extras,
    );
  expect(verdict(id, bucket, versions())).toBe("pass");
  expect(verdict(id, bucket, versions({ ignoreChanges: ["bucket"] }))).toBe("fail");
});

test("an alias whose key is never changed", () => {
  const id = "aws-sqs-require-customer-key";
  const alias = (extras: Extras = {}): Written =>
    resource(
      "aws:kms/alias:Alias",
      { name: "alias/data", targetKeyId: notKnownYet },
      { name: "alias", outputs: { name: "alias/data" }, from: { targetKeyId: ["key"] }, ...extras },
    );
  const named = resource("aws:sqs/queue:Queue", { kmsMasterKeyId: "alias/data" });
  expect(verdict(id, key(), alias(), named)).toBe("pass");
  expect(verdict(id, key(), alias({ ignoreChanges: ["targetKeyId"] }), named)).toBe("fail");
});

test("a condition that silence passes, and a wildcard for every service", () => {
  const topic = (statement: object): Written =>
    resource("aws:sns/topicPolicy:TopicPolicy", {
      arn: "arn:aws:sns:eu-central-1:123456789012:alerts",
      policy: {
        Statement: [
          {
            Effect: "Allow",
            Action: "sns:Publish",
            Resource: "arn:aws:sns:eu-central-1:123456789012:alerts",
            ...statement,
          },
        ],
      },
    });
  const service = { Principal: { Service: "events.amazonaws.com" } };
  const bound = { "aws:SourceAccount": account };
  const id = "aws-policy-bind-services";
  expect(verdict(id, topic({ ...service, Condition: { StringEquals: bound } }))).toBe("pass");
  expect(verdict(id, topic({ ...service, Condition: { "ForAllValues:StringEquals": bound } }))).toBe("fail");
  expect(verdict(id, topic({ ...service, Condition: { StringEqualsIfExists: bound } }))).toBe("fail");
  expect(verdict(id, topic({ ...service, Condition: { StringNotEquals: bound } }))).toBe("fail");
  for (const Principal of ["*", { AWS: "*" }, { AWS: [account, "*"] }, { Service: "*" }, { Federated: "*" }])
    expect([Principal, verdict("aws-policy-forbid-public-access", topic({ Principal }))]).toEqual([
      Principal,
      "fail",
    ]);
});

test("a device's name that is only the beginning of a level", () => {
  const own = "${iot:Connection.Thing.ThingName}";
  const policy = (path: string, isAttached: unknown = "true"): Written =>
    resource("aws:iot/policy:Policy", {
      policy: {
        Statement: {
          Effect: "Allow",
          Action: "iot:Connect",
          Resource: `arn:aws:iot:eu-central-1:${account}:${path}`,
          Condition: { Bool: { "iot:Connection.Thing.IsAttached": isAttached } },
        },
      },
    });
  const id = "aws-iot-bind-policy-to-thing";
  expect(verdict(id, policy(`client/${own}`))).toBe("pass");
  for (const path of [`client/${own}*`, `client/${own}?`, `client/*${own}`, `client/a${own}`])
    expect([path, verdict(id, policy(path))]).toEqual([path, "fail"]);
  expect(verdict(id, policy(`client/${own}`, []))).toBe("fail");
});

test("every protocol by the number of one port, and the whole internet in two halves", () => {
  const rule = (inputs: object, extras: Extras = {}): Written =>
    resource(
      "aws:ec2/securityGroupRule:SecurityGroupRule",
      { type: "ingress", protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"], ...inputs },
      extras,
    );
  const id = "aws-ec2-forbid-open-rule";
  expect(verdict(id, rule({}))).toBe("pass");
  expect(verdict(id, rule({ protocol: "-1" }))).toBe("fail");
  expect(verdict(id, rule({ protocol: "all" }))).toBe("fail");
  const database = { fromPort: 5432, toPort: 5432 };
  expect(verdict(id, rule({ ...database, cidrBlocks: ["10.0.0.0/8"] }))).toBe("pass");
  expect(
    verdict(id, rule({ ...database, cidrBlocks: ["10.0.0.0/8"] }, { ignoreChanges: ["cidrBlocks"] })),
  ).toBe("fail");
  for (const blocks of [
    ["0.0.0.0/1", "128.0.0.0/1"],
    ["10.0.0.0/8", "128.0.0.0/2"],
  ])
    expect([blocks, verdict(id, rule({ ...database, cidrBlocks: blocks }))]).toEqual([blocks, "fail"]);
  expect(verdict(id, rule({ ...database, cidrBlocks: [], ipv6CidrBlocks: ["::/0"] }))).toBe("fail");
});

test("objects of one bucket are no wildcard for all, and every bucket is", () => {
  const policy = (Resource: string): Written =>
    resource("aws:iam/policy:Policy", {
      policy: { Statement: { Effect: "Allow", Action: "s3:GetObject", Resource } },
    });
  const id = "aws-iam-forbid-wildcard-resources";
  expect(verdict(id, policy("arn:aws:s3:::data/*"))).toBe("pass");
  for (const wide of ["*", "arn:aws:s3:::*", "arn:aws:s3:::*/*"])
    expect([wide, verdict(id, policy(wide))]).toEqual([wide, "fail"]);
});

test("a secret that has ended", () => {
  const secret = (expires: unknown): Written =>
    resource("azure-native:keyvault:Secret", { properties: { attributes: { expires } } });
  const id = "azure-keyvault-require-secret-end";
  expect(verdict(id, secret(Date.UTC(2027, 0) / 1000))).toBe("pass");
  expect(verdict(id, secret(Date.UTC(2026, 0) / 1000))).toBe("fail");
});
