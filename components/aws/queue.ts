import { Queue } from "@pulumi/aws/sqs/queue.js";
import { QueuePolicy } from "@pulumi/aws/sqs/queuePolicy.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { AwsContext } from "./context.ts";
import { arn } from "./names.ts";
import { policyDocument, type Statement } from "./policy-document.ts";

/** SQS keeps a message for fourteen days at most; an alarm tells of it long before. */
const retentionSeconds = 14 * 24 * 3600;

/** Where waits what could not be delivered: encrypted with our key, spoken to over TLS alone. */
export function deadLetterQueue(
  name: string,
  context: AwsContext,
  opts: CustomResourceOptions,
  /** EventBridge rules deliver as a service, not by a role. */
  from: "roles" | "events" = "roles",
  /** Where a function reads it: how long a message that it was given is hidden. */
  visibilityTimeoutSeconds?: number,
): Queue {
  const queue = new Queue(
    name,
    {
      kmsMasterKeyId: context.key.arn,
      kmsDataKeyReusePeriodSeconds: 300,
      messageRetentionSeconds: retentionSeconds,
      ...(visibilityTimeoutSeconds === undefined ? {} : { visibilityTimeoutSeconds }),
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
