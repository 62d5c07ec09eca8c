/** Replicas and single objects keep the bucket's key. */
import { ownKey } from "../../../kit/own-key-aws.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsS3CopiesKeyRules: readonly Rule[] = [
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
