/** Functions, schedules, workflows. */
import { account, key, logGroup, logsKey, queue, role } from "./parts.ts";
import { ref, sound, type Sound } from "../stack.ts";

export const awsFunctions: Readonly<Record<string, readonly Sound[]>> = {
  "functions and what calls them": [
    key(),
    logsKey(),
    queue("failed"),
    role("worker", "lambda.amazonaws.com"),
    logGroup("work-logs", "/plant/work"),
    sound("aws:lambda/function:Function", "work", {
      role: ref("worker"),
      runtime: "nodejs22.x",
      handler: "index.handler",
      s3Bucket: "code",
      s3Key: "work.zip",
      sourceKmsKeyArn: ref("key"),
      kmsKeyArn: ref("key"),
      environment: {
        variables: {
          TABLE: "latest",
          SECRET_ARN: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db",
        },
      },
      loggingConfig: { logFormat: "JSON", logGroup: ref("work-logs", "name") },
      deadLetterConfig: { targetArn: ref("failed") },
    }),
    sound("aws:iam/rolePolicy:RolePolicy", "worker-may", {
      role: ref("worker", "id"),
      policy: {
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: ref("failed") },
          {
            Effect: "Allow",
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: ref("key"),
            Condition: { StringEquals: { "kms:ViaService": "sqs.eu-central-1.amazonaws.com" } },
          },
        ],
      },
    }),
    sound("aws:lambda/permission:Permission", "may-call", {
      action: "lambda:InvokeFunction",
      function: ref("work", "name"),
      principal: "events.amazonaws.com",
      sourceArn: ref("hourly"),
      sourceAccount: account,
    }),
    sound("aws:cloudwatch/eventRule:EventRule", "hourly", { scheduleExpression: "rate(1 hour)" }),
    sound("aws:cloudwatch/eventTarget:EventTarget", "hourly-target", {
      rule: ref("hourly", "name"),
      arn: ref("work"),
      deadLetterConfig: { arn: ref("failed") },
    }),
    sound("aws:lambda/functionUrl:FunctionUrl", "url", {
      functionName: ref("work", "name"),
      authorizationType: "AWS_IAM",
    }),
    sound("aws:scheduler/schedule:Schedule", "nightly", {
      scheduleExpression: "cron(0 2 * * ? *)",
      flexibleTimeWindow: { mode: "OFF" },
      kmsKeyArn: ref("key"),
      target: { arn: ref("work"), roleArn: ref("scheduler"), deadLetterConfig: { arn: ref("failed") } },
    }),
    role("scheduler", "scheduler.amazonaws.com"),
    logGroup("flow-logs", "/aws/vendedlogs/states/flow"),
    sound("aws:sfn/stateMachine:StateMachine", "flow", {
      definition: "{}",
      roleArn: ref("worker"),
      encryptionConfiguration: {
        type: "CUSTOMER_MANAGED_KMS_KEY",
        kmsKeyId: ref("key"),
        kmsDataKeyReusePeriodSeconds: 300,
      },
      loggingConfiguration: { level: "ALL", logDestination: `${ref("flow-logs")}:*` },
    }),
    sound("aws:kinesis/stream:Stream", "readings", { encryptionType: "KMS", kmsKeyId: ref("key") }),
    sound("aws:lambda/eventSourceMapping:EventSourceMapping", "feed", {
      eventSourceArn: ref("readings"),
      functionName: ref("work", "name"),
      startingPosition: "LATEST",
      bisectBatchOnFunctionError: true,
      kmsKeyArn: ref("key"),
      filterCriteria: { filters: [{ pattern: JSON.stringify({ data: { site: ["plant"] } }) }] },
      destinationConfig: { onFailure: { destinationArn: ref("failed") } },
    }),
    sound("aws:cloudwatch/eventBus:EventBus", "bus", { name: "plant", kmsKeyIdentifier: ref("key") }),
  ],
};
