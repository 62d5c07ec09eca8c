import { EventRule } from "@pulumi/aws/cloudwatch/eventRule.js";
import { EventTarget } from "@pulumi/aws/cloudwatch/eventTarget.js";
import type { Queue } from "@pulumi/aws/sqs/queue.js";
import { jsonStringify, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { AwsContext } from "./context.ts";
import { deadLetterQueue } from "./queue.ts";
import type { ZoneBucket } from "./zones.ts";

export interface FileNews {
  /** Name of the queue of what could not be told. */
  readonly untold: string;
  readonly description: string;
  readonly bucket: ZoneBucket;
  /** Beginnings of keys. */
  readonly prefixes: readonly string[];
}

export interface Told {
  readonly rule: Output<string>;
  /** What could not be told waits there. */
  readonly undelivered: Queue;
}

/** Tells a queue or function of each file that comes to lie in a bucket, for six hours until it listens. */
export function tellOfFiles(
  name: string,
  { untold, description, bucket, prefixes }: FileNews,
  target: Input<string>,
  context: AwsContext,
  opts: CustomResourceOptions,
): Told {
  const undelivered = deadLetterQueue(untold, context, opts, "events");
  const rule = new EventRule(
    `${name}-rule`,
    {
      description: `Fieldlake: ${description}`,
      eventPattern: jsonStringify({
        source: ["aws.s3"],
        "detail-type": ["Object Created"],
        detail: {
          bucket: { name: [bucket.name] },
          object: { key: prefixes.map((prefix) => ({ prefix })) },
        },
      }),
    },
    opts,
  );
  new EventTarget(
    `${name}-target`,
    {
      rule: rule.name,
      arn: target,
      retryPolicy: { maximumRetryAttempts: 24, maximumEventAgeInSeconds: 21_600 },
      deadLetterConfig: { arn: undelivered.arn },
    },
    opts,
  );
  return { rule: rule.name, undelivered };
}
