/** Where Firehose delivers, a rule sees it. */
import { refersTo } from "../../../../kit/requirements.ts";
import type { Rule } from "../../../../kit/rule.ts";
import { isOurs } from "../../../support/ours.ts";

const bucket = "aws:s3/bucket:Bucket";

export const awsTargetsFirehoseKeyRules: readonly Rule[] = [
  {
    id: "aws-firehose-require-own-bucket",
    theme: "cmk-at-rest",
    description: "A Firehose stream of Fieldlake delivers to a bucket of the stack",
    severity: "high",
    types: ["aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"],
    reads: [bucket],
    controls: ["NIST SP 800-53 SC-28(1)", "NIST SP 800-53 AC-4"],
    why: "Data is as safe as the weakest place that a copy of it lies in.",
    fix: "set extendedS3Configuration.bucketArn to the arn of an aws.s3.Bucket of the stack",
    concerns: isOurs,
    check: refersTo("extendedS3Configuration.bucketArn", [bucket], "the arn of a bucket of this stack"),
    example: { violation: 'bucketArn: "arn:aws:s3:::elsewhere"', fixed: "bucketArn: bucket.arn" },
  },
];
