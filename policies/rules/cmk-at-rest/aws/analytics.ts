/** What computes on data keeps results, spills and logs of its own. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import {
  all,
  either,
  hasOwnKey,
  inDocument,
  isOneOf,
  isTrue,
  present,
  refersTo,
} from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isNothing } from "../../../kit/value.ts";

const result = "configuration.resultConfiguration.encryptionConfiguration";
const catalog = "dataCatalogEncryptionSettings";
const glue = "encryptionConfiguration";
const emrRest = "EncryptionConfiguration.AtRestEncryptionConfiguration";

export const awsAnalyticsKeyRules: readonly Rule[] = [
  {
    ...awsKeyRule({
      id: "aws-athena-require-customer-key",
      what: "Every query result",
      types: ["aws:athena/workgroup:Workgroup"],
      property: `${result}.kmsKeyArn`,
      controls: ["CKV_AWS_159", "Athena.1", "AWS-0006"],
      platformDefault: "results, which are copies of data, lie under S3's own key",
      besideFix: `${result}.encryptionOption to "SSE_KMS" and`,
      example: {
        violation: 'encryptionOption: "SSE_S3"',
        fixed: 'encryptionOption: "SSE_KMS", kmsKeyArn: key.arn',
      },
    }),
    check: either(
      all(isOneOf(`${result}.encryptionOption`, ["SSE_KMS", "CSE_KMS"]), hasOwnKey(`${result}.kmsKeyArn`)),
      all(
        isTrue("configuration.managedQueryResultsConfiguration.enabled"),
        hasOwnKey("configuration.managedQueryResultsConfiguration.encryptionConfiguration.kmsKey"),
      ),
    ),
  },
  {
    id: "aws-athena-forbid-weaker-clients",
    theme: "cmk-at-rest",
    description: "No client can have query results under another key, or none",
    severity: "medium",
    types: ["aws:athena/workgroup:Workgroup"],
    controls: ["CKV_AWS_82", "AWS-0007", "NIST SP 800-53 SC-28(1)"],
    why: "A client's own settings win unless the workgroup enforces its own.",
    fix: "leave configuration.enforceWorkgroupConfiguration true, or set configuration.enableMinimumEncryptionConfiguration to true",
    check: either(
      isTrue("configuration.enforceWorkgroupConfiguration"),
      isTrue("configuration.enableMinimumEncryptionConfiguration"),
    ),
    example: {
      violation: "enforceWorkgroupConfiguration: false",
      fixed: "enforceWorkgroupConfiguration: true",
    },
  },
  awsKeyRule({
    id: "aws-athena-require-customer-key-on-databases",
    what: "An Athena database",
    types: ["aws:athena/database:Database"],
    property: "encryptionConfiguration.kmsKey",
    controls: ["CKV_AWS_77"],
    platformDefault: "the results of its statements lie under S3's own key",
    beside: isOneOf("encryptionConfiguration.encryptionOption", ["SSE_KMS", "CSE_KMS"]),
    besideFix: 'encryptionConfiguration.encryptionOption to "SSE_KMS" and',
  }),
  awsKeyRule({
    id: "aws-glue-require-customer-key-on-catalog",
    what: "The data catalog, with the passwords of its connections,",
    types: ["aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings"],
    property: [
      `${catalog}.encryptionAtRest.sseAwsKmsKeyId`,
      `${catalog}.connectionPasswordEncryption.awsKmsKeyId`,
    ],
    controls: ["CKV_AWS_94", "glue_data_catalogs_metadata_encryption_enabled"],
    platformDefault: "table definitions and passwords lie plain",
    beside: all(
      isOneOf(`${catalog}.encryptionAtRest.catalogEncryptionMode`, ["SSE-KMS", "SSE-KMS-WITH-SERVICE-ROLE"]),
      isTrue(`${catalog}.connectionPasswordEncryption.returnConnectionPasswordEncrypted`),
    ),
    besideFix: 'catalogEncryptionMode to "SSE-KMS", returnConnectionPasswordEncrypted to true and',
  }),
  awsKeyRule({
    id: "aws-glue-require-customer-key-on-jobs",
    what: "What a Glue job writes, logs and remembers",
    types: ["aws:glue/securityConfiguration:SecurityConfiguration"],
    property: [
      `${glue}.cloudwatchEncryption.kmsKeyArn`,
      `${glue}.jobBookmarksEncryption.kmsKeyArn`,
      `${glue}.s3Encryption.kmsKeyArn`,
    ],
    controls: ["CKV_AWS_99", "glue_etl_jobs_amazon_s3_encryption_enabled"],
    platformDefault: "output, logs and bookmarks lie plain or under keys of the services",
    beside: all(
      isOneOf(`${glue}.cloudwatchEncryption.cloudwatchEncryptionMode`, ["SSE-KMS"]),
      isOneOf(`${glue}.jobBookmarksEncryption.jobBookmarksEncryptionMode`, ["CSE-KMS"]),
      isOneOf(`${glue}.s3Encryption.s3EncryptionMode`, ["SSE-KMS"]),
    ),
    besideFix: 'the three modes to "SSE-KMS", "CSE-KMS" and "SSE-KMS", and',
  }),
  {
    id: "aws-glue-require-security-configuration",
    theme: "cmk-at-rest",
    description: "Every Glue job, crawler and endpoint runs under a security configuration of the stack",
    severity: "high",
    types: ["aws:glue/job:Job", "aws:glue/crawler:Crawler", "aws:glue/devEndpoint:DevEndpoint"],
    reads: ["aws:glue/securityConfiguration:SecurityConfiguration"],
    controls: ["CKV_AWS_195", "Glue.3", "NIST SP 800-53 SC-28(1)"],
    why: "Without one, output, logs and bookmarks lie under keys of the services or under none.",
    fix: "set securityConfiguration to the name of an aws.glue.SecurityConfiguration of the stack",
    check: refersTo(
      "securityConfiguration",
      ["aws:glue/securityConfiguration:SecurityConfiguration"],
      "an aws.glue.SecurityConfiguration of this stack",
    ),
    example: {
      violation: "new aws.glue.Job(name, { roleArn, command })",
      fixed: "securityConfiguration: encrypted.name",
    },
  },
  {
    id: "aws-glue-require-customer-key-on-transforms",
    theme: "cmk-at-rest",
    description: "No Glue ML transform keeps what it learnt under a key of the service",
    severity: "medium",
    types: ["aws:glue/mLTransform:MLTransform"],
    controls: ["NIST SP 800-53 SC-28(1)"],
    why: "What it learnt is made of the data.",
    fix: "use a Glue job under a security configuration instead",
    unsupported: () => ({
      reason: "the provider has no property for the key of an ML transform",
      compensatingControl: "its inputs and outputs lie in buckets that the bucket rules judge",
    }),
    check: present("transformEncryption"),
    example: {
      violation: "new aws.glue.MLTransform(…)",
      fixed: "new aws.glue.Job(name, { securityConfiguration })",
    },
  },
  {
    id: "aws-emr-require-encryption",
    theme: "cmk-at-rest",
    description:
      "An EMR security configuration encrypts disks and S3 under own keys, and traffic between nodes",
    severity: "high",
    types: ["aws:emr/securityConfiguration:SecurityConfiguration"],
    controls: [
      "CKV_AWS_171",
      "CKV_AWS_349",
      "CKV_AWS_350",
      "CKV_AWS_351",
      "AWS-0137",
      "AWS-0138",
      "EMR.3",
      "EMR.4",
    ],
    why: "Spilled and shuffled data is the same data.",
    fix: "set EnableAtRestEncryption and EnableInTransitEncryption to true, S3EncryptionConfiguration to SSE-KMS and LocalDiskEncryptionConfiguration to AwsKms with EnableEbsEncryption, each with the arn of an aws.kms.Key",
    check: inDocument(
      "configuration",
      all(
        isTrue([
          "EncryptionConfiguration.EnableAtRestEncryption",
          "EncryptionConfiguration.EnableInTransitEncryption",
        ]),
        isOneOf(`${emrRest}.S3EncryptionConfiguration.EncryptionMode`, ["SSE-KMS", "CSE-KMS"]),
        isOneOf(`${emrRest}.LocalDiskEncryptionConfiguration.EncryptionKeyProviderType`, ["AwsKms"]),
        isTrue(`${emrRest}.LocalDiskEncryptionConfiguration.EnableEbsEncryption`),
        hasOwnKey([
          `${emrRest}.S3EncryptionConfiguration.AwsKmsKey`,
          `${emrRest}.LocalDiskEncryptionConfiguration.AwsKmsKey`,
        ]),
        present("EncryptionConfiguration.InTransitEncryptionConfiguration.TLSCertificateConfiguration"),
      ),
    ),
    example: { violation: "EnableInTransitEncryption: false", fixed: "EnableInTransitEncryption: true" },
  },
  {
    ...awsKeyRule({
      id: "aws-emr-require-customer-key",
      what: "An EMR cluster with its logs",
      types: ["aws:emr/cluster:Cluster"],
      property: "logEncryptionKmsKeyId",
      controls: ["CKV2_AWS_55"],
      platformDefault: "disks, traffic and logs are plain",
      beside: present("securityConfiguration"),
      besideFix: "securityConfiguration to an aws.emr.SecurityConfiguration and",
    }),
  },
  awsKeyRule({
    id: "aws-emrserverless-require-customer-key",
    what: "Every log of an EMR Serverless application",
    types: ["aws:emrserverless/application:Application"],
    property: [
      "monitoringConfiguration.cloudwatchLoggingConfiguration?.encryptionKeyArn",
      "monitoringConfiguration.managedPersistenceMonitoringConfiguration?.encryptionKeyArn",
      "monitoringConfiguration.s3MonitoringConfiguration?.encryptionKeyArn",
    ],
    controls: [],
    platformDefault: "logs lie under keys of the service",
    beside: present("monitoringConfiguration"),
    besideFix: "monitoringConfiguration, and in it",
  }),
  awsKeyRule({
    id: "aws-flink-require-customer-key",
    what: "A Flink application's state",
    types: ["aws:kinesisanalyticsv2/application:Application"],
    property: "applicationConfiguration.applicationEncryptionConfiguration.keyId",
    controls: [],
    platformDefault: "state and snapshots lie under a key that AWS owns",
    beside: isOneOf("applicationConfiguration.applicationEncryptionConfiguration.keyType", [
      "CUSTOMER_MANAGED_KEY",
    ]),
    besideFix: 'keyType beside it to "CUSTOMER_MANAGED_KEY" and',
  }),
  {
    id: "aws-lakeformation-require-own-bucket",
    theme: "cmk-at-rest",
    description: "What Lake Formation governs lies in a bucket of the stack, whose encryption is judged",
    severity: "medium",
    types: ["aws:lakeformation/resource:Resource"],
    reads: ["aws:s3/bucket:Bucket"],
    controls: ["NIST SP 800-53 SC-28(1)"],
    why: "The location has no encryption of its own: the bucket's counts.",
    fix: "set arn to the arn of an aws.s3.Bucket of the stack, and roleArn to a role that may use its key",
    check: all(
      refersTo("arn", ["aws:s3/bucket:Bucket"], "the arn of a bucket of this stack"),
      present("roleArn"),
    ),
    example: { violation: 'arn: "arn:aws:s3:::elsewhere"', fixed: "arn: bucket.arn, roleArn: role.arn" },
  },
  {
    ...awsKeyRule({
      id: "aws-sagemaker-require-customer-key",
      what: "Every disk, capture and feature of SageMaker",
      types: ["aws:sagemaker/domain:Domain", "aws:sagemaker/notebookInstance:NotebookInstance"],
      property: "kmsKeyId",
      controls: ["CKV_AWS_22", "CKV_AWS_187", "CKV_AWS_367"],
      platformDefault: "notebooks and home folders lie under the key that AWS manages for SageMaker",
    }),
  },
  awsKeyRule({
    id: "aws-sagemaker-require-customer-key-on-endpoints",
    what: "An inference endpoint, with what it captures,",
    types: ["aws:sagemaker/endpointConfiguration:EndpointConfiguration"],
    property: ["kmsKeyArn", "dataCaptureConfig?.kmsKeyId", "asyncInferenceConfig?.outputConfig.kmsKeyId"],
    controls: ["CKV_AWS_98", "CKV_AWS_368"],
    platformDefault: "disks and captured requests lie under keys of the services",
  }),
  awsKeyRule({
    id: "aws-sagemaker-require-customer-key-on-features",
    what: "A feature group",
    types: ["aws:sagemaker/featureGroup:FeatureGroup"],
    property: ["onlineStoreConfig?.securityConfig.kmsKeyId", "offlineStoreConfig?.s3StorageConfig.kmsKeyId"],
    controls: ["CKV_AWS_372"],
    platformDefault: "features lie under the key that AWS manages for SageMaker",
    concerns: (group) =>
      !isNothing(group.value("onlineStoreConfig")) || !isNothing(group.value("offlineStoreConfig")),
  }),
];
