import type { Cases, RuleCases } from "../support/cases.ts";
import { notKnownYet, resource, type Extras } from "../support/stack.ts";

const ours: Extras = { component: "fieldlake:aws:EncryptedLake" };
const account = "123456789012";
const keyArn = `arn:aws:kms:eu-central-1:${account}:key/1`;
const text = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (statement: object): object => ({ Effect: "Allow", ...statement });

/** Cases of a rule about one document: statements that are right, and wrong. */
const document = (
  token: string,
  property: string,
  right: readonly object[],
  wrong: readonly object[],
  extras: Extras = {},
): Cases => ({
  compliant: [
    ...right.map((one) => resource(token, { [property]: text(one) }, extras)),
    // As a structure, and as one statement that is no list.
    ...right.map((one) => resource(token, { [property]: { Statement: one } }, extras)),
  ],
  violating: [
    ...wrong.map((one) =>
      resource(token, { [property]: text({ Effect: "Deny", Action: "*", Resource: "*" }, one) }, extras),
    ),
    resource(token, { [property]: "no JSON" }, extras),
    resource(token, { [property]: text(right[0] ?? {}) }, { ...extras, ignoreChanges: [property] }),
  ],
  absent: [resource(token, { [property]: "{}" }, extras)],
  unknown: [
    resource(token, { [property]: notKnownYet }, extras),
    resource(token, { [property]: { Statement: [{ ...right[0], Resource: notKnownYet }] } }, extras),
  ],
});

const identity = (right: readonly object[], wrong: readonly object[], extras: Extras = {}): Cases =>
  document("aws:iam/rolePolicy:RolePolicy", "policy", right, wrong, extras);
const read = allow({ Action: "s3:GetObject", Resource: "arn:aws:s3:::data/readings/*" });

export const awsIdentityPolicyCases: RuleCases = {
  "aws-iam-forbid-wildcard-actions": identity(
    [read, allow({ Action: ["s3:Get*"], Resource: "arn:aws:s3:::data/*" })],
    [
      allow({ Action: "*", Resource: "*" }),
      allow({ Action: ["s3:GetObject", "s3:*"], Resource: "x" }),
      allow({ NotAction: "iam:*", Resource: "x" }),
    ],
  ),
  "aws-iam-forbid-wildcard-resources": identity(
    [
      read,
      allow({ Action: ["xray:PutTraceSegments"], Resource: "*" }),
      allow({ Action: "cloudwatch:PutMetricData", Resource: "*" }),
      allow({
        Action: "ec2:TerminateInstances",
        Resource: "*",
        Condition: { StringEquals: { "aws:ResourceTag/team": "a" } },
      }),
    ],
    [
      allow({ Action: "s3:GetObject", Resource: "*" }),
      allow({ Action: "s3:GetObject", Resource: "arn:aws:s3:::*" }),
      allow({ Action: ["xray:PutTraceSegments", "sqs:SendMessage"], Resource: ["*"] }),
      allow({ Action: "s3:GetObject", NotResource: "arn:aws:s3:::secret" }),
    ],
  ),
  "aws-iam-forbid-wide-decrypt": identity(
    [
      read,
      allow({ Action: "kms:Decrypt", Resource: keyArn }),
      allow({ Action: "kms:GenerateDataKey", Resource: "*" }),
    ],
    [
      allow({ Action: "kms:Decrypt", Resource: "*" }),
      allow({ Action: "kms:*", Resource: "*" }),
      allow({ Action: ["kms:ReEncrypt*"], Resource: `arn:aws:kms:eu-central-1:${account}:key/*` }),
    ],
  ),
  "aws-iam-bind-key-use": identity(
    [
      allow({
        Action: "kms:Decrypt",
        Resource: keyArn,
        Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } },
      }),
    ],
    [
      allow({ Action: "kms:Decrypt", Resource: keyArn }),
      allow({
        Action: "kms:Decrypt",
        Resource: keyArn,
        Condition: { StringLike: { "kms:ViaService": "*" } },
      }),
      allow({
        Action: "kms:Decrypt",
        Resource: keyArn,
        Condition: { StringEqualsIfExists: { "kms:ViaService": "s3" } },
      }),
    ],
    ours,
  ),
  "aws-iam-name-every-action": identity(
    [read],
    [allow({ Action: "s3:Get*", Resource: "arn:aws:s3:::data/*" })],
    ours,
  ),
};

const role = "aws:iam/role:Role";
const trusted = (principal: unknown, condition?: object): object =>
  allow({
    Principal: principal,
    Action: "sts:AssumeRole",
    ...(condition === undefined ? {} : { Condition: condition }),
  });
const bySource = { StringEquals: { "aws:SourceAccount": account } };
const bySourceArn = { ...bySource, ArnLike: { "aws:SourceArn": `arn:aws:iot:eu-central-1:${account}:*` } };

