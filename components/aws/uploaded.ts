import { EventSourceMapping } from "@pulumi/aws/lambda/eventSourceMapping.js";
import { BucketNotification } from "@pulumi/aws/s3/bucketNotification.js";
import { interpolate, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { manifestFolder } from "../../functions/agreements.ts";
import { offlineFolder } from "../../functions/core/files/upload-key.ts";
import { quarantineTable, readingsTable } from "../../functions/core/table.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import type { AwsContext } from "./context.ts";
import { tellOfFiles } from "./file-news.ts";
import { createFunction, type BuiltFunction } from "./function.ts";
import { arn, bucketArn } from "./names.ts";
import { deadLetterQueue, encryptedQueue } from "./queue.ts";
import { useKey } from "./roles.ts";
import type { Zones } from "./zones.ts";

export interface UploadedArgs {
  readonly bundle: FunctionBundle;
  /** Files beside the bundle, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly zones: Zones;
}

export interface Uploaded {
  readonly built: BuiltFunction;
  /** Names of the queues in which something waits only if it failed, by what failed. */
  readonly undelivered: Readonly<Record<"uploads" | "upload-events", Output<string>>>;
}

/** Seconds of one turn of a file: a longer one goes on in the next. */
const turnSeconds = 600;
/** Lambda wants six times its function's limit; a file whose turn failed comes again after it. */
const hiddenSeconds = 6 * turnSeconds;
/** Turns of a file that may fail before somebody has to look. */
const attempts = 3;
/** Files at a time: the least that Lambda takes. */
const parallel = 2;

/**
 * Every file that comes to lie below `offline/` in the raw zone becomes rows, whoever sent it: a queue keeps the news, a
 * function reads the file by ranges. It reads nothing of the raw zone but these files, and nothing of what it writes.
 */
export function createUploaded(
  name: string,
  { bundle, files, zones }: UploadedArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): Uploaded {
  const { raw, curated, quarantine } = zones;
  const below = (bucket: typeof raw, prefix: string) =>
    bucketArn(context, interpolate`${bucket.name}/${prefix}/*`);
  const failed = deadLetterQueue(`${name}-uploads-dead-letter`, context, opts);
  const queue = encryptedQueue(`${name}-uploads`, context, opts, {
    from: "events",
    visibilityTimeoutSeconds: hiddenSeconds,
    redrive: { to: failed, after: attempts },
  });
  const queueArn = arn(context, "sqs", queue.name);
  const built = createFunction(
    `${name}-upload`,
    {
      description: "makes rows of uploaded files",
      bundle,
      files,
      environment: {
        RAW_BUCKET: raw.name,
        CURATED_BUCKET: curated.name,
        QUARANTINE_BUCKET: quarantine.name,
        UPLOAD_QUEUE: queue.url,
      },
      memoryMegabytes: 2_048,
      timeoutSeconds: turnSeconds,
      reservedConcurrency: parallel,
      permissions: {
        data: [
          {
            Sid: "ReadUploads",
            Effect: "Allow",
            Action: "s3:GetObject",
            Resource: below(raw, offlineFolder),
          },
          {
            Sid: "WriteRows",
            Effect: "Allow",
            Action: "s3:PutObject",
            Resource: [
              below(curated, readingsTable.name),
              below(curated, "frames_*"),
              below(curated, `${manifestFolder}/${offlineFolder}`),
            ],
          },
          {
            Sid: "Quarantine",
            Effect: "Allow",
            Action: "s3:PutObject",
            Resource: below(quarantine, quarantineTable.name),
          },
          {
            Sid: "TakeTurns",
            Effect: "Allow",
            Action: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:SendMessage"],
            Resource: queueArn,
          },
        ],
        keys: [
          useKey(context, "ReadUploads", raw.keyArn, "read", ["s3"]),
          useKey(context, "EncryptRows", curated.keyArn, "write", ["s3"]),
          useKey(context, "EncryptQuarantine", quarantine.keyArn, "write", ["s3"]),
        ],
      },
    },
    context,
    opts,
  );
  new BucketNotification(`${name}-upload-events`, { bucket: raw.bucket.bucket, eventbridge: true }, opts);
  const { undelivered } = tellOfFiles(
    `${name}-upload`,
    {
      untold: `${name}-upload-events-dead-letter`,
      description: "an uploaded file is there",
      bucket: raw,
      prefixes: [`${offlineFolder}/`],
    },
    queue.arn,
    context,
    opts,
  );
  new EventSourceMapping(
    `${name}-upload-turns`,
    {
      eventSourceArn: queueArn,
      functionName: built.function.arn,
      batchSize: 1,
      scalingConfig: { maximumConcurrency: parallel },
      metricsConfig: { metrics: ["EventCount"] },
    },
    opts,
  );
  return { built, undelivered: { uploads: failed.name, "upload-events": undelivered.name } };
}
