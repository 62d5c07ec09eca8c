/** Queries, jobs, notebooks, audit. */
import { bucket, key, logBucket, logsKey, role } from "./parts.ts";
import { ref, sound, type Sound } from "../stack.ts";

export const awsAnalytics: Readonly<Record<string, readonly Sound[]>> = {
  analytics: [
    key(),
    logsKey(),
    ...logBucket(),
    ...bucket("results"),
    role("etl", "glue.amazonaws.com"),
    sound("aws:athena/workgroup:Workgroup", "queries", {
      configuration: {
        enforceWorkgroupConfiguration: true,
        publishCloudwatchMetricsEnabled: true,
        resultConfiguration: {
          outputLocation: `s3://${ref("results", "id")}/`,
          encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: ref("key") },
        },
      },
    }),
    sound("aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings", "catalog", {
      dataCatalogEncryptionSettings: {
        connectionPasswordEncryption: { returnConnectionPasswordEncrypted: true, awsKmsKeyId: ref("key") },
        encryptionAtRest: { catalogEncryptionMode: "SSE-KMS", sseAwsKmsKeyId: ref("key") },
      },
    }),
    sound("aws:glue/securityConfiguration:SecurityConfiguration", "etl-security", {
      encryptionConfiguration: {
        cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS", kmsKeyArn: ref("key") },
        jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn: ref("key") },
        s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: ref("key") },
      },
    }),
    sound("aws:glue/job:Job", "etl-job", {
      roleArn: ref("etl"),
      securityConfiguration: ref("etl-security", "name"),
      command: { scriptLocation: `s3://${ref("results", "id")}/job.py` },
    }),
    sound("aws:kinesisanalyticsv2/application:Application", "flink", {
      runtimeEnvironment: "FLINK-1_20",
      serviceExecutionRole: ref("etl"),
      applicationConfiguration: {
        applicationEncryptionConfiguration: { keyType: "CUSTOMER_MANAGED_KEY", keyId: ref("key") },
      },
    }),
    sound("aws:emrserverless/application:Application", "spark", {
      type: "spark",
      releaseLabel: "emr-7.5.0",
      monitoringConfiguration: {
        managedPersistenceMonitoringConfiguration: { encryptionKeyArn: ref("key") },
        s3MonitoringConfiguration: {
          logUri: `s3://${ref("results", "id")}/logs/`,
          encryptionKeyArn: ref("key"),
        },
      },
    }),
    sound("aws:sagemaker/notebookInstance:NotebookInstance", "notebook", {
      roleArn: ref("etl"),
      instanceType: "ml.t3.medium",
      kmsKeyId: ref("key"),
      directInternetAccess: "Disabled",
      subnetId: "subnet-1",
      securityGroups: ["sg-1"],
      rootAccess: "Disabled",
    }),
    sound("aws:kendra/index:Index", "kendra", {
      roleArn: ref("etl"),
      serverSideEncryptionConfiguration: { kmsKeyId: ref("key") },
    }),
    sound("aws:cloudtrail/trail:Trail", "trail", {
      s3BucketName: ref("results", "id"),
      kmsKeyId: ref("key"),
      enableLogFileValidation: true,
      isMultiRegionTrail: true,
    }),
  ],
};
