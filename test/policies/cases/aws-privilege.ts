import { account, allow, bySource, bySourceArn, document } from "../support/documents.ts";
import type { Cases, RuleCases } from "../support/cases.ts";
import { notKnownYet, resource, type Extras } from "../support/stack.ts";

const ours: Extras = { component: "fieldlake:aws:EncryptedLake" };
const keyArn = `arn:aws:kms:eu-central-1:${account}:key/1`;

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
