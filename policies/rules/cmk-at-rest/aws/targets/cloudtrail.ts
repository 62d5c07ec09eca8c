/** A trail writes to a bucket that a rule sees. */
import { all, refersTo } from "../../../../kit/requirements.ts";
import type { Rule } from "../../../../kit/rule.ts";
import { isAbsent } from "../../../../kit/value.ts";

const bucket = "aws:s3/bucket:Bucket";

export const awsTargetsCloudtrailKeyRules: readonly Rule[] = [
  {
    id: "aws-cloudtrail-require-own-bucket",
    theme: "cmk-at-rest",
    description: "A trail is kept in a bucket of the stack, and can't be changed unseen",
    severity: "medium",
    types: ["aws:cloudtrail/trail:Trail"],
    reads: [bucket],
    controls: ["CKV_AWS_36", "CloudTrail.4", "AWS-0016"],
    why: "The record of an attack is what an attacker changes first.",
    fix: "set s3BucketName to a bucket of the stack and enableLogFileValidation to true",
    check: all(refersTo("s3BucketName", [bucket], "a bucket of this stack"), (view) => [
      view.isTrue("enableLogFileValidation"),
      view.notFalse("enableLogging"),
    ]),
    example: { violation: "enableLogFileValidation: false", fixed: "enableLogFileValidation: true" },
  },
  {
    id: "aws-cloudtrail-protect-event-store",
    theme: "data-protection",
    description: "An event data store can't be deleted by mistake, and keeps events for 90 days at least",
    severity: "medium",
    types: ["aws:cloudtrail/eventDataStore:EventDataStore"],
    controls: ["NIST SP 800-53 AU-9", "NIST SP 800-53 AU-11"],
    why: "The record of an attack is what an attacker deletes first.",
    fix: "leave terminationProtectionEnabled true, and retentionPeriod out or at 90 or more",
    check: (view) => [
      view.notFalse("terminationProtectionEnabled"),
      view.test("retentionPeriod", (days) => isAbsent(days) || Number(days) >= 90, "90 or more, absent"),
    ],
    example: {
      violation: "terminationProtectionEnabled: false",
      fixed: "terminationProtectionEnabled: true",
    },
  },
];
