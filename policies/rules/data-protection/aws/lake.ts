/** What Fieldlake's own lake on AWS promises beyond what can be asked of every bucket. */
import { ancestorOf } from "../../../kit/ancestors.ts";
import type { Context } from "../../../kit/context.ts";
import { buckets, deniedBy } from "../../../kit/policed-store.ts";
import {
  all,
  everywhere,
  hasCompanion,
  isTrue,
  present,
  type Requirement,
} from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAnybody, type Statement } from "../../../kit/statements.ts";
import type { Denied } from "../../../kit/transport-denial.ts";
import { isAbsent, isArray, isObject } from "../../../kit/value.ts";
import { fail, pass, type Check } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";

const bucket = "aws:s3/bucket:Bucket";
const objectLock = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const lakeType = "fieldlake:aws:EncryptedLake";
const key = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const algorithm = "s3:x-amz-server-side-encryption";

/** What the lake was told. */
const lakeOf = (view: View, context: Context): View | null => ancestorOf(view, context, lakeType);
const zoneOf = (view: View): string => /-(raw|curated|quarantine)(-|$)/.exec(view.resource.name)?.[1] ?? "";
/** Zones and results: what lies under a key of the customer. Access logs lie under S3's own. */
const isUnderKey = (view: View): boolean => zoneOf(view) !== "" || /-results$/.test(view.resource.name);

/** Locked for as long as the lake was told, no less and no more. */
const keepsWriteOnce: Requirement = (view, context) => {
  const lake = lakeOf(view, context);
  const mode = String(lake?.value("writeOnce.mode") ?? "").toUpperCase();
  return [
    view.isTrue("objectLockEnabled"),
    ...hasCompanion([objectLock], "bucket", "an aws.s3.BucketObjectLockConfiguration", (lock) => [
      lock.oneOf("rule.defaultRetention.mode", [mode]),
      lock.oneOf("rule.defaultRetention.days", [Number(lake?.value("writeOnce.days"))]),
    ])(view, context),
  ];
};

/** Rows live as long as the lake was told; 0 is for ever. Results and access logs are for a week at least. */
function keepsRetention(view: View, context: Context): readonly Check[] {
  const zone = zoneOf(view);
  const days = zone === "" ? null : lakeOf(view, context)?.value(`zones.${zone}.retentionDays`);
  const rules = view.value("rules");
  if (!isArray(rules)) return [view.present("rules")];
  const ends = view
    .items("rules")
    .filter((rule) => isAbsent(rule.value("filter.prefix")) && !isAbsent(rule.value("expiration.days")));
  if (days === 0)
    return ends.length === 0
      ? [pass("rules", "without an end for all objects")]
      : ends.map((rule) => fail(rule.path("expiration.days"), "an end where there is to be none", "absent"));
  if (ends.length === 0) return [fail("rules", "without expiration.days for all objects", String(days ?? 7))];
  return ends.map((rule) =>
    days === null ? rule.atLeast("expiration.days", 7) : rule.oneOf("expiration.days", [Number(days)]),
  );
}

/** Of an action on every object of the bucket, for everybody, under exactly these conditions: others would let some through. */
const denies =
  (...conditions: readonly (readonly [operator: string, key: string, value: RegExp])[]) =>
  (statement: Statement, { action, arn }: Denied): boolean =>
    statement.effect === "Deny" &&
    !statement.hasNotPrincipal &&
    statement.principals.some(isAnybody) &&
    statement.actions.includes(action) &&
    statement.resources.some(
      (one) => one === "*" || (arn === null ? one.endsWith("/*") : one === `${arn}/*`),
    ) &&
    statement.conditions.length === conditions.length &&
    conditions.every(([operator, name, value]) =>
      statement.conditions.some(
        (one) =>
          one.operator === operator && one.key === name && one.values.every((text) => value.test(text)),
      ),
    );

