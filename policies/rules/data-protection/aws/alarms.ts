/** Alarms of Fieldlake tell somebody. */
import { all, holds, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isOurs } from "../../support/ours.ts";

export const awsAlarmsProtectionRules: readonly Rule[] = [
  {
    id: "aws-alarms-keep-on",
    theme: "data-protection",
    description: "Alarms of Fieldlake tell somebody",
    severity: "low",
    types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
    controls: ["CKV_AWS_319", "CloudWatch.15", "NIST SP 800-53 SI-4"],
    why: "An alarm that nobody hears is none.",
    fix: "leave actionsEnabled true and name a topic in alarmActions",
    concerns: isOurs,
    check: all(
      present("alarmActions"),
      holds("actionsEnabled", (one) => one !== false, "true, absent"),
    ),
    example: { violation: "actionsEnabled: false", fixed: "actionsEnabled: true, alarmActions: [topic.arn]" },
  },
];
