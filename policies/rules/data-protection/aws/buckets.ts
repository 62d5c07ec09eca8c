/** Buckets: not public, not lost. */
import type { Context } from "../../../kit/context.ts";
import { either, everywhere, hasCompanion, isOneOf, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import type { View } from "../../../kit/view.ts";

const bucket = "aws:s3/bucket:Bucket";
const accessBlock = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const versioning = "aws:s3/bucketVersioning:BucketVersioning";
const ownership = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
const logging = "aws:s3/bucketLogging:BucketLogging";
const acls = ["private", "log-delivery-write", "bucket-owner-full-control", "bucket-owner-read"];

const isLogTarget = (view: View, { graph }: Context): boolean =>
  graph.referring(view.resource, [logging], "targetBucket").found.length > 0;

export const awsBucketProtectionRules: readonly Rule[] = [
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
  {
    id: "aws-s3-forbid-access-lists",
    theme: "data-protection",
    description: "Buckets of Fieldlake know no access lists: what is in them belongs to their owner",
    severity: "medium",
    types: [bucket],
    reads: [ownership],
    controls: ["CKV2_AWS_65", "S3.12", "NIST SP 800-53 AC-3"],
    why: "Objects that another account owns escape the bucket's policy.",
    fix: 'add an aws.s3.BucketOwnershipControls with rule.objectOwnership "BucketOwnerEnforced"',
    concerns: (view, context) => context.isOurs(view.resource),
    check: hasCompanion(
      [ownership],
      "bucket",
      "an aws.s3.BucketOwnershipControls",
      isOneOf("rule.objectOwnership", ["BucketOwnerEnforced"]),
    ),
    example: {
      violation: 'objectOwnership: "ObjectWriter"',
      fixed: 'objectOwnership: "BucketOwnerEnforced"',
    },
  },
  {
    id: "aws-s3-require-versioning",
    theme: "data-protection",
    description: "What is overwritten or deleted in a bucket can be had back",
    severity: "medium",
    types: [bucket],
    reads: [versioning],
    controls: ["CKV_AWS_21", "S3.14", "AWS-0090", "NIST SP 800-53 CP-9"],
    why: "A mistake or an extortionist's script destroys data for good.",
    fix: 'add an aws.s3.BucketVersioning with versioningConfiguration.status "Enabled"',
    check: either(
      hasCompanion(
        [versioning],
        "bucket",
        "an aws.s3.BucketVersioning",
        isOneOf("versioningConfiguration.status", ["Enabled"]),
      ),
      isTrue("versioning.enabled"),
    ),
    example: { violation: 'status: "Suspended"', fixed: 'status: "Enabled"' },
  },
  {
    id: "aws-s3-forbid-forced-deletion",
    theme: "data-protection",
    description: "A bucket with data in it can't be deleted by a destroy",
    severity: "medium",
    types: [bucket],
    controls: ["NIST SP 800-53 CP-9"],
    why: "One command would take all data with it.",
    fix: "leave forceDestroy false; in a Fieldlake stack set fieldlake:protect",
    concerns: (view, context) => !context.isUnprotected(view.resource),
    check: (view) => [view.notTrue("forceDestroy")],
    example: { violation: "forceDestroy: true", fixed: "forceDestroy: false" },
  },
  {
    id: "aws-s3-require-access-log",
    theme: "data-protection",
    description: "Who reads and writes buckets of Fieldlake is logged",
    severity: "low",
    types: [bucket],
    reads: [logging],
    controls: ["CKV_AWS_18", "S3.9", "AWS-0089", "NIST SP 800-53 AU-2"],
    why: "A leak that leaves no trace can't be told from none.",
    fix: "add an aws.s3.BucketLogging",
    concerns: (view, context) =>
      context.isOurs(view.resource) && !isLogTarget(view, context) && !/access-log/.test(view.resource.name),
    check: hasCompanion([logging], "bucket", "an aws.s3.BucketLogging", (one) => [
      one.present("targetBucket"),
    ]),
    example: {
      violation: "a Bucket alone",
      fixed: "new aws.s3.BucketLogging(name, { bucket, targetBucket: logs.id, targetPrefix })",
    },
  },
];
