import { keyArn } from "../support/aws.ts";
import type { RuleCases } from "../support/cases.ts";
import { resource } from "../support/stack.ts";
import { keyed, ownKeyHere, weakened } from "../support/weakened.ts";

const firehose = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
const leg = { bucketArn: "arn:aws:s3:::data", roleArn: "arn:aws:iam::123456789012:role/r" };
const variables = { environment: { variables: { TABLE: "latest" } } };
const emr = {
  EncryptionConfiguration: {
    EnableAtRestEncryption: true,
    EnableInTransitEncryption: true,
    AtRestEncryptionConfiguration: {
      S3EncryptionConfiguration: { EncryptionMode: "SSE-KMS", AwsKmsKey: keyArn },
      LocalDiskEncryptionConfiguration: {
        EncryptionKeyProviderType: "AwsKms",
        AwsKmsKey: keyArn,
        EnableEbsEncryption: true,
      },
    },
    InTransitEncryptionConfiguration: { TLSCertificateConfiguration: { CertificateProviderType: "PEM" } },
  },
};
const emrWith = (change: object) => ({
  configuration: JSON.stringify({ EncryptionConfiguration: { ...emr.EncryptionConfiguration, ...change } }),
});
const glueModes = {
  encryptionConfiguration: {
    cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS", kmsKeyArn: keyArn },
    jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn: keyArn },
    s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: keyArn },
  },
};
const collection = { AWSOwnedKey: false, KmsARN: keyArn };
const securityConfiguration = resource(
  "aws:glue/securityConfiguration:SecurityConfiguration",
  { name: "encrypted" },
  { name: "configuration" },
);

