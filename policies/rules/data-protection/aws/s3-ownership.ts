/** Buckets have no access lists at all. */
import { hasCompanion, isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

const bucket = "aws:s3/bucket:Bucket";
const ownership = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";

export const awsS3OwnershipProtectionRules: readonly Rule[] = [
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
    id: "aws-s3-keep-owner",
    theme: "data-protection",
    description: "Ownership of objects is the bucket's, where anything is said of it",
    severity: "medium",
    types: [ownership],
    controls: ["CKV2_AWS_65", "S3.12", "NIST SP 800-53 AC-3"],
    why: "Every other value turns access lists on again, which S3 turns off where nothing is said.",
    fix: 'set rule.objectOwnership to "BucketOwnerEnforced", or remove the resource',
    check: isOneOf("rule.objectOwnership", ["BucketOwnerEnforced"]),
    example: {
      violation: 'objectOwnership: "BucketOwnerPreferred"',
      fixed: 'objectOwnership: "BucketOwnerEnforced"',
    },
  },
];
