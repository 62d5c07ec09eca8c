import { Queue } from "@pulumi/aws/sqs/queue.js";
import { QueuePolicy } from "@pulumi/aws/sqs/queuePolicy.js";
import { jsonStringify, type CustomResourceOptions } from "@pulumi/pulumi";
import type { AwsContext } from "./context.ts";
import { arn } from "./names.ts";
import { policyDocument, type Statement } from "./policy-document.ts";

/** SQS keeps a message for fourteen days at most; an alarm tells of it long before. */
const retentionSeconds = 14 * 24 * 3600;

export interface QueueArgs {
  /** EventBridge rules deliver as a service, not by a role. */
  readonly from: "roles" | "events";
  /** Where a function reads it: how long a message that it was given is hidden. */
  readonly visibilityTimeoutSeconds?: number | undefined;
  /** Where a message goes that was given so many times. */
  readonly redrive?: { readonly to: Queue; readonly after: number };
}

/** Where waits what could not be delivered. */
export const deadLetterQueue = (
  name: string,
  context: AwsContext,
  opts: CustomResourceOptions,
  from: QueueArgs["from"] = "roles",
  visibilityTimeoutSeconds?: number,
): Queue => encryptedQueue(name, context, opts, { from, visibilityTimeoutSeconds });

/** Encrypted with our key, spoken to over TLS alone. */
export function encryptedQueue(
  name: string,
  context: AwsContext,
  opts: CustomResourceOptions,
  { from, visibilityTimeoutSeconds, redrive }: QueueArgs,
): Queue {
  const queue = new Queue(
    name,
    {
      kmsMasterKeyId: context.key.arn,
      kmsDataKeyReusePeriodSeconds: 300,
      messageRetentionSeconds: retentionSeconds,
      ...(visibilityTimeoutSeconds === undefined ? {} : { visibilityTimeoutSeconds }),
      ...(redrive === undefined
        ? {}
        : {
            redrivePolicy: jsonStringify({
              deadLetterTargetArn: redrive.to.arn,
              maxReceiveCount: redrive.after,
            }),
          }),
    },
    opts,
  );
  const resource = arn(context, "sqs", queue.name);
  const statements: Statement[] = [
    {
      Sid: "DenyPlainText",
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: resource,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    ...(from === "events"
      ? [
          {
            Sid: "Events",
            Effect: "Allow" as const,
            Principal: { Service: "events.amazonaws.com" },
            Action: "sqs:SendMessage",
            Resource: resource,
            Condition: {
              StringEquals: { "aws:SourceAccount": context.accountId },
              ArnLike: { "aws:SourceArn": arn(context, "events", "rule/*") },
            },
          },
        ]
      : []),
  ];
  new QueuePolicy(
    `${name}-policy`,
    { queueUrl: queue.url, policy: policyDocument(statements) },
    { ...opts, parent: queue },
  );
  return queue;
}
