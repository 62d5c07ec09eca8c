/** EMR: disks, S3 and logs lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import {
  all,
  either,
  hasOwnKey,
  holds,
  inDocument,
  isOneOf,
  isTrue,
  present,
  refersTo,
} from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

/** The service keeps logs for 30 days unless it is told not to. */
const managed = "monitoringConfiguration.managedPersistenceMonitoringConfiguration";
const managedLogs = either(
  hasOwnKey(`${managed}.encryptionKeyArn`),
  holds(`${managed}.enabled`, (enabled) => enabled === false, "false"),
);
const settings = "aws:emr/securityConfiguration:SecurityConfiguration";
const emrRest = "EncryptionConfiguration.AtRestEncryptionConfiguration";

export const awsEmrKeyRules: readonly Rule[] = [
  {
    id: "aws-emr-require-encryption",
    theme: "cmk-at-rest",
    description:
      "An EMR security configuration encrypts disks and S3 under own keys, and traffic between nodes",
    severity: "high",
    types: [settings],
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
      beside: refersTo("securityConfiguration", [settings], "an aws.emr.SecurityConfiguration of this stack"),
      besideFix: "securityConfiguration to an aws.emr.SecurityConfiguration and",
    }),
    reads: ["aws:kms/key:Key", settings],
  },
  awsKeyRule({
    id: "aws-emrserverless-require-customer-key",
    what: "Every log of an EMR Serverless application",
    types: ["aws:emrserverless/application:Application"],
    property: [
      "monitoringConfiguration.cloudwatchLoggingConfiguration?.encryptionKeyArn",
      "monitoringConfiguration.s3MonitoringConfiguration?.encryptionKeyArn",
    ],
    controls: [],
    platformDefault: "logs lie under keys of the service",
    beside: all(present("monitoringConfiguration"), managedLogs),
    besideFix:
      "monitoringConfiguration.managedPersistenceMonitoringConfiguration.encryptionKeyArn (or .enabled to false), and in monitoringConfiguration",
  }),
];
