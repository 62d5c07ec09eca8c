/** Where Firehose delivers, a rule sees it. */
import { all, refersTo } from "../../../../kit/requirements.ts";
import type { Rule } from "../../../../kit/rule.ts";
import { isAbsent } from "../../../../kit/value.ts";
import { isOurs } from "../../../support/ours.ts";

const firehose = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
const sources = [
  { part: "kinesisSourceConfiguration", arn: "kinesisStreamArn", type: "aws:kinesis/stream:Stream" },
  { part: "mskSourceConfiguration", arn: "mskClusterArn", type: "aws:msk/cluster:Cluster" },
] as const;
const bucket = "aws:s3/bucket:Bucket";

export const awsTargetsFirehoseKeyRules: readonly Rule[] = [
  {
    id: "aws-firehose-require-own-bucket",
    theme: "cmk-at-rest",
    description: "A Firehose stream of Fieldlake delivers to a bucket of the stack",
    severity: "high",
    types: [firehose],
    reads: [bucket],
    controls: ["NIST SP 800-53 SC-28(1)", "NIST SP 800-53 AC-4"],
    why: "Data is as safe as the weakest place that a copy of it lies in.",
    fix: "set extendedS3Configuration.bucketArn to the arn of an aws.s3.Bucket of the stack",
    concerns: isOurs,
    check: refersTo("extendedS3Configuration.bucketArn", [bucket], "the arn of a bucket of this stack"),
    example: { violation: 'bucketArn: "arn:aws:s3:::elsewhere"', fixed: "bucketArn: bucket.arn" },
  },
  {
    id: "aws-firehose-require-own-source",
    theme: "cmk-at-rest",
    description: "A Firehose stream that is fed by another is fed by one of the stack, whose key is judged",
    severity: "medium",
    types: [firehose],
    reads: sources.map(({ type }) => type),
    controls: ["CKV_AWS_240", "DataFirehose.1", "NIST SP 800-53 SC-28(1)"],
    why: "Firehose encrypts nothing itself that it reads from a stream: the stream's key is all there is.",
    fix: "set kinesisSourceConfiguration.kinesisStreamArn to the arn of an aws.kinesis.Stream of the stack",
    concerns: (one) => sources.some(({ part }) => !isAbsent(one.value(part))),
    check: all(
      ...sources.map(({ part, arn, type }) => refersTo(`${part}?.${arn}`, [type], "a source of this stack")),
    ),
    example: {
      violation: 'kinesisStreamArn: "arn:aws:kinesis:…:elsewhere"',
      fixed: "kinesisStreamArn: stream.arn",
    },
  },
];
