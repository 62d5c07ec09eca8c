import { EventSourceMapping } from "@pulumi/aws/lambda/eventSourceMapping.js";
import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { AwsContext } from "./context.ts";
import type { BuiltFunction } from "./function.ts";
import { arn } from "./names.ts";
import { permit } from "./roles.ts";

/** Seconds that the decoder may take for a batch, from a stream or from the error queue. */
export const decoderSeconds = 120;

/** Lambda wants six times its function's limit; messages whose decoding failed come again after it. */
export const redeliverySeconds = 6 * decoderSeconds;

/** Batches of the error queue at a time: the least that Lambda takes. */
export const redeliveryParallel = 2;

/**
 * The decoder reads what topic rules could not hand to the stream. What it can't write stays in the queue, for fourteen
 * days and with the alarm of the decoder's errors.
 */
export function redeliver(
  name: string,
  decoder: BuiltFunction,
  queueName: Output<string>,
  context: AwsContext,
  opts: CustomResourceOptions,
): void {
  const queue = arn(context, "sqs", queueName);
  const granted = permit(
    `${name}-redelivery`,
    decoder.role,
    {
      data: [
        {
          Sid: "ReadErrors",
          Effect: "Allow",
          Action: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
          Resource: queue,
        },
      ],
      // The decoder operates with the queue's key already.
      keys: [],
    },
    opts,
  );
  new EventSourceMapping(
    `${name}-redelivery`,
    {
      eventSourceArn: queue,
      functionName: decoder.function.arn,
      batchSize: 100,
      maximumBatchingWindowInSeconds: 20,
      scalingConfig: { maximumConcurrency: redeliveryParallel },
      metricsConfig: { metrics: ["EventCount"] },
    },
    { ...opts, dependsOn: granted },
  );
}
