/** A broker of Fieldlake has its log. */
import type { Rule } from "../../../kit/rule.ts";
import { fail, pass, undetermined } from "../../../kit/verdict.ts";
import { isOurs } from "../../support/ours.ts";

const options = "aws:iot/loggingOptions:LoggingOptions";
const group = "aws:cloudwatch/logGroup:LogGroup";

export const awsIotLogRules: readonly Rule[] = [
  {
    id: "aws-iot-keep-logging",
    theme: "data-protection",
    description: "Where Fieldlake makes an endpoint for devices, IoT Core's log is set up beside it",
    severity: "medium",
    types: ["aws:iot/domainConfiguration:DomainConfiguration"],
    reads: [options, group],
    controls: ["NIST SP 800-53 AU-2", "ETSI EN 303 645 5.10-1"],
    why: "IoT Core logs nothing unless it is told to, and makes a log group without the customer's key where there is none.",
    fix: "add an aws.iot.LoggingOptions with defaultLogLevel and roleArn, and the aws.cloudwatch.LogGroup AWSIotLogsV2 that it writes to",
    concerns: isOurs,
    check: (_, { graph }) => {
      const groups = graph.ofTypes([group]).filter(({ inputs }) => inputs["name"] === "AWSIotLogsV2");
      if (graph.ofTypes([options]).length > 0 && groups.length > 0)
        return [pass("", "with logging options and their group")];
      return [
        graph.isPartial
          ? undetermined("", "waiting for logging options")
          : fail("", "without logging options and the log group AWSIotLogsV2"),
      ];
    },
    example: {
      violation: "no LoggingOptions",
      fixed: 'new aws.iot.LoggingOptions("log", { defaultLogLevel: "WARN", roleArn: role.arn })',
    },
  },
];
