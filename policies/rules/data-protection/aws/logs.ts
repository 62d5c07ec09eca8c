/** Logs are kept long enough. */
import { isAtLeast } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isOurs } from "../../support/ours.ts";

/** Days; seconds. */
const shortestLog = 30;

export const awsLogsProtectionRules: readonly Rule[] = [
  {
    id: "aws-logs-keep-long-enough",
    theme: "data-protection",
    description: `Logs of Fieldlake are kept for ${shortestLog} days at least, and not for ever`,
    severity: "low",
    types: ["aws:cloudwatch/logGroup:LogGroup"],
    controls: ["CKV_AWS_66", "CloudWatch.16", "NIST SP 800-53 AU-11"],
    why: "An attack is seldom found in the first days; what is never deleted is a liability.",
    fix: `set retentionInDays to ${shortestLog} or more`,
    concerns: isOurs,
    check: isAtLeast("retentionInDays", shortestLog),
    example: { violation: "retentionInDays: 1", fixed: "retentionInDays: 90" },
  },
];
