/** Nobody writes to the lake under another key. */
import { buckets, deniedBy } from "../../../kit/policed-store.ts";
import type { Requirement } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import type { View } from "../../../kit/view.ts";
import { denies, lakeOf, zoneOf } from "../../data-protection/aws/support/lake.ts";

const bucket = "aws:s3/bucket:Bucket";
const key = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const algorithm = "s3:x-amz-server-side-encryption";
/** Zones and results: what lies under a key of the customer. Access logs lie under S3's own. */
const isUnderKey = (view: View): boolean => zoneOf(view) !== "" || /-results$/.test(view.resource.name);
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

export const awsLakeKeyRules: readonly Rule[] = [
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
];