export const awsTrustCases: RuleCases = {
  "aws-iam-forbid-open-trust": document(
    role,
    "assumeRolePolicy",
    [
      trusted({ Service: "lambda.amazonaws.com" }),
      trusted("*", { StringEquals: { "aws:PrincipalOrgID": "o-1" } }),
      trusted(
        { Federated: "arn:aws:iam::1:oidc-provider/github" },
        { StringEquals: { "github:sub": "repo:org/app:ref:refs/heads/main" } },
      ),
    ],
    [
      trusted("*"),
      trusted({ AWS: "*" }),
      trusted({ AWS: ["*"] }, { StringLike: { "aws:PrincipalOrgID": "*" } }),
      trusted({ Federated: "arn:aws:iam::1:oidc-provider/github" }),
      allow({ NotPrincipal: { AWS: "arn:aws:iam::1:root" }, Action: "sts:AssumeRole" }),
    ],
  ),
  "aws-iam-bind-trust": document(
    role,
    "assumeRolePolicy",
    [
      trusted({ Service: "lambda.amazonaws.com" }, bySource),
      trusted({ Service: "iot.amazonaws.com" }, bySourceArn),
      trusted({ Service: "credentials.iot.amazonaws.com" }),
    ],
    [
      trusted({ Service: "lambda.amazonaws.com" }),
      trusted({ Service: "iot.amazonaws.com" }, bySource),
      { ...trusted({ Service: "lambda.amazonaws.com" }, bySource), Action: "sts:*" },
      trusted({ AWS: `arn:aws:iam::${account}:root` }),
      trusted("*", { StringEquals: { "aws:PrincipalOrgID": "o-1" } }),
    ],
    ours,
  ),
  "aws-iam-limit-session": {
    compliant: [resource(role, { maxSessionDuration: 3600 }, ours)],
    violating: [resource(role, { maxSessionDuration: 43_200 }, ours)],
    absent: [resource(role, { maxSessionDuration: null }, ours)],
    unknown: [resource(role, { maxSessionDuration: notKnownYet }, ours)],
  },
};

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

export const awsResourcePolicyCases: RuleCases = {
  "aws-policy-forbid-public-access": document(
    queuePolicy,
    "policy",
    [
      send({ AWS: "arn:aws:iam::1:role/r" }),
      send("*", { ArnEquals: { "aws:SourceArn": "arn:aws:sns:eu-central-1:1:t" } }),
    ],
    [
      send("*"),
      send({ AWS: "*" }),
      send("*", { ArnLike: { "aws:SourceArn": "*" } }),
      send("*", { StringNotEquals: { "aws:SourceVpc": "v" } }),
    ],
  ),
  "aws-policy-bind-services": document(
    queuePolicy,
    "policy",
    [send({ Service: "events.amazonaws.com" }, bySource)],
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
};

const permission = "aws:lambda/permission:Permission";
const bound = {
  action: "lambda:InvokeFunction",
  principal: "events.amazonaws.com",
  sourceArn: `arn:aws:events:eu-central-1:${account}:rule/r`,
};

const withVariables = (variables: unknown) =>
  resource("aws:lambda/function:Function", { environment: { variables } });

export const awsFunctionAccessCases: RuleCases = {
  "aws-lambda-forbid-open-call": {
    compliant: [
      resource(permission, bound),
      resource(permission, { action: "lambda:InvokeFunction", principal: account }),
    ],
    violating: [
      { ...bound, principal: "*" },
      { ...bound, sourceArn: "*" },
      { ...bound, action: "lambda:*" },
      { ...bound, functionUrlAuthType: "NONE" },
    ].map((inputs) => resource(permission, inputs)),
    absent: [
      resource(permission, { action: "lambda:InvokeFunction", principal: "events.amazonaws.com" }),
      resource(permission, {}),
    ],
    unknown: [
      resource(permission, { ...bound, principal: notKnownYet }),
      resource(permission, { ...bound, sourceArn: notKnownYet }),
    ],
  },
  "aws-lambda-forbid-plain-secrets": {
    compliant: [
      withVariables({ TABLE: "rows", DB_PASSWORD: "arn:aws:secretsmanager:eu-central-1:1:secret:db" }),
    ],
    violating: [
      withVariables({ DB_PASSWORD: "hunter2" }),
      withVariables({ KEY: "-----BEGIN PRIVATE KEY-----" }),
    ],
    absent: "is right",
    unknown: [withVariables({ API_TOKEN: notKnownYet }), withVariables(notKnownYet)],
  },
  "aws-lambda-bind-call": {
    compliant: [resource(permission, { ...bound, sourceAccount: account }, ours)],
    violating: [resource(permission, { ...bound, sourceAccount: account, action: "lambda:*" }, ours)],
    absent: [resource(permission, bound, ours)],
    unknown: [resource(permission, { ...bound, sourceAccount: account, action: notKnownYet }, ours)],
  },
  "aws-lambda-forbid-open-url": {
    compliant: [resource("aws:lambda/functionUrl:FunctionUrl", { authorizationType: "AWS_IAM" })],
    violating: [resource("aws:lambda/functionUrl:FunctionUrl", { authorizationType: "NONE" })],
    absent: [resource("aws:lambda/functionUrl:FunctionUrl", {})],
    unknown: [resource("aws:lambda/functionUrl:FunctionUrl", { authorizationType: notKnownYet })],
  },
};
