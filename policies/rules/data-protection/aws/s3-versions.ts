/** What is in a bucket can be had back. */
import { either, hasCompanion, isOneOf, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

const bucket = "aws:s3/bucket:Bucket";
const versioning = "aws:s3/bucketVersioning:BucketVersioning";

export const awsS3VersionsProtectionRules: readonly Rule[] = [
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
];
