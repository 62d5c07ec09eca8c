/** Lambda on a queue of `Object Created` of frame tables: models score what landed. Bundled by functions/build.ts. */

import type { S3ObjectCreatedNotificationEvent, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { awsAccess } from "../adapters/aws-client.ts";
import { embeddedMetrics } from "../adapters/embedded-metrics.ts";
import { required } from "../adapters/environment.ts";
import { frameFiles } from "../adapters/frame-files.ts";
import { lazily } from "../adapters/lazily.ts";
import { s3List } from "../adapters/s3-list.ts";
import { s3Files, s3Objects } from "../adapters/s3.ts";
import { streamScores } from "../adapters/stream-scores.ts";
import { FrameScoring, type FrameScoringPorts } from "../scoring/frame-scoring.ts";
import { modelsIn, type LoadedModel } from "../scoring/loaded-models.ts";

type Queued = Pick<S3ObjectCreatedNotificationEvent, "detail">;

/**
 * A file that can't be read comes again by itself until the queue puts it aside. Rejects where the lake or the stream
 * fails: all of the batch comes again.
 */
export function createHandler(bucket: string, models: readonly LoadedModel[], ports: FrameScoringPorts) {
  const scoring = new FrameScoring(models, ports);
  return async ({ Records }: Pick<SQSEvent, "Records">): Promise<SQSBatchResponse> => {
    const news = Records.map(({ messageId, body }) => {
      const { detail } = JSON.parse(body) as Queued;
      if (detail.bucket.name !== bucket)
        throw new Error(`an event of ${detail.bucket.name}: it is not ${bucket}`);
      return { messageId, key: detail.object.key };
    });
    const failed = await scoring.score(news.map(({ key }) => key));
    for (const [key, error] of failed) console.error(`${key} is not scored: ${error.message}`);
    const again = news.filter(({ key }) => failed.has(key));
    return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

export const handler = lazily(() => {
  const { env } = process;
  const access = awsAccess(env);
  const bucket = required(env, "CURATED_BUCKET");
  return createHandler(bucket, modelsIn(required(env, "LAMBDA_TASK_ROOT")), {
    files: frameFiles(bucket, s3Objects(access), s3Files(access), s3List(access)),
    send: streamScores(access, required(env, "STREAM_ARN")),
    metrics: embeddedMetrics(required(env, "TENANT")),
    now: Date.now,
  });
});
