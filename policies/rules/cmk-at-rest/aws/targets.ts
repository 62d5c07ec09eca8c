/** Where data goes on to: second copies, dead letters, logs. Each must be in a resource that other rules judge. */
import { isBoundByPrefix, servicesOf } from "../../../kit/conditions.ts";
import type { Context } from "../../../kit/context.ts";
import { readDocument } from "../../../kit/documents.ts";
import { kmsKeyTypes } from "../../../kit/own-key-aws.ts";
import { all, either, hasCompanion, present, refersTo, type Requirement } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent, isNothing, isObject } from "../../../kit/value.ts";
import { fail, pass, undetermined, type Check } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";

const topicRule = "aws:iot/topicRule:TopicRule";
const fn = "aws:lambda/function:Function";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const queue = "aws:sqs/queue:Queue";
const bucket = "aws:s3/bucket:Bucket";
const deadLetterTypes = [queue, "aws:sns/topic:Topic", bucket, "aws:cloudwatch/eventBus:EventBus", fn];
const controls = ["NIST SP 800-53 SC-28(1)"];
const why = "Data is as safe as the weakest place that a copy of it lies in.";

/** Where each kind of action of a topic rule names its target, and what that may be. */
const ruleTargets: Readonly<Record<string, { readonly path: string; readonly types: readonly string[] }>> = {
  kinesis: { path: "streamName", types: ["aws:kinesis/stream:Stream"] },
  firehose: {
    path: "deliveryStreamName",
    types: ["aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"],
  },
  s3: { path: "bucketName", types: [bucket] },
  sqs: { path: "queueUrl", types: [queue] },
  sns: { path: "targetArn", types: ["aws:sns/topic:Topic"] },
  dynamodb: { path: "tableName", types: ["aws:dynamodb/table:Table"] },
  dynamodbv2: { path: "putItem.tableName", types: ["aws:dynamodb/table:Table"] },
  cloudwatchLogs: { path: "logGroupName", types: [logGroup] },
  timestream: { path: "databaseName", types: ["aws:timestreamwrite/database:Database"] },
  lambda: { path: "functionArn", types: [fn] },
};
const plurals: Readonly<Record<string, string>> = {
  kinesis: "kineses",
  s3: "s3",
  sqs: "sqs",
  sns: "sns",
  cloudwatchLogs: "cloudwatchLogs",
};
const targetsOf = (placeOf: (kind: string) => string): Requirement =>
  all(
    ...Object.entries(ruleTargets).map(([kind, { path, types }]) =>
      refersTo(`${placeOf(kind)}?.${path}`, types, "a resource of this stack"),
    ),
  );
const ruleTarget = targetsOf((kind) => `${plurals[kind] ?? `${kind}s`}[]`);
const errorTarget = targetsOf((kind) => `errorAction.${kind}`);

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

/** The service can't write where the key's policy does not let it, and a key for every log of the region is none. */
function admitsLogs(group: View, context: Context): readonly Check[] {
  const { found, isOpen } = context.graph.referred(group.resource, "kmsKeyId", kmsKeyTypes);
  const [key] = found;
  if (key === undefined) return isOpen ? [undetermined("kmsKeyId")] : [];
  const property = `${key.name}.policy`;
  const { check, statements } = readDocument(context.view(key), "policy");
  if (check.outcome === "undetermined") return [undetermined(property)];
  const admits = statements.some(
    (one) =>
      one.effect === "Allow" &&
      servicesOf(one).some((service) => service.startsWith("logs.")) &&
      isBoundByPrefix(one, "kms:EncryptionContext:aws:logs:arn"),
  );
  const isUnsure = statements.some(({ isOpen: isUnknown }) => isUnknown);
  if (admits) return [pass(property, "admits CloudWatch Logs for named groups")];
  return [
    isUnsure
      ? undetermined(property)
      : fail(property, "not for CloudWatch Logs with kms:EncryptionContext:aws:logs:arn"),
  ];
}

