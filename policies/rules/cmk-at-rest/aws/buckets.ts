/** Objects: the encryption of a bucket is a resource of its own, so that its absence must be looked for. */
import type { Context } from "../../../kit/context.ts";
import { ownKey } from "../../../kit/own-key-aws.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isArray, unknown } from "../../../kit/value.ts";
import { fail, undetermined, type Check } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";

export const bucketType = "aws:s3/bucket:Bucket";
export const bucketEncryptionType =
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const bucketLoggingType = "aws:s3/bucketLogging:BucketLogging";
const defaultsOf = "applyServerSideEncryptionByDefault";

/** Each rule of each encryption configuration of the bucket; wrong where there is none, open where one may be. */
function everyEncryptionRule(
  bucket: View,
  context: Context,
  check: (rule: View) => readonly Check[],
): readonly Check[] {
  const companions = context.graph.referring(bucket.resource, [bucketEncryptionType], "bucket");
  if (companions.found.length > 0) {
    return companions.found.flatMap((companion) => context.view(companion).every("rules", check));
  }
  const inline = bucket.part("serverSideEncryptionConfiguration.rule");
  if (inline.value("") !== undefined)
    return inline.value("") === unknown ? [undetermined("serverSideEncryptionConfiguration")] : check(inline);
  if (companions.isOpen) return [undetermined("serverSideEncryptionConfiguration")];
  return [
    fail(
      "serverSideEncryptionConfiguration",
      "absent: no BucketServerSideEncryptionConfiguration is for this bucket",
      "one with a key of the customer",
    ),
  ];
}

/** S3 delivers server access logs only to buckets with SSE-S3 (S3 user guide, "Enabling server access logging"). */
function isLogTarget(bucket: View, context: Context): boolean {
  return context.graph.referring(bucket.resource, [bucketLoggingType], "targetBucket").found.length > 0;
}

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
  {
    id: "aws-s3-require-customer-key-on-replicas",
    theme: "cmk-at-rest",
    description: "Replicas of objects are encrypted under a key of the customer as well",
    severity: "high",
    types: ["aws:s3/bucketReplicationConfig:BucketReplicationConfig"],
    reads: ["aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey"],
    controls: ["NIST SP 800-53 SC-28(1)", "NIST SP 800-53 CP-9(8)"],
    why: "Otherwise the copy lies under S3's own key, or objects under a key of the customer are not copied at all.",
    fix: 'set destination.encryptionConfiguration.replicaKmsKeyId to an aws.kms.ReplicaKey\'s arn and sourceSelectionCriteria.sseKmsEncryptedObjects.status to "Enabled"',
    check: (replication, context) =>
      replication.every("rules", (rule) => [
        rule.oneOf("sourceSelectionCriteria.sseKmsEncryptedObjects.status", ["Enabled"]),
        ownKey(rule, context, "destination.encryptionConfiguration.replicaKmsKeyId"),
      ]),
    example: {
      violation: "destination: { bucket }",
      fixed: "destination: { bucket, encryptionConfiguration: { replicaKmsKeyId: replica.arn } }",
    },
  },
  {
    id: "aws-s3-forbid-weaker-object",
    theme: "cmk-at-rest",
    description: "No single object steps back from its bucket's key",
    severity: "medium",
    types: [
      "aws:s3/bucketObjectv2:BucketObjectv2",
      "aws:s3/bucketObject:BucketObject",
      "aws:s3/objectCopy:ObjectCopy",
    ],
    reads: ["aws:kms/key:Key"],
    controls: ["CKV_AWS_186", "NIST SP 800-53 SC-28(1)"],
    why: "An object's own setting overrides the bucket's.",
    fix: "leave serverSideEncryption and kmsKeyId out, or set kmsKeyId to the arn of an aws.kms.Key",
    check: (object, context) => [
      object.absentOr("serverSideEncryption", ["aws:kms", "aws:kms:dsse"]),
      ...(object.value("kmsKeyId") === undefined ? [] : [ownKey(object, context, "kmsKeyId")]),
    ],
    example: { violation: 'serverSideEncryption: "AES256"', fixed: "kmsKeyId: key.arn" },
  },
];

const isSseS3 = (rule: View): readonly Check[] => [rule.oneOf(`${defaultsOf}.sseAlgorithm`, ["AES256"])];
