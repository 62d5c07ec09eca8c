/** Customers' keys at rest, AWS: all rules. */
import type { Rule } from "../../../kit/rule.ts";
import { awsAthenaKeyRules } from "./athena.ts";
import { awsAthenaTightKeyRules } from "./athena-tight.ts";
import { awsBackupKeyRules } from "./backup.ts";
import { awsBrokersKeyRules } from "./brokers.ts";
import { awsCloudtrailKeyRules } from "./cloudtrail.ts";
import { awsDatabasesKeyRules } from "./databases.ts";
import { awsDynamodbKeyRules } from "./dynamodb.ts";
import { awsEcrKeyRules } from "./ecr.ts";
import { awsEmrKeyRules } from "./emr.ts";
import { awsEventsKeyRules } from "./events.ts";
import { awsFirehoseKeyRules } from "./firehose.ts";
import { awsFlinkKeyRules } from "./flink.ts";
import { awsGlueKeyRules } from "./glue.ts";
import { awsGlueJobsKeyRules } from "./glue-jobs.ts";
import { awsIotKeyRules } from "./iot.ts";
import { awsKendraKeyRules } from "./kendra.ts";
import { awsKinesisKeyRules } from "./kinesis.ts";
import { awsKmsPoliciesKeyRules } from "./kms-policies.ts";
import { awsKmsRotationKeyRules } from "./kms-rotation.ts";
import { awsLakeKeyRules } from "./lake.ts";
import { awsLakeformationKeyRules } from "./lakeformation.ts";
import { awsLambdaKeyRules } from "./lambda.ts";
import { awsLogsKeyRules } from "./logs.ts";
import { awsOpensearchKeyRules } from "./opensearch.ts";
import { awsS3KeyRules } from "./s3.ts";
import { awsS3CopiesKeyRules } from "./s3-copies.ts";
import { awsS3ProvidedKeysKeyRules } from "./s3-provided-keys.ts";
import { awsS3tablesKeyRules } from "./s3tables.ts";
import { awsSagemakerKeyRules } from "./sagemaker.ts";
import { awsSecretRotationKeyRules } from "./secret-rotation.ts";
import { awsSecretsKeyRules } from "./secrets.ts";
import { awsSfnKeyRules } from "./sfn.ts";
import { awsSnsKeyRules } from "./sns.ts";
import { awsSqsKeyRules } from "./sqs.ts";
import { awsTargetsCloudtrailKeyRules } from "./targets/cloudtrail.ts";
import { awsTargetsEventsKeyRules } from "./targets/events.ts";
import { awsTargetsLambdaKeyRules } from "./targets/lambda.ts";
import { awsTargetsLogsKeyRules } from "./targets/logs.ts";
import { awsTargetsTopicRulesKeyRules } from "./targets/topic-rules.ts";
import { awsTimestreamKeyRules } from "./timestream.ts";
import { awsVolumesKeyRules } from "./volumes.ts";
import { awsGlueSettingsRules } from "./glue-settings.ts";
import { awsTargetsFirehoseKeyRules } from "./targets/firehose.ts";
import { awsTargetsFlinkKeyRules } from "./targets/flink.ts";
import { awsTargetsBatchKeyRules } from "./targets/batch.ts";

export const awsKeyRules: readonly Rule[] = [
  ...awsAthenaKeyRules,
  ...awsGlueKeyRules,
  ...awsGlueSettingsRules,
  ...awsEmrKeyRules,
  ...awsGlueJobsKeyRules,
  ...awsFlinkKeyRules,
  ...awsLakeformationKeyRules,
  ...awsSagemakerKeyRules,
  ...awsS3KeyRules,
  ...awsS3ProvidedKeysKeyRules,
  ...awsS3CopiesKeyRules,
  ...awsOpensearchKeyRules,
  ...awsDynamodbKeyRules,
  ...awsTimestreamKeyRules,
  ...awsKendraKeyRules,
  ...awsDatabasesKeyRules,
  ...awsKmsPoliciesKeyRules,
  ...awsKmsRotationKeyRules,
  ...awsLambdaKeyRules,
  ...awsSfnKeyRules,
  ...awsEventsKeyRules,
  ...awsLogsKeyRules,
  ...awsCloudtrailKeyRules,
  ...awsEcrKeyRules,
  ...awsSecretsKeyRules,
  ...awsVolumesKeyRules,
  ...awsBackupKeyRules,
  ...awsBrokersKeyRules,
  ...awsS3tablesKeyRules,
  ...awsFirehoseKeyRules,
  ...awsKinesisKeyRules,
  ...awsSqsKeyRules,
  ...awsSnsKeyRules,
  ...awsTargetsTopicRulesKeyRules,
  ...awsTargetsLambdaKeyRules,
  ...awsTargetsEventsKeyRules,
  ...awsTargetsFirehoseKeyRules,
  ...awsTargetsLogsKeyRules,
  ...awsTargetsCloudtrailKeyRules,
  ...awsSecretRotationKeyRules,
  ...awsLakeKeyRules,
  ...awsAthenaTightKeyRules,
  ...awsIotKeyRules,
  ...awsTargetsFlinkKeyRules,
  ...awsTargetsBatchKeyRules,
];
