import { Stream } from "@pulumi/aws/kinesis/stream.js";
import { EventSourceMapping } from "@pulumi/aws/lambda/eventSourceMapping.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { AwsContext } from "./context.ts";
import type { BuiltFunction } from "./function.ts";
import { arn, bucketArn } from "./names.ts";
import type { Statement } from "./policy-document.ts";
import { useKey } from "./roles.ts";
import type { ZoneBucket } from "./zones.ts";

/** Shards that an on-demand stream is expected to grow to: what concurrency is kept for. */
const onDemandShards = 16;
/** Most batches of one shard that Lambda works on at a time; records of a device stay in order. */
export const maximumParallel = 10;

export const shardsOf = ({ settings }: AwsContext): number =>
  typeof settings.shards === "number" ? settings.shards : onDemandShards;

/** Ordered by device, replayable while it retains. */
export function createStream(name: string, context: AwsContext, opts: CustomResourceOptions): Stream {
  const { shards, streamRetentionHours } = context.settings;
  return new Stream(
    `${name}-kinesis`,
    {
      encryptionType: "KMS",
      kmsKeyId: context.key.arn,
      retentionPeriod: streamRetentionHours,
      streamModeDetails: { streamMode: typeof shards === "number" ? "PROVISIONED" : "ON_DEMAND" },
      ...(typeof shards === "number" ? { shardCount: shards } : {}),
    },
    opts,
  );
}

/** What the decoder may do with its stream, and where Lambda puts a batch that it gave up on. */
export function streamPermissions(
  stream: Stream,
  quarantine: ZoneBucket,
  context: AwsContext,
): { data: Statement[]; keys: Statement[] } {
  return {
    data: [
      {
        Sid: "ReadStream",
        Effect: "Allow",
        Action: [
          "kinesis:DescribeStream",
          "kinesis:DescribeStreamSummary",
          "kinesis:GetRecords",
          "kinesis:GetShardIterator",
          "kinesis:ListShards",
        ],
        Resource: arn(
          context,
          "kinesis",
          stream.name.apply((its) => `stream/${its}`),
        ),
      },
      {
        Sid: "FindFailureBucket",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: bucketArn(context, quarantine.name),
      },
      {
        Sid: "KeepFailures",
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: bucketArn(
          context,
          quarantine.name.apply((bucket) => `${bucket}/aws/lambda/*`),
        ),
      },
    ],
    keys: [useKey(context, "DecryptStream", context.key.arn, "read", ["kinesis"])],
  };
}

/** Finite retries; a batch that fails is halved until the record that fails it is alone, and goes whole to S3. */
export function consume(
  name: string,
  stream: Stream,
  decoder: BuiltFunction,
  quarantine: ZoneBucket,
  concurrency: number,
  context: AwsContext,
  opts: CustomResourceOptions,
): EventSourceMapping {
  return new EventSourceMapping(
    `${name}-consumer`,
    {
      eventSourceArn: stream.arn,
      functionName: decoder.function.arn,
      startingPosition: "TRIM_HORIZON",
      batchSize: 5_000,
      maximumBatchingWindowInSeconds: 20,
      parallelizationFactor: Math.min(concurrency, maximumParallel),
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ["ReportBatchItemFailures"],
      maximumRetryAttempts: 5,
      maximumRecordAgeInSeconds: Math.min(context.settings.streamRetentionHours * 3_600, 604_800),
      destinationConfig: { onFailure: { destinationArn: bucketArn(context, quarantine.name) } },
      metricsConfig: { metrics: ["EventCount"] },
    },
    opts,
  );
}
