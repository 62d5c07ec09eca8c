/** Logs are kept long enough. */
import { holds, isAtLeast } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent } from "../../../kit/value.ts";
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
  {
    id: "aws-logs-keep-a-week",
    theme: "data-protection",
    description: "Logs are kept for a week at least",
    severity: "low",
    types: ["aws:cloudwatch/logGroup:LogGroup"],
    controls: ["CKV_AWS_66", "CloudWatch.16", "NIST SP 800-53 AU-11"],
    why: "An attack is seldom found on the day that it happens.",
    fix: "set retentionInDays to 7 or more, or leave it out: logs are kept for ever then",
    check: holds(
      "retentionInDays",
      (days) => isAbsent(days) || days === 0 || Number(days) >= 7,
      "7 or more, 0, absent",
    ),
    example: { violation: "retentionInDays: 1", fixed: "retentionInDays: 365" },
  },
];
