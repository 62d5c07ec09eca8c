import type { Role } from "@pulumi/aws/iam/role.js";
import { TopicRule } from "@pulumi/aws/iot/topicRule.js";
import type { Queue } from "@pulumi/aws/sqs/queue.js";
import type { input } from "@pulumi/aws/types/index.js";
import { output, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { topicRoot } from "../contracts/secure-ingest.ts";
import type { StreamReference } from "../contracts/stream-processor.ts";
import type { AwsContext } from "./context.ts";
import { arn } from "./names.ts";
import { permit, serviceRole, useKey } from "./roles.ts";
import { ruleName, topicKinds, type TopicKind } from "./topic-policy.ts";

/**
 * What functions/core/envelopes/iot-rule.ts reads: base64, because a payload may be any bytes and the rules engine's JSON
 * is text; topic and client, because they are lost otherwise.
 */
const envelope = "encode(*, 'base64') AS b, topic() AS t, clientid() AS c, timestamp() AS ts";

/** The rules engine's SQL of this date has `encode` and `clientid`. */
const sqlVersion = "2016-03-23";

/** Where a rule delivers: a Firehose stream, or a Kinesis stream ordered by device. */
interface Delivery {
  readonly service: "firehose" | "kinesis";
  readonly name: string;
}

/** Throws an Error for an ARN of something else. */
export function deliveryOf(streamArn: string): Delivery {
  const parsed = /^arn:[a-z-]+:(firehose|kinesis):[a-z0-9-]+:[0-9]*:(?:deliverystream|stream)\/(.+)$/.exec(
    streamArn,
  );
  if (!parsed) {
    throw new Error(`stream: received "${streamArn}"; allowed: the ARN of a Kinesis or Firehose stream`);
  }
  const [, service, name] = parsed;
  return { service: service === "kinesis" ? "kinesis" : "firehose", name: name ?? "" };
}

export function createTopicRules(
  name: string,
  environment: string,
  stream: StreamReference,
  deadLetter: Queue,
  context: AwsContext,
  opts: CustomResourceOptions,
): void {
  const role = serviceRole(`${name}-rule-role`, context, "iot", "hands messages to the stream", opts);
  const to = output(stream).apply(deliveryOf);
  const granted = permit(
    `${name}-rule`,
    role,
    {
      data: [
        {
          Sid: "Deliver",
          Effect: "Allow",
          Action: to.apply(({ service }) => `${service}:PutRecord`),
          Resource: stream,
        },
        {
          Sid: "DeadLetter",
          Effect: "Allow",
          Action: "sqs:SendMessage",
          Resource: arn(context, "sqs", deadLetter.name),
        },
      ],
      keys: [useKey(context, "Encrypt", context.key.arn, "readWrite", ["kinesis", "sqs"])],
    },
    opts,
  );
  for (const kind of Object.keys(topicKinds) as TopicKind[]) {
    new TopicRule(
      `${name}-rule-${kind}`,
      {
        name: ruleName(environment, kind),
        description: `Fieldlake: ${kind} of ${environment}`,
        enabled: true,
        sql: `SELECT ${envelope} FROM '${topicRoot}/+/${topicKinds[kind]}'`,
        sqlVersion,
        ...actions(to, role),
        errorAction: { sqs: { queueUrl: deadLetter.url, roleArn: role.arn, useBase64: false } },
      },
      { ...opts, dependsOn: granted },
    );
  }
}

function actions(
  to: Output<Delivery>,
  role: Role,
): { kineses: Output<input.iot.TopicRuleKinesis[]>; firehoses: Output<input.iot.TopicRuleFirehose[]> } {
  return {
    kineses: to.apply(({ service, name }) =>
      service === "kinesis" ? [{ streamName: name, roleArn: role.arn, partitionKey: "${topic(2)}" }] : [],
    ),
    firehoses: to.apply(({ service, name }) =>
      service === "firehose" ? [{ deliveryStreamName: name, roleArn: role.arn, separator: "\n" }] : [],
    ),
  };
}
