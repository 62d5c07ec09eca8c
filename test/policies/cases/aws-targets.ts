import { keyArn } from "../support/aws.ts";
import type { RuleCases, Stack } from "../support/cases.ts";
import { notKnownYet, resource, type Written } from "../support/stack.ts";
import { weakened } from "../support/weakened.ts";

const queueArn = "arn:aws:sqs:eu-central-1:123456789012:dead";
const queueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/dead";
const queue = resource(
  "aws:sqs/queue:Queue",
  {},
  { name: "dead", outputs: { arn: queueArn, url: queueUrl } },
);
const stream = resource("aws:kinesis/stream:Stream", { name: "rows" }, { name: "rows" });
const group = resource("aws:cloudwatch/logGroup:LogGroup", { name: "/aws/lambda/decoder" }, { name: "logs" });
const roleArn = "arn:aws:iam::123456789012:role/rule";
const elsewhere = "arn:aws:sqs:eu-central-1:999999999999:elsewhere";
const fn = "aws:lambda/function:Function";

const logged = (statement: object): Stack => [
  resource(
    "aws:kms/key:Key",
    { policy: JSON.stringify({ Statement: [statement] }) },
    { name: "key", outputs: { arn: keyArn } },
  ),
  resource("aws:cloudwatch/logGroup:LogGroup", { kmsKeyId: keyArn }, { name: "logs" }),
];
const admitting = {
  Effect: "Allow",
  Principal: { Service: "logs.eu-central-1.amazonaws.com" },
  Action: "kms:Decrypt",
  Condition: {
    ArnLike: {
      "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-central-1:123456789012:log-group:mine",
    },
  },
};
const secret = resource(
  "aws:secretsmanager/secret:Secret",
  {},
  { name: "secret", outputs: { id: "s-1", arn: "s-1" } },
);
const rotation = (inputs: object): Written =>
  resource("aws:secretsmanager/secretRotation:SecretRotation", inputs);

export const awsTargetCases: RuleCases = {
  "aws-iot-require-own-targets": weakened({
    token: "aws:iot/topicRule:TopicRule",
    inputs: { kineses: [{ streamName: "rows", roleArn }], sqs: [{ queueUrl, roleArn, useBase64: false }] },
    others: [stream, queue],
    weak: { "kineses[0].streamName": ["elsewhere", ""], "sqs[0].queueUrl": ["https://sqs/elsewhere"] },
    alsoWrong: [
      { lambdas: [{ functionArn: "arn:aws:lambda:elsewhere" }] },
      { s3: [{ bucketName: "elsewhere", key: "k", roleArn }] },
    ],
  }),
  "aws-iot-require-error-action": weakened({
    token: "aws:iot/topicRule:TopicRule",
    inputs: { errorAction: { sqs: { queueUrl, roleArn, useBase64: false } } },
    others: [queue],
    weak: { "errorAction.sqs.queueUrl": ["https://sqs/elsewhere"] },
    alsoWrong: [{}, { errorAction: null }],
  }),
  "aws-lambda-require-own-log-group": weakened({
    token: fn,
    inputs: { loggingConfig: { logFormat: "JSON", logGroup: "/aws/lambda/decoder" } },
    others: [group],
    weak: { "loggingConfig.logGroup": ["/aws/lambda/other", ""] },
    alsoRight: [{ name: "decoder" }],
    alsoWrong: [{ name: "encoder" }],
  }),
  "aws-lambda-require-own-dead-letter": weakened({
    token: fn,
    inputs: { deadLetterConfig: { targetArn: queueArn } },
    others: [queue],
    weak: { "deadLetterConfig.targetArn": [elsewhere] },
  }),
  "aws-lambda-require-own-failure-destination": weakened({
    token: "aws:lambda/eventSourceMapping:EventSourceMapping",
    inputs: { destinationConfig: { onFailure: { destinationArn: queueArn } } },
    others: [queue],
    weak: { "destinationConfig.onFailure.destinationArn": [elsewhere] },
  }),
  "aws-events-require-own-dead-letter": weakened({
    token: "aws:cloudwatch/eventTarget:EventTarget",
    inputs: { deadLetterConfig: { arn: queueArn } },
    others: [queue],
    weak: { "deadLetterConfig.arn": [elsewhere] },
  }),
  "aws-scheduler-require-own-dead-letter": weakened({
    token: "aws:scheduler/schedule:Schedule",
    inputs: { target: { arn: "arn:aws:lambda:x", roleArn, deadLetterConfig: { arn: queueArn } } },
    others: [queue],
    weak: { "target.deadLetterConfig.arn": [elsewhere] },
  }),
  "aws-logs-require-admitting-key": {
    compliant: [logged(admitting)],
    violating: [
      logged({ ...admitting, Condition: undefined }),
      logged({ ...admitting, Effect: "Deny" }),
      logged({ ...admitting, Principal: { Service: "sqs.amazonaws.com" } }),
      logged({ ...admitting, Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "*" } } }),
    ],
    absent: [logged({ Effect: "Allow", Principal: { AWS: roleArn } })],
    unknown: [
      resource("aws:cloudwatch/logGroup:LogGroup", { kmsKeyId: notKnownYet }),
      logged({ ...admitting, Condition: notKnownYet }),
    ],
  },
  "aws-cloudtrail-require-own-bucket": weakened({
    token: "aws:cloudtrail/trail:Trail",
    inputs: { s3BucketName: "trails", enableLogFileValidation: true },
    others: [resource("aws:s3/bucket:Bucket", { bucket: "trails" }, { name: "trails" })],
    weak: { s3BucketName: ["elsewhere"], enableLogFileValidation: [false] },
    alsoWrong: [{ s3BucketName: "trails", enableLogFileValidation: true, enableLogging: false }],
  }),
  "aws-secretsmanager-require-rotation": {
    compliant: [
      [secret, rotation({ secretId: "s-1", rotationRules: { automaticallyAfterDays: 30 } })],
      [secret, rotation({ secretId: "s-1", rotationRules: { scheduleExpression: "rate(10 days)" } })],
    ],
    violating: [[secret, rotation({ secretId: "s-1", rotationRules: { automaticallyAfterDays: 365 } })]],
    absent: [
      secret,
      [secret, rotation({ secretId: "s-1" })],
      [secret, rotation({ secretId: "another", rotationRules: { automaticallyAfterDays: 30 } })],
    ],
    unknown: [[secret, rotation({ secretId: notKnownYet, rotationRules: { automaticallyAfterDays: 30 } })]],
  },
};
