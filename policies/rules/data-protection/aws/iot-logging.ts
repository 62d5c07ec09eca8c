/** IoT Core writes down what it refuses. */
import { all, isOneOf, notTrue, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsIotLoggingProtectionRules: readonly Rule[] = [
  {
    id: "aws-iot-require-logging",
    theme: "data-protection",
    description: "Connections and refusals of devices are logged",
    severity: "medium",
    types: ["aws:iot/loggingOptions:LoggingOptions"],
    controls: ["NIST SP 800-53 AU-2", "ETSI EN 303 645 5.10-1"],
    why: "An attack that leaves no trace is not found.",
    fix: 'set defaultLogLevel to "WARN" or more, roleArn, and leave disableAllLogs false',
    check: all(
      notTrue("disableAllLogs"),
      isOneOf("defaultLogLevel", ["ERROR", "WARN", "INFO", "DEBUG"]),
      present("roleArn"),
    ),
    example: { violation: "disableAllLogs: true", fixed: 'defaultLogLevel: "WARN"' },
  },
];
