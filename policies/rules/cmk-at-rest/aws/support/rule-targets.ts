/** Where IoT topic rules write: which properties name what. */
import { type Requirement, all, refersTo } from "../../../../kit/requirements.ts";

const fn = "aws:lambda/function:Function";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const queue = "aws:sqs/queue:Queue";
const bucket = "aws:s3/bucket:Bucket";
/** Where each kind of action of a topic rule names its target, and what that may be. */
export const ruleTargets: Readonly<
  Record<string, { readonly path: string; readonly types: readonly string[] }>
> = {
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
export const plurals: Readonly<Record<string, string>> = {
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
export const ruleTarget = targetsOf((kind) => `${plurals[kind] ?? `${kind}s`}[]`);
export const errorTarget = targetsOf((kind) => `errorAction.${kind}`);