const keyDenials = {
  "a Deny of other keys": denies(["Null", key, /^false$/], ["StringNotEquals", key, /:key\//]),
  "a Deny of other encryption": denies(
    ["Null", algorithm, /^false$/],
    ["StringNotEquals", algorithm, /^aws:kms$/],
  ),
  "a Deny of KMS without a key's name": denies(["Null", algorithm, /^false$/], ["Null", key, /^true$/]),
  "a Deny of keys that callers bring": denies(["Null", `${algorithm}-customer-algorithm`, /^false$/]),
};

const deniesOthers: Requirement = (view, context) =>
  Object.entries(keyDenials).flatMap(([wanted, test]) =>
    deniedBy(buckets, view, context, "s3:PutObject", test, wanted),
  );

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

export const awsLakeRules: readonly Rule[] = [
  {
    id: "aws-lake-deny-other-keys",
    theme: "cmk-at-rest",
    description: "Nobody stores an object of the lake under another key or none",
    severity: "high",
    types: [bucket],
    reads: [buckets.companion],
    controls: ["CKV_AWS_186", "NIST SP 800-53 SC-28(1)", "NIST SP 800-53 SC-12"],
    why: "A caller's own header would override the bucket's default.",
    fix: "leave the bucket's policy to EncryptedLake",
    concerns: (view, context) => isUnderKey(view) && lakeOf(view, context) !== null,
    check: deniesOthers,
    example: { violation: "a policy without DenyOtherKey", fixed: "the policy of EncryptedLake" },
  },
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
    check: all(keepsWriteOnce, deniesChange),
    example: { violation: "objectLockEnabled: false", fixed: "objectLockEnabled: true" },
  },
  {
    id: "aws-lake-keep-retention",
    theme: "data-protection",
    description: "Each zone keeps its objects for as long as the lake promises",
    severity: "medium",
    types: [lifecycle],
    reads: [lakeType],
    controls: ["S3.13", "NIST SP 800-53 AU-11", "NIST SP 800-53 SI-12"],
    why: "Data that ends early is lost, data that never ends is a liability.",
    fix: "set fieldlake:zones; leave the lifecycle to EncryptedLake",
    concerns: (view, context) => lakeOf(view, context) !== null,
    check: keepsRetention,
    example: { violation: "expiration: { days: 1 }", fixed: "expiration: { days: 365 }" },
  },
  {
    id: "aws-s3-keep-old-versions",
    theme: "data-protection",
    description: "Overwritten objects of the lake can be had back for a week, and end one day",
    severity: "medium",
    types: [lifecycle],
    reads: [lakeType],
    controls: ["S3.10", "NIST SP 800-53 CP-9"],
    why: "A mistake is seldom seen the same day.",
    fix: "set noncurrentVersionExpiration.noncurrentDays to 7 or more",
    concerns: (view, context) => lakeOf(view, context) !== null,
    check: everywhere("rules[].noncurrentVersionExpiration.noncurrentDays", (place, path) =>
      place.atLeast(path, 7),
    ),
    example: { violation: "noncurrentDays: 1", fixed: "noncurrentDays: 30" },
  },
  {
    id: "aws-athena-keep-tight",
    theme: "cmk-at-rest",
    description:
      "The lake's workgroup takes no results under less than its own encryption, nor into another account's bucket",
    severity: "medium",
    types: ["aws:athena/workgroup:Workgroup"],
    controls: ["CKV_AWS_82", "NIST SP 800-53 SC-28(1)"],
    why: "A bucket of the same name in another account would receive copies of data.",
    fix: "set enforceWorkgroupConfiguration, enableMinimumEncryptionConfiguration and resultConfiguration.expectedBucketOwner",
    concerns: (view, context) => lakeOf(view, context) !== null,
    check: all(
      isTrue([
        "configuration.enforceWorkgroupConfiguration",
        "configuration.enableMinimumEncryptionConfiguration",
      ]),
      present("configuration.resultConfiguration.expectedBucketOwner"),
    ),
    example: { violation: "no expectedBucketOwner", fixed: "expectedBucketOwner: account" },
  },
];
