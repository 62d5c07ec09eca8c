/** Functions, workflows, events, logs, images, secrets, disks: what keeps data beside its main task. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { absent, all, holds, isOneOf, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isNothing, isObject } from "../../../kit/value.ts";
import type { View } from "../../../kit/view.ts";

const hasVariables = (fn: View): boolean => {
  const variables = fn.value("environment.variables");
  return isObject(variables)
    ? Object.keys(variables).length > 0
    : variables !== undefined && variables !== null;
};
const hasZip = (fn: View): boolean => fn.value("packageType") !== "Image" && isNothing(fn.value("imageUri"));

export const awsServiceKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-lambda-require-customer-key-on-settings",
    what: "A function's environment",
    types: ["aws:lambda/function:Function"],
    property: "kmsKeyArn",
    controls: ["CKV_AWS_173", "awslambda_function_env_vars_not_encrypted_with_cmk"],
    platformDefault: "its variables lie under the key that AWS manages for Lambda",
    concerns: hasVariables,
  }),
  awsKeyRule({
    id: "aws-lambda-require-customer-key-on-code",
    what: "A function's code",
    types: ["aws:lambda/function:Function"],
    property: "sourceKmsKeyArn",
    controls: [],
    platformDefault: "the archive lies under a key that AWS owns",
    severity: "low",
    concerns: hasZip,
  }),
  awsKeyRule({
    id: "aws-lambda-require-customer-key-on-filters",
    what: "The filter of an event source",
    types: ["aws:lambda/eventSourceMapping:EventSourceMapping"],
    property: "kmsKeyArn",
    controls: [],
    platformDefault: "its patterns, which are made of data, lie under a key that AWS owns",
    severity: "low",
    concerns: (mapping) => !isNothing(mapping.value("filterCriteria")),
  }),
  awsKeyRule({
    id: "aws-sfn-require-customer-key",
    what: "A state machine or activity",
    types: ["aws:sfn/stateMachine:StateMachine", "aws:sfn/activity:Activity"],
    property: "encryptionConfiguration.kmsKeyId",
    controls: ["stepfunctions_statemachine_encrypted_with_cmk"],
    platformDefault: "inputs and outputs of every step lie under a key that AWS owns",
    beside: isOneOf("encryptionConfiguration.type", ["CUSTOMER_MANAGED_KMS_KEY"]),
    besideFix: 'encryptionConfiguration.type to "CUSTOMER_MANAGED_KMS_KEY" and',
  }),
  awsKeyRule({
    id: "aws-events-require-customer-key",
    what: "An event bus, connection or pipe",
    types: [
      "aws:cloudwatch/eventBus:EventBus",
      "aws:cloudwatch/eventConnection:EventConnection",
      "aws:pipes/pipe:Pipe",
    ],
    property: "kmsKeyIdentifier",
    controls: [],
    platformDefault: "events and credentials lie under a key that AWS owns",
  }),
  awsKeyRule({
    id: "aws-scheduler-require-customer-key",
    what: "A schedule",
    types: ["aws:scheduler/schedule:Schedule"],
    property: "kmsKeyArn",
    controls: ["CKV_AWS_297"],
    platformDefault: "its input lies under a key that AWS owns",
  }),
  awsKeyRule({
    id: "aws-logs-require-customer-key",
    what: "A log group",
    types: ["aws:cloudwatch/logGroup:LogGroup"],
    property: "kmsKeyId",
    controls: ["CKV_AWS_158", "AWS-0017", "cloudwatch_log_group_kms_encryption_enabled"],
    platformDefault: "log lines lie under a key that the service owns",
  }),
  awsKeyRule({
    id: "aws-cloudtrail-require-customer-key",
    what: "A trail or event data store",
    types: ["aws:cloudtrail/trail:Trail", "aws:cloudtrail/eventDataStore:EventDataStore"],
    property: "kmsKeyId",
    controls: ["CKV_AWS_35", "CKV_AWS_294", "CloudTrail.2", "AWS-0015"],
    platformDefault: "the record of who did what lies under S3's own key",
  }),
  awsKeyRule({
    id: "aws-ecr-require-customer-key",
    what: "An image repository",
    types: ["aws:ecr/repository:Repository"],
    property: "encryptionConfigurations[].kmsKey",
    controls: ["CKV_AWS_136", "AWS-0033", "ECR.5†"],
    platformDefault: "images lie under S3's own key",
    beside: isOneOf("encryptionConfigurations[].encryptionType", ["KMS", "KMS_DSSE"]),
    besideFix: 'encryptionConfigurations[].encryptionType to "KMS" and',
    example: { violation: 'encryptionType: "AES256"', fixed: 'encryptionType: "KMS", kmsKey: key.arn' },
  }),
  awsKeyRule({
    id: "aws-secretsmanager-require-customer-key",
    what: "A secret, with its replicas,",
    types: ["aws:secretsmanager/secret:Secret"],
    property: ["kmsKeyId", "replicas[]?.kmsKeyId"],
    controls: ["CKV_AWS_149", "AWS-0098"],
    platformDefault: "secrets lie under the key that AWS manages for Secrets Manager",
  }),
  awsKeyRule({
    id: "aws-ssm-require-customer-key",
    what: "A parameter that may hold a secret",
    types: ["aws:ssm/parameter:Parameter"],
    property: "keyId",
    controls: ["CKV_AWS_337", "CKV2_AWS_34"],
    platformDefault: "it lies plain, or under the key that AWS manages for Systems Manager",
    beside: all(isOneOf("type", ["SecureString"]), absent("insecureValue")),
    besideFix: 'type to "SecureString" and',
    concerns: (parameter) =>
      parameter.value("type") === "SecureString" ||
      /secret|passw|token|credential|private|api.?key|connection/i.test(
        `${String(parameter.value("name") ?? "")} ${parameter.resource.name}`,
      ),
  }),
  awsKeyRule({
    id: "aws-ebs-require-customer-key",
    what: "A disk",
    types: ["aws:ebs/volume:Volume"],
    property: "kmsKeyId",
    controls: ["CKV_AWS_3", "CKV_AWS_189", "EC2.3", "AWS-0026"],
    platformDefault: "the disk lies plain, or under the key that AWS manages for EBS",
    beside: isTrue("encrypted"),
    besideFix: "encrypted to true and",
  }),
  awsKeyRule({
    id: "aws-efs-require-customer-key",
    what: "A file system",
    types: ["aws:efs/fileSystem:FileSystem"],
    property: "kmsKeyId",
    controls: ["CKV_AWS_42", "CKV_AWS_184", "EFS.1", "AWS-0037"],
    platformDefault: "files lie plain, or under the key that AWS manages for EFS",
    beside: isTrue("encrypted"),
    besideFix: "encrypted to true and",
  }),
  awsKeyRule({
    id: "aws-backup-require-customer-key",
    what: "A backup vault",
    types: ["aws:backup/vault:Vault"],
    property: "kmsKeyArn",
    controls: ["CKV_AWS_166"],
    platformDefault: "copies lie under the key that AWS manages for Backup",
  }),
  awsKeyRule({
    id: "aws-msk-require-customer-key",
    what: "A Kafka cluster",
    types: ["aws:msk/cluster:Cluster"],
    property: "encryptionInfo.encryptionAtRestKmsKeyArn",
    controls: ["AWS-0179", "kafka_cluster_encryption_at_rest_uses_cmk"],
    platformDefault: "records lie under the key that AWS manages for MSK",
  }),
  awsKeyRule({
    id: "aws-mq-require-customer-key",
    what: "A message broker",
    types: ["aws:mq/broker:Broker"],
    property: "encryptionOptions.kmsKeyId",
    controls: ["CKV_AWS_209"],
    platformDefault: "messages lie under a key that AWS owns",
    beside: holds("encryptionOptions.useAwsOwnedKey", (value) => value === false, "false"),
    besideFix: "encryptionOptions.useAwsOwnedKey to false and",
  }),
  awsKeyRule({
    id: "aws-s3tables-require-customer-key",
    what: "A table bucket",
    types: ["aws:s3tables/tableBucket:TableBucket"],
    property: "encryptionConfiguration.kmsKeyArn",
    controls: [],
    platformDefault: "tables lie under S3's own key",
    beside: isOneOf("encryptionConfiguration.sseAlgorithm", ["aws:kms"]),
    besideFix: 'encryptionConfiguration.sseAlgorithm to "aws:kms" and',
  }),
];
