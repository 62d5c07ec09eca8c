/** What EventBridge can't deliver lies where a rule sees it. */
import { refersTo } from "../../../../kit/requirements.ts";
import type { Rule } from "../../../../kit/rule.ts";
import { isAbsent } from "../../../../kit/value.ts";

const queue = "aws:sqs/queue:Queue";
const controls = ["NIST SP 800-53 SC-28(1)"];
const why = "Data is as safe as the weakest place that a copy of it lies in.";

export const awsTargetsEventsKeyRules: readonly Rule[] = [
  {
    id: "aws-events-require-own-dead-letter",
    theme: "cmk-at-rest",
    description: "Events that can't be delivered go to a queue of the stack",
    severity: "medium",
    types: ["aws:cloudwatch/eventTarget:EventTarget", "aws:cloudwatch/eventBus:EventBus"],
    reads: [queue],
    controls,
    why,
    fix: "set deadLetterConfig.arn to the arn of an aws.sqs.Queue of the stack, or leave it out",
    concerns: (view, context) =>
      !isAbsent(view.value("deadLetterConfig")) ||
      (context.isOurs(view.resource) && view.resource.type.includes("eventTarget")),
    check: refersTo("deadLetterConfig.arn", [queue], "a queue of this stack"),
    example: { violation: 'arn: "arn:aws:sqs:…:elsewhere"', fixed: "arn: deadLetter.arn" },
  },
  {
    id: "aws-scheduler-require-own-dead-letter",
    theme: "cmk-at-rest",
    description: "Schedules that can't be run leave their input in a queue of the stack",
    severity: "low",
    types: ["aws:scheduler/schedule:Schedule"],
    reads: [queue],
    controls,
    why,
    fix: "set target.deadLetterConfig.arn to the arn of an aws.sqs.Queue of the stack, or leave it out",
    concerns: (view, context) =>
      !isAbsent(view.value("target.deadLetterConfig")) || context.isOurs(view.resource),
    check: refersTo("target.deadLetterConfig.arn", [queue], "a queue of this stack"),
    example: { violation: 'arn: "arn:aws:sqs:…:elsewhere"', fixed: "arn: deadLetter.arn" },
  },
];