export const awsStreamKeyCases: RuleCases = {
  "aws-kinesis-require-customer-key": keyed(
    "aws:kinesis/stream:Stream",
    "kmsKeyId",
    { encryptionType: "KMS" },
    { encryptionType: ["NONE"] },
  ),
  "aws-kinesisvideo-require-customer-key": keyed("aws:kinesis/videoStream:VideoStream", "kmsKeyId"),
  "aws-firehose-require-customer-key": keyed(
    firehose,
    "serverSideEncryption.keyArn",
    { serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK" } },
    { "serverSideEncryption.enabled": [false], "serverSideEncryption.keyType": ["AWS_OWNED_CMK"] },
  ),
  "aws-firehose-require-customer-key-on-every-copy": weakened({
    token: firehose,
    inputs: {
      extendedS3Configuration: {
        ...leg,
        kmsKeyArn: keyArn,
        s3BackupConfiguration: { ...leg, kmsKeyArn: keyArn },
      },
    },
    weak: {
      "extendedS3Configuration.kmsKeyArn": ownKeyHere,
      "extendedS3Configuration.s3BackupConfiguration.kmsKeyArn": ownKeyHere,
    },
    alsoRight: [{ httpEndpointConfiguration: { s3Configuration: { ...leg, kmsKeyArn: keyArn } } }],
    alsoWrong: [{ opensearchConfiguration: { s3Configuration: leg } }, {}],
  }),
  "aws-sqs-require-customer-key": keyed("aws:sqs/queue:Queue", "kmsMasterKeyId"),
  "aws-sns-require-customer-key": keyed("aws:sns/topic:Topic", "kmsMasterKeyId"),
};

export const awsDatabaseKeyCases: RuleCases = {
  "aws-dynamodb-require-customer-key": keyed(
    "aws:dynamodb/table:Table",
    "serverSideEncryption.kmsKeyArn",
    { serverSideEncryption: { enabled: true } },
    { "serverSideEncryption.enabled": [false] },
  ),
  "aws-dynamodb-require-customer-key-on-replicas": weakened({
    token: "aws:dynamodb/table:Table",
    inputs: {
      replicas: [
        { regionName: "eu-west-1", kmsKeyArn: keyArn },
        { regionName: "eu-west-3", kmsKeyArn: keyArn },
      ],
    },
    weak: { "replicas[0].kmsKeyArn": ownKeyHere, "replicas[1].kmsKeyArn": ownKeyHere },
  }),
  "aws-dynamodb-require-customer-key-on-replica-tables": keyed(
    "aws:dynamodb/tableReplica:TableReplica",
    "kmsKeyArn",
  ),
  "aws-timestream-require-customer-key": keyed("aws:timestreamwrite/database:Database", "kmsKeyId"),
  "aws-timestream-require-customer-key-on-rejects": keyed(
    "aws:timestreamwrite/table:Table",
    "magneticStoreWriteProperties.magneticStoreRejectedDataLocation.s3Configuration.kmsKeyId",
    {
      magneticStoreWriteProperties: {
        magneticStoreRejectedDataLocation: { s3Configuration: { encryptionOption: "SSE_KMS" } },
      },
    },
    {
      "magneticStoreWriteProperties.magneticStoreRejectedDataLocation.s3Configuration.encryptionOption": [
        "SSE_S3",
      ],
    },
  ),
  "aws-opensearch-require-customer-key": keyed(
    "aws:opensearch/domain:Domain",
    "encryptAtRest.kmsKeyId",
    { encryptAtRest: { enabled: true } },
    { "encryptAtRest.enabled": [false] },
  ),
  "aws-opensearchserverless-require-customer-key": keyed(
    "aws:opensearch/serverlessCollection:ServerlessCollection",
    "encryptionConfigs[0].kmsKeyArn",
    { encryptionConfigs: [{ awsOwnedKey: false }] },
  ),
  "aws-opensearchserverless-require-customer-key-by-policy": weakened({
    token: "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy",
    inputs: { type: "encryption", policy: JSON.stringify(collection) },
    weak: {
      policy: [
        JSON.stringify({ AWSOwnedKey: true }),
        JSON.stringify({ ...collection, KmsARN: "" }),
        "no JSON",
      ],
    },
    alsoRight: [{ type: "encryption", policy: collection }],
  }),
  "aws-kendra-require-customer-key": keyed(
    "aws:kendra/index:Index",
    "serverSideEncryptionConfiguration.kmsKeyId",
  ),
  "aws-rds-require-customer-key": keyed(
    "aws:rds/cluster:Cluster",
    "kmsKeyId",
    { storageEncrypted: true },
    { storageEncrypted: [false] },
    [{ storageEncrypted: true, kmsKeyId: keyArn, manageMasterUserPassword: true }],
  ),
  "aws-elasticache-require-customer-key": keyed(
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "kmsKeyId",
    { atRestEncryptionEnabled: true },
    { atRestEncryptionEnabled: [false] },
  ),
};

const athenaResult = "configuration.resultConfiguration.encryptionConfiguration";
const catalog = "dataCatalogEncryptionSettings";

export const awsAnalyticsKeyCases: RuleCases = {
  "aws-athena-require-customer-key": weakened({
    token: "aws:athena/workgroup:Workgroup",
    inputs: {
      configuration: {
        resultConfiguration: { encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: keyArn } },
      },
    },
    weak: { [`${athenaResult}.kmsKeyArn`]: ownKeyHere, [`${athenaResult}.encryptionOption`]: ["SSE_S3"] },
    alsoRight: [
      {
        configuration: {
          managedQueryResultsConfiguration: { enabled: true, encryptionConfiguration: { kmsKey: keyArn } },
        },
      },
    ],
  }),
  "aws-athena-forbid-weaker-clients": weakened({
    token: "aws:athena/workgroup:Workgroup",
    inputs: { configuration: { enforceWorkgroupConfiguration: true } },
    weak: { "configuration.enforceWorkgroupConfiguration": [false] },
    alsoRight: [
      { configuration: { enforceWorkgroupConfiguration: false, enableMinimumEncryptionConfiguration: true } },
    ],
  }),
  "aws-athena-require-customer-key-on-databases": keyed(
    "aws:athena/database:Database",
    "encryptionConfiguration.kmsKey",
    { encryptionConfiguration: { encryptionOption: "SSE_KMS" } },
    { "encryptionConfiguration.encryptionOption": ["SSE_S3"] },
  ),
  "aws-glue-require-customer-key-on-catalog": weakened({
    token: "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
    inputs: {
      dataCatalogEncryptionSettings: {
        encryptionAtRest: { catalogEncryptionMode: "SSE-KMS", sseAwsKmsKeyId: keyArn },
        connectionPasswordEncryption: { returnConnectionPasswordEncrypted: true, awsKmsKeyId: keyArn },
      },
    },
    weak: {
      [`${catalog}.encryptionAtRest.sseAwsKmsKeyId`]: ownKeyHere,
      [`${catalog}.connectionPasswordEncryption.awsKmsKeyId`]: ownKeyHere,
      [`${catalog}.encryptionAtRest.catalogEncryptionMode`]: ["DISABLED"],
      [`${catalog}.connectionPasswordEncryption.returnConnectionPasswordEncrypted`]: [false],
    },
  }),
  "aws-glue-require-customer-key-on-jobs": weakened({
    token: "aws:glue/securityConfiguration:SecurityConfiguration",
    inputs: glueModes,
    weak: {
      "encryptionConfiguration.cloudwatchEncryption.kmsKeyArn": ownKeyHere,
      "encryptionConfiguration.cloudwatchEncryption.cloudwatchEncryptionMode": ["DISABLED"],
      "encryptionConfiguration.jobBookmarksEncryption.jobBookmarksEncryptionMode": ["DISABLED"],
      "encryptionConfiguration.s3Encryption.s3EncryptionMode": ["SSE-S3", "DISABLED"],
      "encryptionConfiguration.s3Encryption.kmsKeyArn": ownKeyHere,
    },
  }),
  "aws-glue-require-security-configuration": weakened({
    token: "aws:glue/job:Job",
    inputs: { securityConfiguration: "encrypted" },
    others: [securityConfiguration],
    weak: { securityConfiguration: ["elsewhere", ""] },
  }),
  "aws-glue-require-customer-key-on-transforms": {
    notSupported: [resource("aws:glue/mLTransform:MLTransform", {})],
  },
  "aws-emr-require-encryption": weakened({
    token: "aws:emr/securityConfiguration:SecurityConfiguration",
    inputs: { configuration: JSON.stringify(emr) },
    weak: { configuration: ["", "{}"] },
    alsoWrong: [
      emrWith({ EnableAtRestEncryption: false }),
      emrWith({ EnableInTransitEncryption: false }),
      emrWith({ InTransitEncryptionConfiguration: undefined }),
      emrWith({ AtRestEncryptionConfiguration: { S3EncryptionConfiguration: { EncryptionMode: "SSE-S3" } } }),
    ],
  }),
  "aws-emr-require-customer-key": weakened({
    token: "aws:emr/cluster:Cluster",
    inputs: { securityConfiguration: "encrypted", logEncryptionKmsKeyId: keyArn },
    others: [
      resource("aws:emr/securityConfiguration:SecurityConfiguration", { name: "encrypted" }, { outputs: {} }),
    ],
    weak: { securityConfiguration: ["elsewhere"], logEncryptionKmsKeyId: ownKeyHere },
  }),
  "aws-emrserverless-require-customer-key": keyed(
    "aws:emrserverless/application:Application",
    "monitoringConfiguration.s3MonitoringConfiguration.encryptionKeyArn",
    { monitoringConfiguration: { managedPersistenceMonitoringConfiguration: { enabled: false } } },
    { "monitoringConfiguration.managedPersistenceMonitoringConfiguration.enabled": [true] },
  ),
  "aws-flink-require-customer-key": keyed(
    "aws:kinesisanalyticsv2/application:Application",
    "applicationConfiguration.applicationEncryptionConfiguration.keyId",
    { applicationConfiguration: { applicationEncryptionConfiguration: { keyType: "CUSTOMER_MANAGED_KEY" } } },
    { "applicationConfiguration.applicationEncryptionConfiguration.keyType": ["AWS_OWNED_KEY"] },
  ),
  "aws-lakeformation-require-own-bucket": weakened({
    token: "aws:lakeformation/resource:Resource",
    inputs: { arn: "arn:aws:s3:::data", roleArn: "arn:aws:iam::123456789012:role/lake" },
    others: [resource("aws:s3/bucket:Bucket", {}, { name: "data", outputs: { arn: "arn:aws:s3:::data" } })],
    weak: { arn: ["arn:aws:s3:::elsewhere"] },
    alsoWrong: [{ arn: "arn:aws:s3:::data" }],
  }),
  "aws-sagemaker-require-customer-key": keyed("aws:sagemaker/notebookInstance:NotebookInstance", "kmsKeyId"),
  "aws-sagemaker-require-customer-key-on-endpoints": weakened({
    token: "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    inputs: { kmsKeyArn: keyArn, dataCaptureConfig: { kmsKeyId: keyArn } },
    weak: { kmsKeyArn: ownKeyHere, "dataCaptureConfig.kmsKeyId": ownKeyHere },
  }),
  "aws-sagemaker-require-customer-key-on-features": weakened({
    token: "aws:sagemaker/featureGroup:FeatureGroup",
    inputs: {
      onlineStoreConfig: { securityConfig: { kmsKeyId: keyArn } },
      offlineStoreConfig: { s3StorageConfig: { kmsKeyId: keyArn } },
    },
    weak: {
      "onlineStoreConfig.securityConfig.kmsKeyId": ownKeyHere,
      "offlineStoreConfig.s3StorageConfig.kmsKeyId": ownKeyHere,
    },
  }),
};

