/** Athena of a Fieldlake lake gives results to nobody else. */
import { all, isTrue, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { lakeOf } from "../../data-protection/aws/support/lake.ts";

export const awsAthenaTightKeyRules: readonly Rule[] = [
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
