import { interpolate, type Input } from "@pulumi/pulumi";
import type { AwsPlace } from "./context.ts";
import { bucketArn } from "./names.ts";
import type { Statement } from "./policy-document.ts";

const objectsOf = (place: AwsPlace, bucket: Input<string>) => bucketArn(place, interpolate`${bucket}/*`);

/** Nobody, the account's root included, speaks to the bucket in clear or below TLS 1.2. */
export function tlsOnly(place: AwsPlace, bucket: Input<string>): Statement[] {
  const denied = (sid: string, condition: NonNullable<Statement["Condition"]>): Statement => ({
    Sid: sid,
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn(place, bucket), objectsOf(place, bucket)],
    Condition: condition,
  });
  return [
    denied("DenyPlainText", { Bool: { "aws:SecureTransport": "false" } }),
    denied("DenyOldTls", { NumericLessThan: { "s3:TlsVersion": "1.2" } }),
  ];
}

const keyHeader = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const encryptionHeader = "s3:x-amz-server-side-encryption";
const callerKeyHeader = "s3:x-amz-server-side-encryption-customer-algorithm";
const isThere = (...headers: string[]) => Object.fromEntries(headers.map((header) => [header, "false"]));

/**
 * Nobody writes an object under another key than the bucket's. Who names none gets the bucket's; hence the test for
 * presence beside each comparison: a negated one alone, with or without `IfExists`, is true of an absent header, and
 * would deny functions and replication, which send none.
 */
export function thisKeyOnly(place: AwsPlace, bucket: Input<string>, keyArn: Input<string>): Statement[] {
  const denied = (sid: string, condition: NonNullable<Statement["Condition"]>): Statement => ({
    Sid: sid,
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: objectsOf(place, bucket),
    Condition: condition,
  });
  return [
    denied("DenyOtherKey", { Null: isThere(keyHeader), StringNotEquals: { [keyHeader]: keyArn } }),
    denied("DenyOtherEncryption", {
      Null: isThere(encryptionHeader),
      StringNotEquals: { [encryptionHeader]: "aws:kms" },
    }),
    // KMS without a key is AWS's own key.
    denied("DenyUnnamedKey", { Null: { ...isThere(encryptionHeader), [keyHeader]: "true" } }),
    denied("DenyCallerKey", { Null: isThere(callerKeyHeader) }),
  ];
}

/**
 * What was written stays as it was: an object can be created, never replaced or deleted, besides the lock on its
 * versions. Parts of a multipart upload carry no `If-None-Match`, its completion does
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html).
 */
export function writeOnce(place: AwsPlace, bucket: Input<string>): Statement[] {
  const denied = { Effect: "Deny", Principal: "*", Resource: objectsOf(place, bucket) } as const;
  return [
    {
      ...denied,
      Sid: "DenyOverwrite",
      Action: "s3:PutObject",
      Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
    },
    { ...denied, Sid: "DenyDelete", Action: ["s3:DeleteObject", "s3:DeleteObjectVersion"] },
  ];
}

/** S3's own log delivery may write access logs of the buckets that begin with `prefix`. */
export const accessLogDelivery = (
  place: AwsPlace,
  bucket: Input<string>,
  sources: readonly Input<string>[],
): Statement => ({
  Sid: "AccessLogs",
  Effect: "Allow",
  Principal: { Service: "logging.s3.amazonaws.com" },
  Action: "s3:PutObject",
  Resource: objectsOf(place, bucket),
  Condition: {
    StringEquals: { "aws:SourceAccount": place.accountId },
    ArnEquals: { "aws:SourceArn": sources.map((source) => bucketArn(place, source)) },
  },
});