export const awsTargetRules: readonly Rule[] = [
  {
    id: "aws-iot-require-own-targets",
    theme: "cmk-at-rest",
    description: "A topic rule writes to stores of the stack only, whose encryption is judged",
    severity: "high",
    types: [topicRule],
    reads: Object.values(ruleTargets).flatMap(({ types }) => types),
    controls,
    why,
    fix: "name streams, queues, topics, tables, buckets and log groups of the stack",
    concerns: (rule) =>
      Object.keys(ruleTargets).some((kind) => !isNothing(rule.value(plurals[kind] ?? `${kind}s`))),
    check: ruleTarget,
    example: {
      violation: 'kineses: [{ streamName: "elsewhere" }]',
      fixed: "kineses: [{ streamName: stream.name }]",
    },
  },
  {
    id: "aws-iot-require-error-action",
    theme: "cmk-at-rest",
    description: "What a topic rule can't deliver goes to a store of the stack",
    severity: "high",
    types: [topicRule],
    reads: Object.values(ruleTargets).flatMap(({ types }) => types),
    controls: [...controls, "NIST SP 800-53 SI-11"],
    why: "Otherwise messages are lost, or lie where no rule looks.",
    fix: "set errorAction, for example sqs.queueUrl to the url of an aws.sqs.Queue of the stack",
    check: all(
      (rule) => [
        rule.test(
          "errorAction",
          (action) => isObject(action) && Object.keys(action).some((kind) => kind in ruleTargets),
          Object.keys(ruleTargets).join(", "),
        ),
      ],
      errorTarget,
    ),
    example: {
      violation: "no errorAction",
      fixed: "errorAction: { sqs: { queueUrl: deadLetter.url, roleArn, useBase64: false } }",
    },
  },
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
    concerns: (view, context) => !isAbsent(view.value("destinationConfig")) || context.isOurs(view.resource),
    check: refersTo("destinationConfig.onFailure.destinationArn", deadLetterTypes, "a store of this stack"),
    example: {
      violation: 'destinationArn: "arn:aws:sqs:…:elsewhere"',
      fixed: "destinationArn: deadLetter.arn",
    },
  },
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
  {
    id: "aws-logs-require-admitting-key",
    theme: "cmk-at-rest",
    description: "A log group's key lets CloudWatch Logs in for named groups only",
    severity: "medium",
    types: [logGroup],
    reads: [...kmsKeyTypes],
    controls: ["CKV_AWS_158", ...controls],
    why: "Without the context any log group of the account can be opened with the key.",
    fix: "in the key's policy allow logs.<region>.amazonaws.com with the condition ArnLike kms:EncryptionContext:aws:logs:arn",
    concerns: (group, { graph }) => {
      const { found, isOpen } = graph.referred(group.resource, "kmsKeyId", kmsKeyTypes);
      return found.length > 0 || isOpen;
    },
    check: admitsLogs,
    example: {
      violation: 'Principal: { Service: "logs.…" } without condition',
      fixed: 'ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:…:log-group:mine-*" }',
    },
  },
  {
    id: "aws-cloudtrail-require-own-bucket",
    theme: "cmk-at-rest",
    description: "A trail is kept in a bucket of the stack, and can't be changed unseen",
    severity: "medium",
    types: ["aws:cloudtrail/trail:Trail"],
    reads: [bucket],
    controls: ["CKV_AWS_36", "CKV_AWS_67", "CloudTrail.4", "AWS-0016"],
    why: "The record of an attack is what an attacker changes first.",
    fix: "set s3BucketName to a bucket of the stack and enableLogFileValidation to true",
    check: all(refersTo("s3BucketName", [bucket], "a bucket of this stack"), (view) => [
      view.isTrue("enableLogFileValidation"),
      view.notFalse("enableLogging"),
    ]),
    example: { violation: "enableLogFileValidation: false", fixed: "enableLogFileValidation: true" },
  },
  {
    id: "aws-secretsmanager-require-rotation",
    theme: "cmk-at-rest",
    description: "Every secret is changed at least every 90 days",
    severity: "medium",
    types: ["aws:secretsmanager/secret:Secret"],
    reads: ["aws:secretsmanager/secretRotation:SecretRotation"],
    controls: ["CKV2_AWS_57", "CKV_AWS_304", "SecretsManager.1", "SecretsManager.4"],
    why: "A secret that leaked unseen serves the thief until it is changed.",
    fix: "add an aws.secretsmanager.SecretRotation with rotationRules.automaticallyAfterDays of 90 or less",
    check: hasCompanion(
      ["aws:secretsmanager/secretRotation:SecretRotation"],
      "secretId",
      "an aws.secretsmanager.SecretRotation",
      either(
        (rotation) => [rotation.atMost("rotationRules.automaticallyAfterDays", 90)],
        present("rotationRules.scheduleExpression"),
      ),
    ),
    example: {
      violation: "a Secret alone",
      fixed:
        "new aws.secretsmanager.SecretRotation(name, { secretId: secret.id, rotationRules: { automaticallyAfterDays: 30 } })",
    },
  },
];
