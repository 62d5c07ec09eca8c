/** Nobody brings a key of their own into a bucket. */
import type { Rule } from "../../../kit/rule.ts";
import { isArray } from "../../../kit/value.ts";
import { bucketEncryptionType, everyEncryptionRule } from "./support/bucket-defaults.ts";

export const bucketType = "aws:s3/bucket:Bucket";

export const awsS3ProvidedKeysKeyRules: readonly Rule[] = [
  {
    id: "aws-s3-forbid-customer-provided-keys",
    theme: "cmk-at-rest",
    description: "No bucket takes objects under keys that clients bring along (SSE-C)",
    severity: "medium",
    types: [bucketType],
    reads: [bucketEncryptionType],
    controls: ["NIST SP 800-53 SC-12", "NIST SP 800-53 SC-28(1)"],
    why: "A key that a client sends along escapes the customer's key policy, and lets a thief of credentials lock data away for ransom.",
    fix: 'set rules[].blockedEncryptionTypes to ["SSE-C"] in the bucket\'s aws.s3.BucketServerSideEncryptionConfiguration',
    check: (bucket, context) =>
      everyEncryptionRule(bucket, context, (rule) => [
        rule.test(
          "blockedEncryptionTypes",
          (types) => isArray(types) && types.includes("SSE-C"),
          'a list with "SSE-C"',
        ),
      ]),
    example: {
      violation: "rules: [{ applyServerSideEncryptionByDefault }]",
      fixed: 'rules: [{ …, blockedEncryptionTypes: ["SSE-C"] }]',
    },
  },
];
