/** Where a Flink application's code comes from and its log goes, a rule sees it. */
import { all, refersTo } from "../../../../kit/requirements.ts";
import type { Rule } from "../../../../kit/rule.ts";
import { isNothing } from "../../../../kit/value.ts";

const bucket = "aws:s3/bucket:Bucket";
const logs = ["aws:cloudwatch/logStream:LogStream", "aws:cloudwatch/logGroup:LogGroup"];
const code = "applicationConfiguration.applicationCodeConfiguration";

export const awsTargetsFlinkKeyRules: readonly Rule[] = [
  {
    id: "aws-flink-require-own-places",
    theme: "cmk-at-rest",
    description: "A Flink application loads code from a bucket and writes logs to a group of the stack",
    severity: "medium",
    types: ["aws:kinesisanalyticsv2/application:Application"],
    reads: [bucket, ...logs],
    controls: ["NIST SP 800-53 SC-28(1)", "NIST SP 800-53 AC-4"],
    why: "Logs hold rows, and whoever changes the code reads every one; both are as safe as the place that they lie in.",
    fix: "set s3ContentLocation.bucketArn to the arn of an aws.s3.Bucket, and cloudwatchLoggingOptions.logStreamArn to the arn of an aws.cloudwatch.LogStream of the stack",
    concerns: (application) =>
      !isNothing(application.value(code)) || !isNothing(application.value("cloudwatchLoggingOptions")),
    check: all(
      refersTo(
        `${code}?.codeContent?.s3ContentLocation?.bucketArn`,
        [bucket],
        "the arn of a bucket of this stack",
      ),
      refersTo("cloudwatchLoggingOptions?.logStreamArn", logs, "the arn of a log stream of this stack"),
    ),
    example: { violation: 'bucketArn: "arn:aws:s3:::elsewhere"', fixed: "bucketArn: code.arn" },
  },
];
