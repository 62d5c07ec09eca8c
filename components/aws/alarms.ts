import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import { Topic } from "@pulumi/aws/sns/topic.js";
import { TopicPolicy } from "@pulumi/aws/sns/topicPolicy.js";
import { TopicSubscription } from "@pulumi/aws/sns/topicSubscription.js";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import { metricDimension, metricNamespace } from "../../functions/aws-agreements.ts";
import type { AlarmArgs } from "../contracts/knowledge-base.ts";
import { failuresOf } from "../shared/run-failures.ts";
import type { AwsContext } from "./context.ts";
import { arn } from "./names.ts";
import { policyDocument } from "./policy-document.ts";
import type { StreamProcessor } from "./stream-processor.ts";

/** Where alarms go: encrypted with our key, published to over TLS alone, by this account's alarms alone. */
export function createAlarmTopic(
  name: string,
  webhook: AlarmArgs["webhook"],
  context: AwsContext,
  opts: CustomResourceOptions,
): Topic {
  const topic = new Topic(`${name}-alarms`, { kmsMasterKeyId: context.key.arn, signatureVersion: 2 }, opts);
  const child = { ...opts, parent: topic };
  const resource = arn(context, "sns", topic.name);
  new TopicPolicy(
    `${name}-alarms-policy`,
    {
      arn: topic.arn,
      policy: policyDocument([
        {
          Sid: "DenyPlainText",
          Effect: "Deny",
          Principal: "*",
          Action: "sns:Publish",
          Resource: resource,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        {
          Sid: "Alarms",
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: "sns:Publish",
          Resource: resource,
          Condition: {
            StringEquals: { "aws:SourceAccount": context.accountId },
            ArnLike: { "aws:SourceArn": arn(context, "cloudwatch", "alarm:*") },
          },
        },
      ]),
    },
    child,
  );
  context.settings.alarmEmails.forEach((endpoint, index) => {
    new TopicSubscription(
      `${name}-alarms-mail-${index}`,
      { topic: topic.arn, protocol: "email", endpoint },
      child,
    );
  });
  if (webhook !== null) {
    new TopicSubscription(
      `${name}-alarms-webhook`,
      { topic: topic.arn, protocol: "https", endpoint: webhook.url },
      child,
    );
  }
  return topic;
}

export interface Watched {
  readonly environment: string;
  readonly stream: StreamProcessor;
  /** Names of the queues in which something waits only if it failed, by what failed. */
  readonly deadLetters: Readonly<Record<string, Input<string>>>;
  readonly runs: Parameters<typeof failuresOf>[0];
}

interface Alarm {
  readonly description: string;
  readonly metric: string;
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, Input<string>>>;
  readonly statistic: "Average" | "Maximum" | "Minimum" | "Sum";
  readonly comparison: "GreaterThanThreshold" | "LessThanThreshold";
  readonly threshold: number;
  /** Periods of five minutes in a row. */
  readonly periods: number;
  /** Whether it stays as it is until the metric is there again: that of a run every few minutes or hours. Default no. */
  readonly stays?: boolean;
}

const periodSeconds = 300;
/** Part of the messages that may be quarantined, in percent. */
const quarantinePercent = 5;
const issuerDays = 30;

export function createAlarms(
  name: string,
  { environment, stream, deadLetters, runs }: Watched,
  topic: Topic,
  { settings }: AwsContext,
  opts: CustomResourceOptions,
): void {
  const to = { actionsEnabled: true, alarmActions: [topic.arn], okActions: [topic.arn] };
  const own = { namespace: metricNamespace, dimensions: { [metricDimension]: environment } };
  // Firehose holds rows as long as it gathers them: only beyond twice that something is wrong.
  const lagSeconds = stream.lag.unit === "seconds" ? 2 * settings.bufferSeconds + 600 : 300;
  const alarms: Record<string, Alarm> = {
    lag: {
      description: "Messages wait in the stream: the decoder does not keep up or fails",
      ...stream.lag,
      statistic: "Maximum",
      comparison: "GreaterThanThreshold",
      threshold: stream.lag.unit === "seconds" ? lagSeconds : lagSeconds * 1_000,
      periods: 3,
    },
    freshness: {
      description: "Rows reach the lake late",
      ...own,
      metric: "FreshnessSeconds",
      statistic: "Minimum",
      comparison: "GreaterThanThreshold",
      threshold: 2 * settings.bufferSeconds + 900,
      periods: 3,
    },
    "decoder-errors": {
      description: "The decoder failed on a batch: a sink, not a message",
      namespace: "AWS/Lambda",
      metric: "Errors",
      dimensions: { FunctionName: stream.decoder.function.name },
      statistic: "Sum",
      comparison: "GreaterThanThreshold",
      threshold: 0,
      periods: 1,
    },
    "issuer-expiry": {
      description: `The certificate that signs devices lasts less than ${issuerDays} days: run pulumi up to renew it`,
      ...own,
      metric: "IssuerDaysLeft",
      statistic: "Minimum",
      comparison: "LessThanThreshold",
      threshold: issuerDays,
      periods: 1,
    },
    ...Object.fromEntries(
      Object.entries(deadLetters).map(([what, queue]): [string, Alarm] => [
        `dead-letters-${what}`,
        {
          description: `Something of "${what}" could not be delivered and waits in its queue`,
          namespace: "AWS/SQS",
          metric: "ApproximateNumberOfMessagesVisible",
          dimensions: { QueueName: queue },
          statistic: "Maximum",
          comparison: "GreaterThanThreshold",
          threshold: 0,
          periods: 1,
        },
      ]),
    ),
  };
  for (const [what, { metric, description }] of failuresOf(runs)) {
    alarms[`failures-${what}`] = {
      ...{ description, ...own, metric, statistic: "Maximum", comparison: "GreaterThanThreshold" },
      ...{ threshold: 0, periods: 1, stays: true },
    };
  }
  for (const [what, alarm] of Object.entries(alarms)) {
    new MetricAlarm(
      `${name}-alarm-${what}`,
      {
        ...to,
        alarmDescription: alarm.description,
        namespace: alarm.namespace,
        metricName: alarm.metric,
        dimensions: alarm.dimensions,
        statistic: alarm.statistic,
        comparisonOperator: alarm.comparison,
        threshold: alarm.threshold,
        period: periodSeconds,
        evaluationPeriods: alarm.periods,
        treatMissingData: alarm.stays === true ? "ignore" : "notBreaching",
      },
      opts,
    );
  }
  quarantineAlarm(name, environment, to, opts);
}

function quarantineAlarm(
  name: string,
  environment: string,
  to: { actionsEnabled: boolean; alarmActions: Input<string>[]; okActions: Input<string>[] },
  opts: CustomResourceOptions,
): void {
  const metric = (id: string, metricName: string) => ({
    id,
    returnData: false,
    metric: {
      namespace: metricNamespace,
      metricName,
      dimensions: { [metricDimension]: environment },
      period: periodSeconds,
      stat: "Sum",
    },
  });
  new MetricAlarm(
    `${name}-alarm-quarantine-rate`,
    {
      ...to,
      alarmDescription: `More than ${quarantinePercent} % of the messages can't be decoded: see table quarantine`,
      comparisonOperator: "GreaterThanThreshold",
      threshold: quarantinePercent,
      evaluationPeriods: 3,
      treatMissingData: "notBreaching",
      metricQueries: [
        metric("quarantined", "Quarantined"),
        metric("messages", "Messages"),
        { id: "rate", expression: "100 * quarantined / messages", label: "Quarantined, %", returnData: true },
      ],
    },
    opts,
  );
}
