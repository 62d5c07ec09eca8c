import type { RuleCases } from "../support/cases.ts";
import { account, allow, bySource, bySourceArn, document } from "../support/documents.ts";
import type { Extras } from "../support/stack.ts";

const ours: Extras = { component: "fieldlake:aws:EncryptedLake" };
const queueArn = `arn:aws:sqs:eu-central-1:${account}:q`;
const send = (principal: unknown, condition?: object): object =>
  allow({
    Principal: principal,
    Action: "sqs:SendMessage",
    Resource: queueArn,
    ...(condition === undefined ? {} : { Condition: condition }),
  });
const queuePolicy = "aws:sqs/queuePolicy:QueuePolicy";
const via = { "kms:CallerAccount": account, "kms:ViaService": "s3.eu-central-1.amazonaws.com" };
const root = { AWS: `arn:aws:iam::${account}:root` };
const use = (condition: object | undefined, change: object = {}): object =>
  allow({
    Principal: root,
    Action: "kms:Decrypt",
    Resource: "*",
    ...(condition === undefined ? {} : { Condition: condition }),
    ...change,
  });
const forObjects = {
  StringEquals: via,
  StringLike: { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::data/*" },
};

export const awsStatementCases: RuleCases = {
  "aws-policy-forbid-public-access": document(
    queuePolicy,
    "policy",
    [
      send({ AWS: "arn:aws:iam::1:role/r" }),
      send("*", { ArnEquals: { "aws:SourceArn": "arn:aws:sns:eu-central-1:1:t" } }),
      send({ Service: "sns.amazonaws.com" }, bySource),
    ],
    [
      send("*"),
      send("*", bySource),
      {
        Effect: "Allow",
        NotPrincipal: { AWS: "arn:aws:iam::1:root" },
        Action: "sqs:SendMessage",
        Resource: queueArn,
        Condition: bySourceArn,
      },
      send({ AWS: "*" }),
      send("*", { ArnLike: { "aws:SourceArn": "*" } }),
      send("*", { StringNotEquals: { "aws:SourceVpc": "v" } }),
    ],
  ),
  "aws-policy-bind-services": document(
    queuePolicy,
    "policy",
    [
      send({ Service: "events.amazonaws.com" }, bySource),
      send(
        { Service: "logs.amazonaws.com" },
        { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:x:*" } },
      ),
    ],
    [
      send({ Service: "events.amazonaws.com" }),
      send({ Service: "events.amazonaws.com" }, { ArnLike: { "aws:SourceArn": "arn:*" } }),
    ],
  ),
  "aws-policy-keep-tight": document(
    queuePolicy,
    "policy",
    [send({ Service: "events.amazonaws.com" }, bySourceArn)],
    [
      send({ Service: "events.amazonaws.com" }, bySource),
      send("*", bySourceArn),
      { ...send({ Service: "events.amazonaws.com" }, bySourceArn), Action: "sqs:*" },
      { ...send({ Service: "events.amazonaws.com" }, bySourceArn), Resource: "*" },
    ],
    ours,
  ),
  "aws-kms-bind-use": document(
    "aws:kms/key:Key",
    "policy",
    [
      use(forObjects),
      use({ ...bySourceArn }, { Principal: { Service: "events.amazonaws.com" } }),
      use(
        { Bool: { "kms:GrantIsForAWSResource": "true" }, StringEquals: via },
        { Action: "kms:CreateGrant" },
      ),
    ],
    [
      use(undefined),
      use({ StringEquals: via }),
      use({ ...forObjects, StringEquals: { "kms:CallerAccount": account } }),
      use(forObjects, { Action: "kms:*" }),
      use(forObjects, { Principal: "*" }),
      use({ StringEquals: via }, { Action: "kms:CreateGrant" }),
      use(undefined, { Principal: { Service: "events.amazonaws.com" } }),
    ],
    ours,
  ),
  "aws-policy-name-resources": document(
    queuePolicy,
    "policy",
    [send({ Service: "events.amazonaws.com" }, bySource), { Effect: "Deny", Principal: "*", Resource: "*" }],
    [
      { ...send({ Service: "events.amazonaws.com" }, bySource), Resource: "*" },
      { ...send({ Service: "events.amazonaws.com" }, bySource), Resource: [queueArn, "*"] },
      allow({ Principal: root, Action: "sqs:SendMessage", NotResource: "arn:aws:sqs:eu-central-1:1:other" }),
    ],
  ),
  "aws-policy-forbid-void-conditions": document(
    "aws:iam/role:Role",
    "assumeRolePolicy",
    [
      send({ Service: "events.amazonaws.com" }, bySourceArn),
      send({ Service: "events.amazonaws.com" }),
      send(root, { StringEquals: via }),
      // What is no caller may be anything.
      send(root, { StringLike: { "s3:prefix": "*" } }),
      { ...send("*", { StringEqualsIfExists: { "aws:SourceAccount": account } }), Effect: "Deny" },
    ],
    [
      send({ Service: "events.amazonaws.com" }, { StringEqualsIfExists: { "aws:SourceAccount": account } }),
      send({ Service: "events.amazonaws.com" }, { StringLike: { "aws:SourceAccount": "*" } }),
      send({ Service: "events.amazonaws.com" }, { ArnLike: { "AWS:SourceArn": ["arn:aws:iot:*", "*"] } }),
      use({ StringLike: { "kms:ViaService": "*" } }),
      use({ StringLikeIfExists: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:*" } }),
    ],
  ),
};
