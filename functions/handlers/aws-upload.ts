/** Lambda on a queue of `Object Created` below `offline/` of the raw zone: uploaded files become rows. Bundled by functions/build.ts. */

import type { Context, S3ObjectCreatedNotificationEvent, SQSEvent } from "aws-lambda";
import { awsAccess } from "../adapters/aws-client.ts";
import { awsJson } from "../adapters/aws-json.ts";
import { embeddedMetrics } from "../adapters/embedded-metrics.ts";
import { required } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";
import { s3Files, s3Objects } from "../adapters/s3.ts";
import { uploadHost } from "../adapters/upload-host.ts";
import { takeUploaded, type UploadPorts, type UploadProgress } from "../uploaded-file.ts";

/** What the queue holds: the event, and in a file's second turn how far the first came. */
interface Queued {
  readonly detail: Pick<S3ObjectCreatedNotificationEvent["detail"], "bucket" | "object">;
  readonly progress?: UploadProgress;
}

/** Milliseconds in which a batch is certainly written. */
const reserve = 120_000;

/** @param again puts a file behind the others, to go on with it; its rows so far are written */
export function createHandler(bucket: string, ports: UploadPorts, again: (body: string) => Promise<void>) {
  return async (
    { Records }: Pick<SQSEvent, "Records">,
    { getRemainingTimeInMillis: left }: Pick<Context, "getRemainingTimeInMillis">,
  ): Promise<void> => {
    for (const { body } of Records) {
      const { detail, progress = null } = JSON.parse(body) as Queued;
      if (detail.bucket.name !== bucket)
        throw new Error(`an event of ${detail.bucket.name}: it is not ${bucket}`);
      const rest = await takeUploaded(bucket, detail.object.key, ports, progress, () => left() > reserve);
      if (rest !== null) await again(JSON.stringify({ detail, progress: rest } satisfies Queued));
    }
  };
}

export const handler = lazily(() => {
  const { env } = process;
  const access = awsAccess(env);
  const zones = { curated: required(env, "CURATED_BUCKET"), quarantine: required(env, "QUARANTINE_BUCKET") };
  const queue = required(env, "UPLOAD_QUEUE");
  const ports = uploadHost(
    required(env, "LAMBDA_TASK_ROOT"),
    s3Files(access),
    s3Objects(access),
    zones,
    embeddedMetrics,
  );
  return createHandler(required(env, "RAW_BUCKET"), ports, async (MessageBody) => {
    const answer = await awsJson(access, "sqs", "SendMessage", { QueueUrl: queue, MessageBody });
    if (!answer.ok) throw new Error(`the queue of uploads takes nothing: HTTP ${answer.status}`);
  });
});
