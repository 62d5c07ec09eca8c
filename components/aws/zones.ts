import type { Bucket } from "@pulumi/aws/s3/bucket.js";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration.js";
import { BucketNotification } from "@pulumi/aws/s3/bucketNotification.js";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js";
import { interpolate, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import type { EncryptedLakeArgs, Zone } from "../contracts/encrypted-lake.ts";
import { accessLogDelivery, thisKeyOnly, writeOnce } from "./bucket-policy.ts";
import { bucketPolicy, privateBucket, protect, type BucketArgs } from "./bucket.ts";
import type { AwsContext } from "./context.ts";
import { grantsFor, useThrough, zoneKey, type Key } from "./keys.ts";
import { lifecycle } from "./lifecycle.ts";
import { arn } from "./names.ts";
import type { Statement } from "./policy-document.ts";

/** A bucket and the key of everything in it. */
export interface ZoneBucket {
  readonly bucket: Bucket;
  readonly name: Output<string>;
  readonly keyArn: Output<string>;
}

/** The three zones, the answers of queries, and who read what. */
export interface Zones extends Readonly<Record<Zone | "results", ZoneBucket>> {
  readonly accessLog: Bucket;
}

/** Days that Athena's answers and access logs are kept. */
const resultDays = 7;
const accessLogDays = 400;

export function createZones(
  name: string,
  { zones, key: ownership, protect: isProtected }: EncryptedLakeArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): Zones {
  const { settings } = context;
  const base: BucketArgs = { place: context, forceDestroy: !isProtected };
  const raw = privateBucket(`${name}-raw`, { ...base, objectLock: settings.writeOnce }, opts);
  const curated = privateBucket(`${name}-curated`, base, opts);
  const quarantine = privateBucket(`${name}-quarantine`, base, opts);
  const results = privateBucket(`${name}-results`, base, opts);
  const accessLog = accessLogBucket(`${name}-access-log`, base, [raw, curated, quarantine, results], opts);

  const key = (zone: Zone, buckets: readonly Bucket[], further: readonly Statement[] = []): Key =>
    zoneKey(`${name}-${zone}`, {
      place: context,
      ownership,
      deletionDays: settings.keyDeletionDays,
      multiRegion: zone === "raw" && settings.replicaRegion !== undefined,
      buckets: buckets.map(({ bucket }) => bucket),
      further,
      opts,
    });
  const rawKey = key("raw", [raw]);
  const curatedKey = key("curated", [curated, results], latestStateUse(context));
  const quarantineKey = key("quarantine", [quarantine]);

  const secured = (
    role: Zone | "results",
    bucket: Bucket,
    { arn: keyArn }: Key,
    rules: ReturnType<typeof lifecycle>,
    statements: readonly Statement[] = [],
  ): ZoneBucket => {
    protect(
      `${name}-${role}`,
      bucket,
      {
        ...base,
        keyArn,
        lifecycle: rules,
        statements: [...thisKeyOnly(context, bucket.bucket, keyArn), ...statements],
        accessLog: { bucket: accessLog.bucket, prefix: `${role}/` },
      },
      opts,
    );
    return { bucket, name: bucket.bucket, keyArn };
  };
  const made = {
    raw: secured(
      "raw",
      raw,
      rawKey,
      lifecycle("raw", zones.raw.retentionDays),
      writeOnce(context, raw.bucket),
    ),
    curated: secured("curated", curated, curatedKey, lifecycle("curated", zones.curated.retentionDays)),
    quarantine: secured(
      "quarantine",
      quarantine,
      quarantineKey,
      lifecycle("none", zones.quarantine.retentionDays),
    ),
    results: secured("results", results, curatedKey, lifecycle("none", resultDays)),
    accessLog,
  };
  new BucketNotification(
    `${name}-curated-events`,
    { bucket: curated.bucket, eventbridge: true },
    { ...opts, parent: curated },
  );
  return made;
}

/** The latest values lie in DynamoDB, under the curated zone's key: they are curated data. */
function latestStateUse(context: AwsContext): Statement[] {
  return [
    useThrough(context, "UseForLatestState", ["dynamodb"], {
      StringEquals: { "kms:EncryptionContext:aws:dynamodb:subscriberId": context.accountId },
    }),
    grantsFor(context, ["dynamodb"]),
    ...(context.settings.catalogKey ? [useThrough(context, "UseForCatalog", ["glue"])] : []),
    ...(context.settings.tableFormat === "iceberg" ? icebergUse(context) : []),
  ];
}

/** S3 Tables compacts on its own behalf, with the table bucket as the key's context. */
function icebergUse(context: AwsContext): Statement[] {
  const tables = { StringLike: { "kms:EncryptionContext:aws:s3:arn": arn(context, "s3tables", "bucket/*") } };
  return [
    useThrough(context, "UseForTables", ["s3tables"], tables),
    {
      Sid: "MaintainTables",
      Effect: "Allow",
      Principal: { Service: "maintenance.s3tables.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": context.accountId }, ...tables },
    },
  ];
}

/** S3 delivers access logs to a bucket under its own key only, and to none with Object Lock. */
export function accessLogBucket(
  name: string,
  base: BucketArgs,
  sources: readonly Bucket[],
  opts: CustomResourceOptions,
): Bucket {
  const bucket = privateBucket(name, base, opts);
  const child = { ...opts, parent: bucket };
  const of = { bucket: bucket.bucket, ...(base.region === undefined ? {} : { region: base.region }) };
  new BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    {
      ...of,
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" },
          blockedEncryptionTypes: ["SSE-C"],
        },
      ],
    },
    child,
  );
  const delivery = accessLogDelivery(
    base.place,
    bucket.bucket,
    sources.map((source) => source.bucket),
  );
  bucketPolicy(name, bucket.bucket, { place: base.place, statements: [delivery] }, of, child);
  new BucketLifecycleConfiguration(
    `${name}-lifecycle`,
    {
      ...of,
      rules: lifecycle("none", accessLogDays),
      transitionDefaultMinimumObjectSize: "all_storage_classes_128K",
    },
    child,
  );
  return bucket;
}

/** Where a zone's data lies. */
export const zoneUri = ({ name }: ZoneBucket): Output<string> => interpolate`s3://${name}`;
