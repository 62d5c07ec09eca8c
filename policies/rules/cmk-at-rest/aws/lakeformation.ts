/** Lake Formation has no key of its own: what it registers must have one. */
import { all, present, refersTo } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsLakeformationKeyRules: readonly Rule[] = [
  {
    id: "aws-lakeformation-require-own-bucket",
    theme: "cmk-at-rest",
    description: "What Lake Formation governs lies in a bucket of the stack, whose encryption is judged",
    severity: "medium",
    types: ["aws:lakeformation/resource:Resource"],
    reads: ["aws:s3/bucket:Bucket"],
    controls: ["NIST SP 800-53 SC-28(1)"],
    why: "The location has no encryption of its own: the bucket's counts.",
    fix: "set arn to the arn of an aws.s3.Bucket of the stack, and roleArn to a role that may use its key",
    check: all(
      refersTo("arn", ["aws:s3/bucket:Bucket"], "the arn of a bucket of this stack"),
      present("roleArn"),
    ),
    example: { violation: 'arn: "arn:aws:s3:::elsewhere"', fixed: "arn: bucket.arn, roleArn: role.arn" },
  },
];
