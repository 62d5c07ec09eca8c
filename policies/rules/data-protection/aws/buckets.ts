/** Buckets: not public, not lost. */
import {
  everywhere,
  hasCompanion,
  isOneOf,
  isTrue,
  either,
  type Requirement,
} from "../../../kit/requirements.ts";
import type { Context } from "../../../kit/context.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent, isArray, isObject } from "../../../kit/value.ts";
import { fail, pass, type Check } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";

const bucket = "aws:s3/bucket:Bucket";
const accessBlock = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const versioning = "aws:s3/bucketVersioning:BucketVersioning";
const ownership = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
const objectLock = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
const logging = "aws:s3/bucketLogging:BucketLogging";
const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const acls = ["private", "log-delivery-write", "bucket-owner-full-control", "bucket-owner-read"];

/** What the lake was told, for the bucket of one of its zones. */
function lakeOf(view: View, context: Context): View | null {
  const lake = view.resource.parent === null ? undefined : context.graph.byUrn(view.resource.parent);
  return lake?.type === "fieldlake:aws:EncryptedLake" ? context.view(lake) : null;
}

const isLogTarget = (view: View, { graph }: Context): boolean =>
  graph.referring(view.resource, [logging], "targetBucket").found.length > 0;

/** A lake that is write-once locks its raw zone for as long as it was told. */
const keepsWriteOnce: Requirement = (view, context) => {
  const lake = lakeOf(view, context);
  const days = lake?.value("writeOnce.days");
  const mode = String(lake?.value("writeOnce.mode") ?? "").toUpperCase();
  return [
    view.isTrue("objectLockEnabled"),
    ...hasCompanion([objectLock], "bucket", "an aws.s3.BucketObjectLockConfiguration", (lock) => [
      lock.oneOf("rule.defaultRetention.mode", [mode]),
      lock.oneOf("rule.defaultRetention.days", [Number(days)]),
    ])(view, context),
  ];
};

/** Rows live as long as the lake was told; 0 is for ever. */
function keepsRetention(view: View, context: Context): readonly Check[] {
  const lake = lakeOf(view, context);
  const zone = zoneOf(view);
  const days = lake?.value(`zones.${zone}.retentionDays`);
  const rules = view.value("rules");
  if (!isArray(rules)) return [view.present("rules")];
  const expirations = view.items("rules").filter((rule) => {
    const prefix = rule.value("filter.prefix");
    return isAbsent(prefix) && !isAbsent(rule.value("expiration.days"));
  });
  if (days === 0)
    return expirations.length === 0
      ? [pass("rules", "without an end for all objects")]
      : expirations.map((rule) =>
          fail(rule.path("expiration.days"), "an end where there is to be none", "absent"),
        );
  if (expirations.length === 0)
    return [fail("rules", "without expiration.days for all objects", String(days))];
  return expirations.map((rule) => rule.oneOf("expiration.days", [Number(days)]));
}

const zoneOf = (view: View): string => /-(raw|curated|quarantine)(-|$)/.exec(view.resource.name)?.[1] ?? "";

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
  {
    id: "aws-lake-keep-write-once",
    theme: "data-protection",
    description: "The raw zone is locked for as long as the lake promises",
    severity: "high",
    types: [bucket],
    reads: [objectLock],
    controls: ["S3.15", "NIST SP 800-53 AU-9", "NIST SP 800-53 SI-7"],
    why: "Evidence that can be changed is none.",
    fix: "set fieldlake:aws.writeOnce; leave object lock to EncryptedLake",
    concerns: (view, context) =>
      zoneOf(view) === "raw" && isObject(lakeOf(view, context)?.value("writeOnce")),
    check: keepsWriteOnce,
    example: { violation: "objectLockEnabled: false", fixed: "objectLockEnabled: true" },
  },
  {
    id: "aws-lake-keep-retention",
    theme: "data-protection",
    description: "Each zone keeps its objects for as long as the lake promises",
    severity: "medium",
    types: [lifecycle],
    controls: ["S3.13", "NIST SP 800-53 AU-11", "NIST SP 800-53 SI-12"],
    why: "Data that ends early is lost, data that never ends is a liability.",
    fix: "set retentionDays of the zone; leave the lifecycle to EncryptedLake",
    concerns: (view, context) => zoneOf(view) !== "" && lakeOf(view, context) !== null,
    check: keepsRetention,
    example: { violation: "expiration: { days: 1 }", fixed: "expiration: { days: 365 }" },
  },
  {
    id: "aws-s3-keep-old-versions",
    theme: "data-protection",
    description: "Overwritten objects of Fieldlake can be had back for at least a week",
    severity: "medium",
    types: [lifecycle],
    controls: ["S3.10", "NIST SP 800-53 CP-9"],
    why: "A mistake is seldom seen the same day.",
    fix: "set noncurrentVersionExpiration.noncurrentDays to 7 or more",
    concerns: (view, context) => context.isOurs(view.resource),
    check: everywhere("rules[].noncurrentVersionExpiration?.noncurrentDays", (place, path) =>
      place.atLeast(path, 7),
    ),
    example: { violation: "noncurrentDays: 1", fixed: "noncurrentDays: 30" },
  },
];
