import { EventSourceMapping } from "@pulumi/aws/lambda/eventSourceMapping.js";
import { interpolate, output, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import type { EncryptionState } from "../contracts/common.ts";
import type { ScoringPackage } from "../shared/scoring-package.ts";
import type { AwsContext } from "./context.ts";
import { tellOfFiles } from "./file-news.ts";
import { createFunction, type BuiltFunction } from "./function.ts";
import { arn, bucketArn } from "./names.ts";
import { deadLetterQueue, encryptedQueue } from "./queue.ts";
import { useKey } from "./roles.ts";
import { scoringConcurrency } from "./settings.ts";
import { deliveryOf } from "./topic-rules.ts";
import type { ZoneBucket } from "./zones.ts";

export interface ScoringArgs {
  readonly environment: string;
  readonly package: ScoringPackage;
  readonly curated: ZoneBucket;
  /** ARN of the stream that the decoder reads. */
  readonly stream: Output<string>;
}

export interface Scoring {
  readonly built: BuiltFunction;
  /** Names of the queues in which something waits only if it failed, by what failed. */
  readonly undelivered: Readonly<Record<"frames" | "frame-events", Output<string>>>;
}

export const scoringState = ({ built }: Scoring, { key }: AwsContext): EncryptionState => ({
  component: "KnowledgeBase",
  name: "scoring",
  detail: interpolate`Lambda ${built.function.name}: models, settings, code, logs; queues of files`,
  inTransit: "TLS 1.2 or later",
  atRest: "AES-256 (KMS)",
  keyId: key.arn,
});

const turnSeconds = 300;
/** News of one turn; each is a file of a batch of messages. */
const filesOfTurn = 50;
/** Turns of a file that may fail before somebody has to look; what is hidden meanwhile makes hours of them. */
const attempts = 5;

/**
 * Models score every file of frames that lands in the curated zone, whoever wrote it, and put their scores into the stream
 * of the devices' own messages. The function reads the tables of its models and nothing else, and writes nothing.
 */
export function createScoring(
  name: string,
  { environment, package: made, curated, stream }: ScoringArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): Scoring {
  const { bundle, files, tables, wait } = made;
  const failed = deadLetterQueue(`${name}-frames-dead-letter`, context, opts);
  const queue = encryptedQueue(`${name}-frames`, context, opts, {
    from: "events",
    // Lambda wants six times its function's limit, and what it gathers beside.
    visibilityTimeoutSeconds: 6 * turnSeconds + wait,
    redrive: { to: failed, after: attempts },
  });
  const queueArn = arn(context, "sqs", queue.name);
  const into = output(stream).apply(deliveryOf);
  const built = createFunction(
    `${name}-scoring`,
    {
      description: "models score frames that landed",
      bundle,
      files,
      environment: { TENANT: environment, CURATED_BUCKET: curated.name, STREAM_ARN: stream },
      memoryMegabytes: 2_048,
      timeoutSeconds: turnSeconds,
      reservedConcurrency: scoringConcurrency,
      permissions: {
        data: [
          {
            Sid: "FindFrames",
            Effect: "Allow",
            Action: "s3:ListBucket",
            Resource: bucketArn(context, curated.name),
            Condition: { StringLike: { "s3:prefix": tables.map((table) => `${table}/*`) } },
          },
          {
            Sid: "ReadFrames",
            Effect: "Allow",
            Action: "s3:GetObject",
            Resource: tables.map((table) => bucketArn(context, interpolate`${curated.name}/${table}/*`)),
          },
          {
            Sid: "TellScores",
            Effect: "Allow",
            Action: into.apply(({ service }) =>
              service === "kinesis" ? "kinesis:PutRecords" : "firehose:PutRecordBatch",
            ),
            Resource: stream,
          },
          {
            Sid: "TakeNews",
            Effect: "Allow",
            Action: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
            Resource: queueArn,
          },
        ],
        keys: [
          useKey(context, "ReadFrames", curated.keyArn, "read", ["s3"]),
          useKey(context, "EncryptScores", context.key.arn, "write", ["kinesis"]),
        ],
      },
    },
    context,
    opts,
  );
  const { undelivered } = tellOfFiles(
    `${name}-frames`,
    {
      untold: `${name}-frame-events-dead-letter`,
      description: "a file of frames is there",
      bucket: curated,
      prefixes: tables.map((table) => `${table}/`),
    },
    queue.arn,
    context,
    opts,
  );
  new EventSourceMapping(
    `${name}-frames-turns`,
    {
      eventSourceArn: queueArn,
      functionName: built.function.arn,
      batchSize: filesOfTurn,
      maximumBatchingWindowInSeconds: wait,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: scoringConcurrency },
      metricsConfig: { metrics: ["EventCount"] },
    },
    opts,
  );
  return { built, undelivered: { frames: failed.name, "frame-events": undelivered.name } };
}
