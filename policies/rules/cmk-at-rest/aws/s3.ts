/** Every bucket has a default encryption under the customer's key. */
import type { Context } from "../../../kit/context.ts";
import { ownKey } from "../../../kit/own-key-aws.ts";
import type { Rule } from "../../../kit/rule.ts";
import type { Check } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";
import { bucketEncryptionType, everyEncryptionRule } from "./support/bucket-defaults.ts";

export const bucketType = "aws:s3/bucket:Bucket";
const bucketLoggingType = "aws:s3/bucketLogging:BucketLogging";
const defaultsOf = "applyServerSideEncryptionByDefault";
/** S3 delivers server access logs only to buckets with SSE-S3 (S3 user guide, "Enabling server access logging"). */
function isLogTarget(bucket: View, context: Context): boolean {
  const { graph } = context;
  return (
    graph.referring(bucket.resource, [bucketLoggingType], "targetBucket").found.length > 0 ||
    // The older way: said within the bucket that is logged.
    graph.referring(bucket.resource, [bucketType], "logging.targetBucket").found.length > 0
  );
}
const isSseS3 = (rule: View): readonly Check[] => [rule.oneOf(`${defaultsOf}.sseAlgorithm`, ["AES256"])];

export const awsS3KeyRules: readonly Rule[] = [
  {
    id: "aws-s3-require-customer-key",
    theme: "cmk-at-rest",
    description: "Every bucket encrypts its objects under a key of the customer",
    severity: "high",
    types: [bucketType],
    reads: [bucketEncryptionType, bucketLoggingType, "aws:kms/key:Key"],
    controls: ["CKV_AWS_145", "CKV_AWS_19", "S3.17", "AWS-0132", "AWS-0088", "NIST SP 800-53 SC-28(1)"],
    why: "S3 encrypts under a key of its own by default: whoever may read the object may read the data, and no key can be taken away.",
    fix: 'add an aws.s3.BucketServerSideEncryptionConfiguration with sseAlgorithm "aws:kms" and kmsMasterKeyId set to the arn of an aws.kms.Key',
    unsupported: (bucket, context) =>
      isLogTarget(bucket, context) &&
      everyEncryptionRule(bucket, context, isSseS3).every(({ outcome }) => outcome === "pass")
        ? {
            reason: "S3 delivers server access logs only to buckets under its own key",
            compensatingControl:
              "SSE-S3 is on, the bucket is private, and logs hold names and addresses but no payloads",
          }
        : null,
    check: (bucket, context) =>
      everyEncryptionRule(bucket, context, (rule) => [
        rule.oneOf(`${defaultsOf}.sseAlgorithm`, ["aws:kms", "aws:kms:dsse"]),
        ownKey(rule, context, `${defaultsOf}.kmsMasterKeyId`),
      ]),
    example: {
      violation: 'sseAlgorithm: "AES256"',
      fixed: 'sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn',
    },
  },
];
