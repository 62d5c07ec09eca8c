import { foreignKeys, fromKey, key, keyArn } from "../support/aws.ts";
import type { RuleCases } from "../support/cases.ts";
import { notKnownYet, resource, type Extras, type Written } from "../support/stack.ts";

const bucket = (inputs: object = {}, name = "data"): Written =>
  resource("aws:s3/bucket:Bucket", inputs, {
    name,
    outputs: { ...inputs, bucket: `${name}-1`, id: `${name}-1`, arn: `arn:aws:s3:::${name}-1` },
  });
const encryption = (
  rule: object,
  extras: Extras = {},
  token = "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
): Written =>
  resource(`aws:s3/${token}`, { bucket: "data-1", rules: [rule] }, { name: "encryption", ...extras });
const under = (kmsMasterKeyId?: string, sseAlgorithm = "aws:kms") => ({
  applyServerSideEncryptionByDefault: {
    sseAlgorithm,
    ...(kmsMasterKeyId === undefined ? {} : { kmsMasterKeyId }),
  },
});
const logging = resource(
  "aws:s3/bucketLogging:BucketLogging",
  { bucket: "other", targetBucket: "data-1" },
  { name: "logging" },
);
const replication = (rule: object, extras: Extras = {}): Written =>
  resource(
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    { bucket: "data-1", rules: [rule] },
    { name: "replication", ...extras },
  );
const replicated = (replicaKmsKeyId?: string, status = "Enabled") => ({
  sourceSelectionCriteria: { sseKmsEncryptedObjects: { status } },
  destination: {
    bucket: "arn:aws:s3:::copy",
    ...(replicaKmsKeyId === undefined ? {} : { encryptionConfiguration: { replicaKmsKeyId } }),
  },
});
const object = (inputs: object, extras: Extras = {}): Written =>
  resource("aws:s3/bucketObjectv2:BucketObjectv2", inputs, { name: "object", ...extras });

export const awsS3KeyCases: RuleCases = {
  "aws-s3-require-customer-key": {
    compliant: [
      [key(), bucket(), encryption(under(keyArn))],
      [key(), bucket(), encryption(under(keyArn, "aws:kms:dsse"))],
      // The deprecated twins, and the inline form.
      [
        key(),
        resource("aws:s3/bucketV2:BucketV2", {}, { name: "data", outputs: { bucket: "data-1" } }),
        encryption(
          under(keyArn),
          {},
          "bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
        ),
      ],
      [key(), bucket({ serverSideEncryptionConfiguration: { rule: under(keyArn) } })],
      // At preview neither the bucket's name nor the key's ARN is known, but what they come from is.
      [
        key(),
        bucket(),
        resource(
          "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
          { bucket: notKnownYet, rules: [under(notKnownYet)] },
          { from: { bucket: ["data"], rules: ["key"] } },
        ),
      ],
    ],
    violating: [
      ...foreignKeys.map((foreign) => [key(), bucket(), encryption(under(foreign))]),
      [key(), bucket(), encryption(under(keyArn, "AES256"))],
      [key(), bucket(), encryption(under(undefined, "AES256"))],
      // Joined to another bucket; a second rule that is weaker; old values kept by ignoreChanges.
      [
        key(),
        bucket(),
        bucket({}, "other"),
        encryption({ ...under(keyArn) }, {}),
        resource("aws:s3/bucket:Bucket", {}, { name: "third", outputs: { bucket: "third" } }),
      ],
      [
        key(),
        bucket(),
        resource("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", {
          bucket: "data-1",
          rules: [under(keyArn), under(undefined, "AES256")],
        }),
      ],
      [key(), bucket(), encryption(under(keyArn), { ignoreChanges: ["rules"] })],
    ],
    absent: [
      bucket(),
      [bucket(), encryption(under())],
      [bucket(), logging],
      [
        bucket(),
        resource("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", {
          bucket: "data-1",
          rules: [],
        }),
      ],
    ],
    unknown: [
      [bucket(), encryption(under(notKnownYet))],
      [
        bucket(),
        resource("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", {
          bucket: notKnownYet,
          rules: [under(keyArn)],
        }),
      ],
      [bucket({ serverSideEncryptionConfiguration: notKnownYet })],
    ],
  },
  "aws-s3-forbid-customer-provided-keys": {
    compliant: [[bucket(), encryption({ blockedEncryptionTypes: ["SSE-C"] })]],
    violating: [[bucket(), encryption({ blockedEncryptionTypes: ["NONE"] })]],
    absent: [bucket(), [bucket(), encryption(under(keyArn))]],
    unknown: [[bucket(), encryption({ blockedEncryptionTypes: notKnownYet })]],
  },
  "aws-s3-require-customer-key-on-replicas": {
    compliant: [
      [key(), replication(replicated(keyArn))],
      [key(), replication(replicated(notKnownYet), fromKey("rules"))],
    ],
    violating: [
      ...foreignKeys.map((foreign) => [key(), replication(replicated(foreign))]),
      [key(), replication(replicated(keyArn, "Disabled"))],
    ],
    absent: [
      replication(replicated()),
      [key(), replication({ destination: { encryptionConfiguration: { replicaKmsKeyId: keyArn } } })],
    ],
    unknown: [replication(replicated(notKnownYet))],
  },
  "aws-s3-forbid-weaker-object": {
    compliant: [object({}), [key(), object({ kmsKeyId: keyArn, serverSideEncryption: "aws:kms" })]],
    violating: [
      object({ serverSideEncryption: "AES256" }),
      object({ kmsKeyId: "alias/aws/s3" }),
      [key(), object({ kmsKeyId: `${keyArn}-of-others` })],
    ],
    absent: [object({ kmsKeyId: "" })],
    unknown: [object({ serverSideEncryption: notKnownYet }), object({ kmsKeyId: notKnownYet })],
  },
};
