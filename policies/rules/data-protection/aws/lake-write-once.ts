/** What a Fieldlake lake holds of raw data can't be changed. */
import { buckets, deniedBy } from "../../../kit/policed-store.ts";
import { type Requirement, all } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isObject } from "../../../kit/value.ts";
import { keepsWriteOnce } from "./support/lake-keeping.ts";
import type { View } from "../../../kit/view.ts";
import { denies, lakeOf, zoneOf } from "./support/lake.ts";

const bucket = "aws:s3/bucket:Bucket";
const objectLock = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
const lakeType = "fieldlake:aws:EncryptedLake";
/** A copy is written by replication alone, which puts every version beside the others. */
const isCopy = (view: View): boolean => /-replica(-|$)/.test(view.resource.name);
const deniesChange: Requirement = (view, context) => [
  ...deniedBy(
    buckets,
    view,
    context,
    "s3:PutObject",
    denies(["Null", "s3:if-none-match", /^true$/], ["Bool", "s3:ObjectCreationOperation", /^true$/]),
    "a Deny of overwriting",
  ),
  ...["s3:DeleteObject", "s3:DeleteObjectVersion"].flatMap((action) =>
    deniedBy(buckets, view, context, action, denies(), `a Deny of ${action}`),
  ),
];

export const awsLakeWriteOnceProtectionRules: readonly Rule[] = [
  {
    id: "aws-lake-keep-write-once",
    theme: "data-protection",
    description:
      "The raw zone is locked for as long as the lake promises, and nobody overwrites or deletes in it",
    severity: "high",
    types: [bucket],
    reads: [objectLock, lakeType, buckets.companion],
    controls: ["S3.15", "NIST SP 800-53 AU-9", "NIST SP 800-53 SI-7"],
    why: "Evidence that can be changed is none.",
    fix: "set fieldlake:aws.writeOnce; leave object lock and policy to EncryptedLake",
    concerns: (view, context) =>
      zoneOf(view) === "raw" && isObject(lakeOf(view, context)?.value("writeOnce")),
    check: all(keepsWriteOnce, (view, context) => (isCopy(view) ? [] : deniesChange(view, context))),
    example: { violation: "objectLockEnabled: false", fixed: "objectLockEnabled: true" },
  },
];
