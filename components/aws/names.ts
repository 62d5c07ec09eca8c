import { interpolate, type Input, type Output } from "@pulumi/pulumi";
import type { NameRule } from "../shared/naming.ts";
import type { AwsPlace } from "./context.ts";

/** Rules of the names that we choose ourselves, each from the resource's API reference. */
export const nameRules = {
  /** CreateTopicRule: letters, digits, underscore; devices write it into Basic Ingest topics. */
  topicRule: { maximum: 128, allowed: /[a-z0-9_]/, separator: "_" },
  /** CreateRoleAlias; devices write it into the credential URL. */
  roleAlias: { maximum: 128, allowed: /[a-z0-9-]/, separator: "-" },
  /** CreateProvisioningTemplate. */
  provisioningTemplate: { maximum: 36, allowed: /[a-z0-9-]/, separator: "-" },
  /** CreateDomainConfiguration. */
  domainConfiguration: { maximum: 128, allowed: /[a-z0-9-]/, separator: "-" },
  /** CreateCertificateProvider. */
  certificateProvider: { maximum: 128, allowed: /[a-z0-9-]/, separator: "-" },
  /** Athena's SQL reads it unquoted. */
  database: { maximum: 128, allowed: /[a-z0-9_]/, separator: "_" },
  /** PutDashboard; part of the link to it. */
  dashboard: { maximum: 255, allowed: /[a-z0-9-]/, separator: "-" },
  /** CreateAlias: what people look for in the console. */
  keyAlias: { maximum: 200, allowed: /[a-z0-9-]/, separator: "-" },
} as const satisfies Record<string, NameRule>;

/** The log group that IoT Core writes to, once an account and region; its name is not ours to choose. */
export const iotLogGroup = "AWSIotLogsV2";

/**
 * ARNs put together from names: a name is known while the plan is made, what the provider computes is not, and a
 * policy that names its resources can be judged before anything exists.
 */
export function arn(
  { partition, region, accountId }: AwsPlace,
  service: string,
  resource: Input<string>,
): Output<string> {
  return interpolate`arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}

/** IAM knows no region. */
export const roleArn = ({ partition, accountId }: AwsPlace, name: Input<string>): Output<string> =>
  interpolate`arn:${partition}:iam::${accountId}:role/${name}`;

export const accountRoot = ({ partition, accountId }: AwsPlace): Output<string> =>
  interpolate`arn:${partition}:iam::${accountId}:root`;

/** Bucket names are global: neither region nor account. */
export const bucketArn = ({ partition }: AwsPlace, bucket: Input<string>): Output<string> =>
  interpolate`arn:${partition}:s3:::${bucket}`;
