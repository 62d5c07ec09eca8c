/**
 * How names are made for AWS resources: as pulumi-aws does, `<name>-<7 hex digits>` in the property `name`, with the
 * exceptions below (pulumi/pulumi-aws, provider/autonaming.go and the name fields in its resource overrides).
 */

import type { NamePattern } from "../cloud/autonaming.ts";
import type { ResourceSchema } from "../cloud/sdk/schema.ts";
import { kindOf } from "../cloud/sdk/tokens.ts";

const usual: NamePattern = { property: "name", separator: "-", digits: 7, longest: 255 };

const inLowerCase = (name: string): string => name.toLowerCase();

/** By `module/Class`. */
const exceptions: Readonly<Record<string, Partial<NamePattern>>> = {
  "appsync/Function": { separator: "_" },
  "cloudwatch/EventRule": { longest: 64 },
  "cloudwatch/EventTarget": { property: "targetId" },
  "elasticache/Cluster": { property: "clusterId", longest: 50, adapt: inLowerCase },
  "elasticsearch/Domain": { property: "domainName", longest: 28, adapt: inLowerCase },
  "iam/Role": { longest: 64 },
  "iot/TopicRule": { separator: "_" },
  "kms/Alias": { longest: 238, adapt: (name) => (name.startsWith("alias/") ? name : `alias/${name}`) },
  "lambda/Function": { longest: 64 },
  "lambda/Permission": { property: "statementId", longest: 100 },
  "mq/Broker": { property: "brokerName", longest: 55 },
  "opensearch/Domain": { property: "domainName" },
  "rds/Instance": { property: "identifier" },
  "s3/Bucket": { property: "bucket", longest: 63, adapt: inLowerCase },
};

/** Queues and topics in order of arrival have a suffix that AWS demands. */
const withFifoSuffix = (name: string): string => (name.endsWith(".fifo") ? name : `${name}.fifo`);

/**
 * How a name is made for a resource.
 * @returns undefined for a resource without a name, and where the program gives the beginning of one
 */
export const namePatternOf = (
  schema: ResourceSchema,
  inputs: Readonly<Record<string, unknown>>,
): NamePattern | undefined => {
  const pattern: NamePattern = { ...usual, ...exceptions[kindOf(schema.token)] };
  if (schema.inputs[pattern.property]?.type !== "string") return undefined;
  if (inputs[`${pattern.property}Prefix`] !== undefined) return undefined;
  const fifo = inputs["fifoQueue"] === true || inputs["fifoTopic"] === true;
  return fifo ? { ...pattern, adapt: withFifoSuffix } : pattern;
};
