/** No bucket is public, by policy or by access list. */
import { everywhere, hasCompanion, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

const bucket = "aws:s3/bucket:Bucket";
const accessBlock = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const acls = ["private", "log-delivery-write", "bucket-owner-full-control", "bucket-owner-read"];

export const awsS3AccessProtectionRules: readonly Rule[] = [
  {
    id: "aws-s3-block-public-access",
    theme: "data-protection",
    description: "No bucket can be made public, by policy or by access list",
    severity: "critical",
    types: [bucket],
    reads: [accessBlock],
    controls: [
      "CKV_AWS_53",
      "CKV_AWS_54",
      "CKV_AWS_55",
      "CKV_AWS_56",
      "CKV2_AWS_6",
      "S3.1",
      "S3.8",
      "AWS-0086",
      "NIST SP 800-53 AC-3",
    ],
    why: "One wrong statement would open the data to everybody.",
    fix: "add an aws.s3.BucketPublicAccessBlock with blockPublicAcls, blockPublicPolicy, ignorePublicAcls and restrictPublicBuckets true",
    check: hasCompanion(
      [accessBlock],
      "bucket",
      "an aws.s3.BucketPublicAccessBlock",
      isTrue(["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"]),
    ),
    example: { violation: "blockPublicPolicy: false", fixed: "blockPublicPolicy: true" },
  },
  {
    id: "aws-s3-forbid-public-acl",
    theme: "data-protection",
    description: "No access list lets everybody in",
    severity: "critical",
    types: [
      bucket,
      "aws:s3/bucketAcl:BucketAcl",
      "aws:s3/bucketObjectv2:BucketObjectv2",
      "aws:s3/bucketObject:BucketObject",
    ],
    controls: ["CKV_AWS_20", "CKV_AWS_57", "CKV_AWS_379", "S3.2", "S3.3", "AWS-0092"],
    why: "Everybody on the internet could list, read or write the bucket.",
    fix: 'leave acl out, or set it to "private"',
    check: (view, context) => [
      ...everywhere("acl?", (place, path) => place.oneOf(path, acls))(view, context),
      ...everywhere("accessControlPolicy?.grants[]?.grantee.uri?", (place, path) =>
        place.test(path, (uri) => !/AllUsers|AuthenticatedUsers/.test(String(uri)), "no group of everybody"),
      )(view, context),
    ],
    example: { violation: 'acl: "public-read"', fixed: 'acl: "private"' },
  },
];