export const awsServiceKeyCases: RuleCases = {
  "aws-lambda-require-customer-key-on-settings": keyed(
    "aws:lambda/function:Function",
    "kmsKeyArn",
    variables,
  ),
  "aws-lambda-require-customer-key-on-code": keyed("aws:lambda/function:Function", "sourceKmsKeyArn"),
  "aws-lambda-require-customer-key-on-filters": keyed(
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    "kmsKeyArn",
    {
      filterCriteria: { filters: [{ pattern: "{}" }] },
    },
  ),
  "aws-sfn-require-customer-key": keyed(
    "aws:sfn/stateMachine:StateMachine",
    "encryptionConfiguration.kmsKeyId",
    { encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY" } },
    { "encryptionConfiguration.type": ["AWS_OWNED_KEY"] },
  ),
  "aws-events-require-customer-key": keyed("aws:cloudwatch/eventBus:EventBus", "kmsKeyIdentifier"),
  "aws-scheduler-require-customer-key": keyed("aws:scheduler/schedule:Schedule", "kmsKeyArn"),
  "aws-logs-require-customer-key": keyed("aws:cloudwatch/logGroup:LogGroup", "kmsKeyId"),
  "aws-cloudtrail-require-customer-key": keyed("aws:cloudtrail/trail:Trail", "kmsKeyId"),
  "aws-ecr-require-customer-key": keyed(
    "aws:ecr/repository:Repository",
    "encryptionConfigurations[0].kmsKey",
    { encryptionConfigurations: [{ encryptionType: "KMS" }] },
    { "encryptionConfigurations[0].encryptionType": ["AES256"] },
  ),
  "aws-secretsmanager-require-customer-key": weakened({
    token: "aws:secretsmanager/secret:Secret",
    inputs: { kmsKeyId: keyArn, replicas: [{ region: "eu-west-1", kmsKeyId: keyArn }] },
    weak: { kmsKeyId: ownKeyHere, "replicas[0].kmsKeyId": ownKeyHere },
  }),
  "aws-ssm-require-customer-key": keyed(
    "aws:ssm/parameter:Parameter",
    "keyId",
    { name: "/app/db-password", type: "SecureString" },
    { type: ["String"] },
  ),
  "aws-ebs-require-customer-key": keyed(
    "aws:ebs/volume:Volume",
    "kmsKeyId",
    { encrypted: true },
    { encrypted: [false] },
  ),
  "aws-efs-require-customer-key": keyed(
    "aws:efs/fileSystem:FileSystem",
    "kmsKeyId",
    { encrypted: true },
    { encrypted: [false] },
  ),
  "aws-backup-require-customer-key": keyed("aws:backup/vault:Vault", "kmsKeyArn"),
  "aws-msk-require-customer-key": keyed(
    "aws:msk/cluster:Cluster",
    "encryptionInfo.encryptionAtRestKmsKeyArn",
  ),
  "aws-mq-require-customer-key": keyed(
    "aws:mq/broker:Broker",
    "encryptionOptions.kmsKeyId",
    { encryptionOptions: { useAwsOwnedKey: false } },
    { "encryptionOptions.useAwsOwnedKey": [true] },
  ),
  "aws-s3tables-require-customer-key": keyed(
    "aws:s3tables/tableBucket:TableBucket",
    "encryptionConfiguration.kmsKeyArn",
    { encryptionConfiguration: { sseAlgorithm: "aws:kms" } },
    { "encryptionConfiguration.sseAlgorithm": ["AES256"] },
  ),
};
