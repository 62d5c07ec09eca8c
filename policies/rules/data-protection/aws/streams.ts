/** What Fieldlake streams is kept for a day, and losses are logged. */
import { all, isAtLeast, isTrue, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isOurs } from "../../support/ours.ts";

export const awsStreamsProtectionRules: readonly Rule[] = [
  {
    id: "aws-kinesis-keep-retention",
    theme: "data-protection",
    description: "Records of Fieldlake are kept for a day at least, so that they can be read again",
    severity: "medium",
    types: ["aws:kinesis/stream:Stream"],
    controls: ["Kinesis.3", "NIST SP 800-53 SI-12"],
    why: "A decoder that stands still would lose what came in.",
    fix: "set retentionPeriod to 24 or more",
    concerns: isOurs,
    check: isAtLeast("retentionPeriod", 24),
    example: { violation: "retentionPeriod: 1", fixed: "retentionPeriod: 24" },
  },
  {
    id: "aws-firehose-require-log",
    theme: "data-protection",
    description: "What a Firehose stream of Fieldlake can't deliver is logged",
    severity: "low",
    types: ["aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"],
    controls: ["DataFirehose.1", "NIST SP 800-53 AU-2"],
    why: "Lost deliveries are not seen otherwise.",
    fix: "set extendedS3Configuration.cloudwatchLoggingOptions to enabled with a log group of the stack",
    concerns: isOurs,
    check: all(
      isTrue("extendedS3Configuration.cloudwatchLoggingOptions.enabled"),
      present("extendedS3Configuration.cloudwatchLoggingOptions.logGroupName"),
    ),
    example: {
      violation: "no cloudwatchLoggingOptions",
      fixed: "cloudwatchLoggingOptions: { enabled: true, logGroupName, logStreamName }",
    },
  },
];
