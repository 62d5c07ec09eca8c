import { ReplicaKey } from "@pulumi/aws/kms/replicaKey.js";
import { BucketReplicationConfig } from "@pulumi/aws/s3/bucketReplicationConfig.js";
import { interpolate, type CustomResourceOptions, type Input } from "@pulumi/pulumi";
import { privateBucket, protect } from "./bucket.ts";
import { thisKeyOnly } from "./bucket-policy.ts";
import type { AwsContext, AwsPlace } from "./context.ts";
import { administered, useThrough } from "./keys.ts";
import { lifecycle } from "./lifecycle.ts";
import { bucketArn } from "./names.ts";
import { policyDocument } from "./policy-document.ts";
import { permit, serviceRole, useKey } from "./roles.ts";
import { accessLogBucket, type ZoneBucket } from "./zones.ts";

export interface ReplicaArgs {
  readonly region: string;
  readonly retentionDays: number;
  readonly isProtected: boolean;
}

/**
 * The raw zone a second time, in another region and under a key of its own: everything else of the lake is made from
 * it again. The second region needs no provider of its own, every resource names it.
 */
export function createReplica(
  name: string,
  raw: ZoneBucket,
  { region, retentionDays, isProtected }: ReplicaArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): ZoneBucket {
  const { settings } = context;
  const place: AwsPlace = { partition: context.partition, accountId: context.accountId, region };
  const base = { place, region, forceDestroy: !isProtected };
  const bucket = privateBucket(`${name}-raw-replica`, { ...base, objectLock: settings.writeOnce }, opts);
  const accessLog = accessLogBucket(`${name}-copy-log`, base, [bucket], opts);
  const objects = [bucketArn(place, bucket.bucket), bucketArn(place, interpolate`${bucket.bucket}/*`)];
  const key = new ReplicaKey(
    `${name}-raw-replica-key`,
    {
      region,
      description: `Fieldlake: copy of the raw zone (${name})`,
      primaryKeyArn: raw.keyArn,
      deletionWindowInDays: settings.keyDeletionDays,
      enabled: true,
      policy: policyDocument([
        administered(place),
        useThrough(place, "UseForObjects", ["s3"], {
          StringLike: { "kms:EncryptionContext:aws:s3:arn": objects },
        }),
      ]),
    },
    opts,
  );
  protect(
    `${name}-raw-replica`,
    bucket,
    {
      ...base,
      keyArn: key.arn,
      lifecycle: lifecycle("raw", retentionDays),
      // Replication sets no If-None-Match: the lock on versions stands in for it here.
      statements: thisKeyOnly(place, bucket.bucket, key.arn),
      accessLog: { bucket: accessLog.bucket, prefix: "raw/" },
    },
    opts,
  );
  replicate(name, raw, { name: bucket.bucket, keyArn: key.arn }, place, context, opts);
  return { bucket, name: bucket.bucket, keyArn: key.arn };
}

function replicate(
  name: string,
  raw: ZoneBucket,
  copy: { readonly name: Input<string>; readonly keyArn: Input<string> },
  place: AwsPlace,
  context: AwsContext,
  opts: CustomResourceOptions,
): void {
  const role = serviceRole(
    `${name}-replication-role`,
    context,
    "s3",
    "copies the raw zone to another region",
    opts,
  );
  const permissions = permit(
    `${name}-replication`,
    role,
    {
      data: [
        {
          Sid: "ReadConfiguration",
          Effect: "Allow",
          Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
          Resource: bucketArn(context, raw.name),
        },
        {
          Sid: "ReadVersions",
          Effect: "Allow",
          Action: [
            "s3:GetObjectLegalHold",
            "s3:GetObjectRetention",
            "s3:GetObjectVersionAcl",
            "s3:GetObjectVersionForReplication",
            "s3:GetObjectVersionTagging",
          ],
          Resource: bucketArn(context, interpolate`${raw.name}/*`),
        },
        {
          Sid: "WriteCopies",
          Effect: "Allow",
          Action: ["s3:ReplicateObject", "s3:ReplicateTags"],
          Resource: bucketArn(place, interpolate`${copy.name}/*`),
        },
      ],
      keys: [
        useKey(context, "ReadRaw", raw.keyArn, "read", ["s3"]),
        {
          ...useKey(place, "WriteCopies", copy.keyArn, "write", ["s3"]),
          Action: ["kms:Encrypt", "kms:GenerateDataKey"],
        },
      ],
    },
    opts,
  );
  new BucketReplicationConfig(
    `${name}-replication`,
    {
      bucket: raw.name,
      role: role.arn,
      rules: [
        {
          id: "raw",
          status: "Enabled",
          priority: 1,
          filter: { prefix: "" },
          // A deletion stays where it was made.
          deleteMarkerReplication: { status: "Disabled" },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          destination: {
            bucket: bucketArn(place, copy.name),
            storageClass: "STANDARD_IA",
            encryptionConfiguration: { replicaKmsKeyId: copy.keyArn },
            metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
            replicationTime: { status: "Enabled", time: { minutes: 15 } },
          },
        },
      ],
    },
    { ...opts, parent: raw.bucket, dependsOn: permissions },
  );
}
