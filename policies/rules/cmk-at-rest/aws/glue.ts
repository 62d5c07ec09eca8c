/** Glue's catalog and security configurations name the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { all, isOneOf, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

const catalog = "dataCatalogEncryptionSettings";
const glue = "encryptionConfiguration";

export const awsGlueKeyRules: readonly Rule[] = [
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
];
