import { BucketObject } from "@pulumi/aws/s3/bucketObject.js";
import { all, interpolate, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import type { Authority } from "../shared/certificates.ts";
import { thisKeyOnly } from "./bucket-policy.ts";
import { privateBucket, protect, type BucketArgs } from "./bucket.ts";
import type { AwsContext } from "./context.ts";
import type { Key } from "./keys.ts";
import { lifecycle } from "./lifecycle.ts";
import { accessLogBucket } from "./zones.ts";

export interface TrustStore {
  readonly uri: Output<string>;
  readonly version: Output<string>;
}

const object = "trusted.pem";

/** Whose clients API Gateway lets through: the root, so that the next intermediate is trusted as well, and this one. */
export function createTrustStore(
  name: string,
  {
    signer,
    key,
    forceDestroy,
  }: { readonly signer: Authority; readonly key: Key; readonly forceDestroy: boolean },
  context: AwsContext,
  opts: CustomResourceOptions,
): TrustStore {
  const base: BucketArgs = { place: context, forceDestroy };
  const bucket = privateBucket(name, base, opts);
  const accessLog = accessLogBucket(`${name}-log`, base, [bucket], opts);
  const encryption = protect(
    name,
    bucket,
    {
      ...base,
      keyArn: key.arn,
      statements: thisKeyOnly(context, bucket.bucket, key.arn),
      lifecycle: lifecycle("none", 0),
      accessLog: { bucket: accessLog.bucket, prefix: "trust-store/" },
    },
    opts,
  );
  const trusted = new BucketObject(
    `${name}-trusted`,
    {
      bucket: bucket.bucket,
      key: object,
      content: all([signer.certificate, signer.rootCertificate]).apply((pems) =>
        pems.map((pem) => `${pem.trimEnd()}\n`).join(""),
      ),
      contentType: "application/x-pem-file",
      serverSideEncryption: "aws:kms",
      kmsKeyId: key.arn,
    },
    { ...opts, parent: bucket, dependsOn: encryption },
  );
  return { uri: interpolate`s3://${bucket.bucket}/${object}`, version: trusted.versionId };
}
