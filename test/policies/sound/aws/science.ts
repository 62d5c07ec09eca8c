/** Notebooks, models, crawlers, clusters, search without servers, databases in clusters, brokers. */
import { account, bucket, emrSecurity, key, logBucket, role } from "./parts.ts";
import { ref, sound, type Sound } from "../stack.ts";

const image = `${account}.dkr.ecr.eu-central-1.amazonaws.com/monitor:1`;
const database = {
  storageEncrypted: true,
  kmsKeyId: ref("key"),
  backupRetentionPeriod: 14,
  deletionProtection: true,
};

export const awsScience: Readonly<Record<string, readonly Sound[]>> = {
  "models and features": [
    key(),
    ...logBucket(),
    ...bucket("models"),
    role("scientist", "sagemaker.amazonaws.com"),
    sound("aws:sagemaker/domain:Domain", "studio", {
      domainName: "studio",
      authMode: "IAM",
      vpcId: "vpc-1",
      subnetIds: ["subnet-1"],
      kmsKeyId: ref("key"),
      defaultUserSettings: { executionRole: ref("scientist") },
    }),
    sound("aws:sagemaker/endpointConfiguration:EndpointConfiguration", "inference", {
      productionVariants: [{ modelName: "m", instanceType: "ml.m5.large", initialInstanceCount: 1 }],
      kmsKeyArn: ref("key"),
      dataCaptureConfig: {
        initialSamplingPercentage: 10,
        destinationS3Uri: `s3://${ref("models", "id")}/capture`,
        captureOptions: [{ captureMode: "Input" }],
        kmsKeyId: ref("key"),
      },
    }),
    sound("aws:sagemaker/featureGroup:FeatureGroup", "features", {
      featureGroupName: "features",
      recordIdentifierFeatureName: "id",
      eventTimeFeatureName: "time",
      roleArn: ref("scientist"),
      featureDefinitions: [{ featureName: "id", featureType: "String" }],
      onlineStoreConfig: { enableOnlineStore: true, securityConfig: { kmsKeyId: ref("key") } },
      offlineStoreConfig: {
        s3StorageConfig: { s3Uri: `s3://${ref("models", "id")}/features`, kmsKeyId: ref("key") },
      },
    }),
    sound("aws:sagemaker/dataQualityJobDefinition:DataQualityJobDefinition", "quality", {
      roleArn: ref("scientist"),
      dataQualityAppSpecification: { imageUri: image },
      dataQualityJobInput: { endpointInput: { endpointName: "inference" } },
      dataQualityJobOutputConfig: {
        kmsKeyId: ref("key"),
        monitoringOutputs: { s3Output: { s3Uri: `s3://${ref("models", "id")}/quality` } },
      },
      jobResources: {
        clusterConfig: {
          instanceCount: 1,
          instanceType: "ml.m5.large",
          volumeSizeInGb: 20,
          volumeKmsKeyId: ref("key"),
        },
      },
      networkConfig: { enableInterContainerTrafficEncryption: true },
    }),
  ],
  "catalogs, clusters and search": [
    key(),
    ...logBucket(),
    ...bucket("work"),
    role("crawling", "glue.amazonaws.com"),
    sound("aws:athena/database:Database", "sql", {
      bucket: ref("work", "id"),
      encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKey: ref("key") },
    }),
    sound("aws:glue/catalogDatabase:CatalogDatabase", "catalog", { name: "plant" }),
    sound("aws:glue/securityConfiguration:SecurityConfiguration", "etl-security", {
      encryptionConfiguration: {
        cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS", kmsKeyArn: ref("key") },
        jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn: ref("key") },
        s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: ref("key") },
      },
    }),
    sound("aws:glue/crawler:Crawler", "crawler", {
      databaseName: ref("catalog", "name"),
      role: ref("crawling"),
      securityConfiguration: ref("etl-security", "name"),
    }),
    sound("aws:glue/mLTransform:MLTransform", "matches", {
      roleArn: ref("crawling"),
      inputRecordTables: [{ databaseName: ref("catalog", "name"), tableName: "machines" }],
      parameters: { transformType: "FIND_MATCHES", findMatchesParameters: { primaryKeyColumnName: "id" } },
    }),
    sound("aws:glue/devEndpoint:DevEndpoint", "endpoint", {
      roleArn: ref("crawling"),
      securityConfiguration: ref("etl-security", "name"),
    }),
    sound("aws:glue/connection:Connection", "erp", {
      connectionType: "JDBC",
      connectionProperties: {
        JDBC_CONNECTION_URL: "jdbc:postgresql://erp.example.com/plant",
        JDBC_ENFORCE_SSL: "true",
      },
    }),
    sound("aws:glue/connection:Connection", "erp-events", {
      connectionType: "KAFKA",
      connectionProperties: { KAFKA_BOOTSTRAP_SERVERS: "b:9094", KAFKA_SSL_ENABLED: "true" },
    }),
    sound("aws:lakeformation/resource:Resource", "governed", { arn: ref("work"), roleArn: ref("crawling") }),
    emrSecurity("cluster-security"),
    sound("aws:emr/cluster:Cluster", "spark", {
      releaseLabel: "emr-7.5.0",
      serviceRole: ref("crawling"),
      securityConfiguration: ref("cluster-security", "name"),
      logEncryptionKmsKeyId: ref("key"),
      logUri: `s3://${ref("work", "id")}/emr/`,
    }),
    sound("aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy", "collection-key", {
      type: "encryption",
      policy: JSON.stringify({
        Rules: [{ ResourceType: "collection", Resource: ["collection/plant"] }],
        AWSOwnedKey: false,
        KmsARN: ref("key"),
      }),
    }),
    sound("aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy", "collection-network", {
      type: "network",
      policy: JSON.stringify([
        {
          Rules: [{ ResourceType: "collection", Resource: ["collection/plant"] }],
          AllowFromPublic: false,
          SourceVPCEs: ["vpce-1"],
        },
      ]),
    }),
    sound("aws:opensearch/serverlessCollection:ServerlessCollection", "collection", {
      name: "plant",
      encryptionConfigs: [{ awsOwnedKey: false, kmsKeyArn: ref("key") }],
    }),
  ],
  "databases in clusters, brokers": [
    key(),
    sound("aws:rds/cluster:Cluster", "aurora", {
      engine: "aurora-postgresql",
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: ref("key"),
      ...database,
    }),
    sound("aws:docdb/cluster:Cluster", "documents", database),
    sound("aws:neptune/cluster:Cluster", "relations", {
      storageEncrypted: true,
      kmsKeyArn: ref("key"),
      backupRetentionPeriod: 14,
      deletionProtection: true,
    }),
    sound("aws:redshift/cluster:Cluster", "warehouse", {
      clusterIdentifier: "warehouse",
      nodeType: "ra3.large",
      encrypted: "true",
      kmsKeyId: ref("key"),
      publiclyAccessible: false,
    }),
    sound("aws:dms/replicationInstance:ReplicationInstance", "migration", {
      replicationInstanceClass: "dms.t3.medium",
      replicationInstanceId: "migration",
      kmsKeyArn: ref("key"),
      publiclyAccessible: false,
    }),
    sound("aws:mq/broker:Broker", "broker", {
      engineType: "ActiveMQ",
      engineVersion: "5.18",
      hostInstanceType: "mq.m5.large",
      users: [{ username: "plant", password: "x" }],
      publiclyAccessible: false,
      encryptionOptions: { useAwsOwnedKey: false, kmsKeyId: ref("key") },
    }),
  ],
};
