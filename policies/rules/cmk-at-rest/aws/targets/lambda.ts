/** What a function leaves behind - logs, dead letters, failed batches - lies where a rule sees it. */
import { type Requirement, refersTo } from "../../../../kit/requirements.ts";
import type { Context } from "../../../../kit/context.ts";
import type { Rule } from "../../../../kit/rule.ts";
import type { View } from "../../../../kit/view.ts";
import { isAbsent } from "../../../../kit/value.ts";
import { pass } from "../../../../kit/verdict.ts";

const fn = "aws:lambda/function:Function";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const queue = "aws:sqs/queue:Queue";
const bucket = "aws:s3/bucket:Bucket";
const deadLetterTypes = [queue, "aws:sns/topic:Topic", bucket, "aws:cloudwatch/eventBus:EventBus", fn];
const controls = ["NIST SP 800-53 SC-28(1)"];
const why = "Data is as safe as the weakest place that a copy of it lies in.";
const isInOwnGroup: Requirement = (view, context) => {
  const named = refersTo(
    "loggingConfig.logGroup",
    [logGroup],
    "an aws.cloudwatch.LogGroup of this stack",
  )(view, context);
  if (!isAbsent(view.value("loggingConfig.logGroup"))) return named;
  const names = [view.value("name"), view.resource.outputs["name"]].map(
    (name) => `/aws/lambda/${String(name)}`,
  );
  const group = context.ofTypes([logGroup]).find((one) => names.includes(String(one.value("name"))));
  return group === undefined ? named : [pass("loggingConfig.logGroup", group.resource.name)];
};

const isFromQueue = (view: View, { graph }: Context): boolean =>
  String(view.value("eventSourceArn") ?? "").split(":")[2] === "sqs" ||
  graph.referred(view.resource, "eventSourceArn", [queue]).found.length > 0;

export const awsTargetsLambdaKeyRules: readonly Rule[] = [
  {
    id: "aws-lambda-require-own-log-group",
    theme: "cmk-at-rest",
    description: "A function logs to a group of the stack, whose key is judged",
    severity: "medium",
    types: [fn],
    reads: [logGroup],
    controls,
    why: "Lambda makes a group without key and without end where none is named.",
    fix: "set loggingConfig.logGroup to the name of an aws.cloudwatch.LogGroup with kmsKeyId",
    check: isInOwnGroup,
    example: {
      violation: "no loggingConfig",
      fixed: 'loggingConfig: { logFormat: "JSON", logGroup: group.name }',
    },
  },
  {
    id: "aws-lambda-require-own-dead-letter",
    theme: "cmk-at-rest",
    description: "What a function can't process goes to a store of the stack",
    severity: "medium",
    types: [fn],
    reads: [...deadLetterTypes, "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"],
    controls: ["CKV_AWS_116", ...controls],
    why,
    fix: "set deadLetterConfig.targetArn to the arn of an aws.sqs.Queue of the stack, or leave it out",
    concerns: (view, context) => !isAbsent(view.value("deadLetterConfig")) || context.isOurs(view.resource),
    check: refersTo("deadLetterConfig.targetArn", deadLetterTypes, "a queue or topic of this stack"),
    example: { violation: 'targetArn: "arn:aws:sqs:…:elsewhere"', fixed: "targetArn: deadLetter.arn" },
  },
  {
    id: "aws-lambda-require-own-failure-destination",
    theme: "cmk-at-rest",
    description: "What a function can't process of a stream goes to a store of the stack",
    severity: "medium",
    types: ["aws:lambda/eventSourceMapping:EventSourceMapping"],
    reads: deadLetterTypes,
    controls: ["CKV_AWS_116", ...controls],
    why,
    fix: "set destinationConfig.onFailure.destinationArn to the arn of a queue, topic or bucket of the stack",
    // What can't be processed of a queue stays in it, or goes where its own redrive policy says.
    concerns: (view, context) =>
      !isAbsent(view.value("destinationConfig")) ||
      (context.isOurs(view.resource) && !isFromQueue(view, context)),
    check: refersTo("destinationConfig.onFailure.destinationArn", deadLetterTypes, "a store of this stack"),
    example: {
      violation: 'destinationArn: "arn:aws:sqs:…:elsewhere"',
      fixed: "destinationArn: deadLetter.arn",
    },
  },
];
