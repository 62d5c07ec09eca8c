/** Data that is neither public nor lost, AWS: all rules. */
import type { Rule } from "../../../kit/rule.ts";
import { awsAlarmsProtectionRules } from "./alarms.ts";
import { awsCloudfrontOriginsProtectionRules } from "./cloudfront-origins.ts";
import { awsDatabasesProtectionRules } from "./databases.ts";
import { awsDynamodbProtectionRules } from "./dynamodb.ts";
import { awsIngressProtectionRules } from "./ingress.ts";
import { awsIotLogRules } from "./iot-log.ts";
import { awsIotLoggingProtectionRules } from "./iot-logging.ts";
import { awsKmsProtectionRules } from "./kms.ts";
import { awsLakeRetentionProtectionRules } from "./lake-retention.ts";
import { awsLakeWriteOnceProtectionRules } from "./lake-write-once.ts";
import { awsLambdaSettingsProtectionRules } from "./lambda-settings.ts";
import { awsLambdaUrlProtectionRules } from "./lambda-url.ts";
import { awsLogsProtectionRules } from "./logs.ts";
import { awsMessagingProtectionRules } from "./messaging.ts";
import { awsMskProtectionRules } from "./msk.ts";
import { awsNotebooksProtectionRules } from "./notebooks.ts";
import { awsPublicPoliciesProtectionRules } from "./public-policies.ts";
import { awsS3AccessLogProtectionRules } from "./s3-access-log.ts";
import { awsS3AccessProtectionRules } from "./s3-access.ts";
import { awsS3OwnershipProtectionRules } from "./s3-ownership.ts";
import { awsS3VersionsProtectionRules } from "./s3-versions.ts";
import { awsSecretsProtectionRules } from "./secrets.ts";
import { awsStreamsProtectionRules } from "./streams.ts";
import { awsOpensearchServerlessProtectionRules } from "./opensearch-serverless.ts";

export const awsProtectionRules: readonly Rule[] = [
  ...awsKmsProtectionRules,
  ...awsS3AccessProtectionRules,
  ...awsS3VersionsProtectionRules,
  ...awsS3OwnershipProtectionRules,
  ...awsS3AccessLogProtectionRules,
  ...awsLakeRetentionProtectionRules,
  ...awsLakeWriteOnceProtectionRules,
  ...awsDynamodbProtectionRules,
  ...awsDatabasesProtectionRules,
  ...awsIngressProtectionRules,
  ...awsLogsProtectionRules,
  ...awsMessagingProtectionRules,
  ...awsMskProtectionRules,
  ...awsAlarmsProtectionRules,
  ...awsSecretsProtectionRules,
  ...awsStreamsProtectionRules,
  ...awsIotLoggingProtectionRules,
  ...awsIotLogRules,
  ...awsLambdaSettingsProtectionRules,
  ...awsLambdaUrlProtectionRules,
  ...awsPublicPoliciesProtectionRules,
  ...awsNotebooksProtectionRules,
  ...awsCloudfrontOriginsProtectionRules,
  ...awsOpensearchServerlessProtectionRules,
];
