/** Buckets: in parts, in one resource, under an alias. */
import { account, bucket, bucketDenials, key, logBucket } from "./parts.ts";
import { ref, sound, type Sound } from "../stack.ts";

export const awsBuckets: Readonly<Record<string, readonly Sound[]>> = {
  "buckets in parts": [key(), ...logBucket(), ...bucket("data")],
  "a bucket in one resource, the key by an alias of the customer's": [
    key(),
    sound(
      "aws:kms/alias:Alias",
      "alias",
      { name: "alias/plant", targetKeyId: ref("key") },
      { arn: `arn:aws:kms:eu-central-1:${account}:alias/plant` },
    ),
    ...logBucket(),
    sound(
      "aws:s3/bucketV2:BucketV2",
      "data",
      {
        bucket: "data",
      },
      { id: "data" },
    ),
    ...bucket("data", "alias").slice(1),
  ],
  "an older bucket with its encryption and versions within": [
    key(),
    ...logBucket(),
    sound(
      "aws:s3/bucket:Bucket",
      "data",
      {
        bucket: "data",
        acl: "private",
        serverSideEncryptionConfiguration: {
          rule: {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: ref("key") },
            bucketKeyEnabled: true,
            blockedEncryptionTypes: ["SSE-C"],
          },
        },
        versioning: { enabled: true },
        logging: { targetBucket: ref("logs", "id"), targetPrefix: "data/" },
        policy: JSON.stringify({ Version: "2012-10-17", Statement: [...bucketDenials("data")] }),
      },
      { id: "data" },
    ),
    ...bucket("data").filter(({ name }) => /access|owner/.test(name)),
  ],
};
