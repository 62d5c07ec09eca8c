import type { RuleCases } from "../support/cases.ts";
import { notKnownYet, resource } from "../support/stack.ts";
import { weakened } from "../support/weakened.ts";

const token = "aws:kms/key:Key";
const policy = (statement: object): string =>
  JSON.stringify({ Statement: [{ Effect: "Allow", ...statement }] });
const role = "arn:aws:iam::123456789012:role/decoder";
const rotating = {
  enableKeyRotation: true,
  policy: policy({ Principal: { AWS: role }, Action: "kms:Decrypt" }),
};
/** Other rules judge the key that is always there: here it is the one under test. */
const alone = (inputs: object) => resource(token, inputs);

export const awsKmsCases: RuleCases = {
  "aws-kms-require-rotation": {
    compliant: [
      alone({ enableKeyRotation: true }),
      alone({ enableKeyRotation: true, rotationPeriodInDays: 90 }),
    ],
    violating: [
      alone({ enableKeyRotation: false }),
      alone({ enableKeyRotation: true, rotationPeriodInDays: 2560 }),
    ],
    absent: [alone({}), alone({ enableKeyRotation: null })],
    unknown: [alone({ enableKeyRotation: notKnownYet })],
  },
  "aws-kms-forbid-public-use": weakened({
    token: "aws:kms/keyPolicy:KeyPolicy",
    inputs: { policy: policy({ Principal: { AWS: role } }) },
    weak: {
      policy: [
        policy({ Principal: "*" }),
        policy({ Principal: { AWS: ["*"] } }),
        policy({ NotPrincipal: { AWS: role } }),
        policy({ Principal: "*", Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } }),
        policy({ NotPrincipal: { AWS: role }, Condition: { StringEquals: { "kms:CallerAccount": "1" } } }),
        policy({ Principal: "*", Condition: { StringEqualsIfExists: { "kms:CallerAccount": "1" } } }),
        "no JSON",
      ],
    },
    alsoRight: [
      {
        policy: policy({
          Principal: "*",
          Condition: { StringEquals: { "kms:CallerAccount": "123456789012" } },
        }),
      },
      { policy: JSON.stringify({ Statement: { Effect: "Deny", Principal: "*" } }) },
    ],
  }),
  "aws-kms-require-own-policy": {
    compliant: [
      alone(rotating),
      [
        resource(token, {}, { outputs: { keyId: "k-1" } }),
        resource("aws:kms/keyPolicy:KeyPolicy", { keyId: "k-1", policy: rotating.policy }),
      ],
    ],
    violating: [alone({ policy: "" })],
    absent: [
      alone({}),
      [
        resource(token, {}, { outputs: { keyId: "k-1" } }),
        resource("aws:kms/keyPolicy:KeyPolicy", { keyId: "k-2", policy: rotating.policy }),
      ],
    ],
    unknown: [[alone({}), resource("aws:kms/keyPolicy:KeyPolicy", { keyId: notKnownYet })]],
  },
  "aws-kms-forbid-quick-deletion": {
    compliant: [alone({}), alone({ deletionWindowInDays: 30, isEnabled: true })],
    violating: [
      alone({ deletionWindowInDays: 7 }),
      alone({ isEnabled: false }),
      alone({ bypassPolicyLockoutSafetyCheck: true }),
    ],
    absent: "is right",
    unknown: [alone({ deletionWindowInDays: notKnownYet })],
  },
};
