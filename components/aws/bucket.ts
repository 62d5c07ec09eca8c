import { Bucket } from "@pulumi/aws/s3/bucket.js";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration.js";
import { BucketLogging } from "@pulumi/aws/s3/bucketLogging.js";
import { BucketObjectLockConfiguration } from "@pulumi/aws/s3/bucketObjectLockConfiguration.js";
import { BucketOwnershipControls } from "@pulumi/aws/s3/bucketOwnershipControls.js";
import { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy.js";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock.js";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning.js";
import type { input } from "@pulumi/aws/types/index.js";
import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import type { AwsPlace } from "./context.ts";
import { tlsOnly } from "./bucket-policy.ts";
import { policyDocument, type Statement } from "./policy-document.ts";

export interface BucketArgs {
  readonly place: AwsPlace;
  /** Where the environment is torn down together with its data. */
  readonly forceDestroy: boolean;
  /** Write-once from birth; a bucket can't become so later. */
  readonly objectLock?: { readonly days: number; readonly mode: "governance" | "compliance" };
  /** A second region, without a second provider process. */
  readonly region?: string;
}

/** A bucket nobody can reach yet but its owner: no access list, no public policy, versions kept. */
export function privateBucket(name: string, args: BucketArgs, opts: CustomResourceOptions): Bucket {
  const { forceDestroy, objectLock } = args;
  const region = args.region === undefined ? {} : { region: args.region };
  const bucket = new Bucket(
    name,
    { forceDestroy, objectLockEnabled: objectLock !== undefined, ...region },
    opts,
  );
  const child = { ...opts, parent: bucket };
  const of = { bucket: bucket.bucket, ...region };
  new BucketOwnershipControls(
    `${name}-ownership`,
    { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } },
    child,
  );
  new BucketPublicAccessBlock(
    `${name}-access-block`,
    {
      ...of,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    child,
  );
  const versioning = new BucketVersioning(
    `${name}-versioning`,
    { ...of, versioningConfiguration: { status: "Enabled" } },
    child,
  );
  if (objectLock !== undefined) {
    new BucketObjectLockConfiguration(
      `${name}-object-lock`,
      {
        ...of,
        rule: { defaultRetention: { mode: objectLock.mode.toUpperCase(), days: objectLock.days } },
      },
      { ...child, dependsOn: versioning },
    );
  }
  return bucket;
}

export interface BucketProtection extends BucketArgs {
  readonly keyArn: Input<string>;
  /** Beyond transport security, which every bucket has. */
  readonly statements: readonly Statement[];
  readonly lifecycle: input.s3.BucketLifecycleConfigurationRule[];
  /** The bucket that logs who read what. */
  readonly accessLog: { readonly bucket: Input<string>; readonly prefix: string };
}

/** Gives a bucket its key, its policy, the life of its objects, and its access log. */
export function protect(
  name: string,
  bucket: Bucket,
  args: BucketProtection,
  opts: CustomResourceOptions,
): BucketServerSideEncryptionConfiguration {
  const child = { ...opts, parent: bucket };
  const of = { bucket: bucket.bucket, ...(args.region === undefined ? {} : { region: args.region }) };
  const encryption = new BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    {
      ...of,
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.keyArn },
          // One request to KMS for many objects.
          bucketKeyEnabled: true,
          // A key that the caller brings with each request escapes ours.
          blockedEncryptionTypes: ["SSE-C"],
        },
      ],
    },
    child,
  );
  bucketPolicy(name, bucket.bucket, args, of, child);
  new BucketLifecycleConfiguration(
    `${name}-lifecycle`,
    { ...of, rules: args.lifecycle, transitionDefaultMinimumObjectSize: "all_storage_classes_128K" },
    child,
  );
  new BucketLogging(
    `${name}-logging`,
    { ...of, targetBucket: args.accessLog.bucket, targetPrefix: args.accessLog.prefix },
    child,
  );
  return encryption;
}

export function bucketPolicy(
  name: string,
  bucket: Output<string>,
  { place, statements }: Pick<BucketProtection, "place" | "statements">,
  of: { bucket: Output<string>; region?: string },
  opts: CustomResourceOptions,
): BucketPolicy {
  return new BucketPolicy(
    `${name}-policy`,
    { ...of, policy: policyDocument([...tlsOnly(place, bucket), ...statements]) },
    opts,
  );
}
