/** Tables, time series and indexes. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { all, hasOwnKey, inDocument, isOneOf, isTrue, notTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isNothing } from "../../../kit/value.ts";

const domain = "aws:opensearch/domain:Domain";

export const awsDatabaseKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-dynamodb-require-customer-key",
    what: "A table",
    types: ["aws:dynamodb/table:Table"],
    property: "serverSideEncryption.kmsKeyArn",
    controls: ["CKV_AWS_119", "AWS-0025", "dynamodb_tables_kms_cmk_encryption_enabled"],
    platformDefault: "rows lie under a key that AWS owns",
    beside: isTrue("serverSideEncryption.enabled"),
    besideFix: "serverSideEncryption.enabled to true and",
    example: {
      violation: "serverSideEncryption: { enabled: true }",
      fixed: "serverSideEncryption: { enabled: true, kmsKeyArn: key.arn }",
    },
  }),
  awsKeyRule({
    id: "aws-dynamodb-require-customer-key-on-replicas",
    what: "A table's copy in another region",
    types: ["aws:dynamodb/table:Table"],
    property: "replicas[].kmsKeyArn",
    controls: ["CKV_AWS_271"],
    platformDefault: "the copy lies under the key that AWS manages for DynamoDB",
    concerns: (table) => !isNothing(table.value("replicas")),
  }),
  awsKeyRule({
    id: "aws-dynamodb-require-customer-key-on-replica-tables",
    what: "A table that copies one of another region",
    types: ["aws:dynamodb/tableReplica:TableReplica"],
    property: "kmsKeyArn",
    controls: ["CKV_AWS_271"],
    platformDefault: "the copy lies under the key that AWS manages for DynamoDB",
  }),
  awsKeyRule({
    id: "aws-timestream-require-customer-key",
    what: "A time series database",
    types: ["aws:timestreamwrite/database:Database"],
    property: "kmsKeyId",
    controls: ["CKV_AWS_160"],
    platformDefault: "series lie under the key that AWS manages for Timestream",
  }),
  awsKeyRule({
    id: "aws-timestream-require-customer-key-on-rejects",
    what: "What a time series table rejects",
    types: ["aws:timestreamwrite/table:Table"],
    property: `magneticStoreWriteProperties.magneticStoreRejectedDataLocation.s3Configuration.kmsKeyId`,
    controls: ["CKV_AWS_160"],
    platformDefault: "rejected rows lie under the bucket's default key",
    concerns: (table) =>
      !isNothing(table.value("magneticStoreWriteProperties.magneticStoreRejectedDataLocation")),
    beside: isOneOf(
      "magneticStoreWriteProperties.magneticStoreRejectedDataLocation.s3Configuration.encryptionOption",
      ["SSE_KMS"],
    ),
    besideFix: 'encryptionOption beside it to "SSE_KMS" and',
  }),
  awsKeyRule({
    id: "aws-opensearch-require-customer-key",
    what: "A search domain",
    types: [domain],
    property: "encryptAtRest.kmsKeyId",
    controls: ["CKV_AWS_5", "CKV_AWS_247", "OpenSearch.1", "ES.1", "AWS-0048"],
    platformDefault: "indexes lie plain, or under the key that AWS manages for the service",
    beside: isTrue("encryptAtRest.enabled"),
    besideFix: "encryptAtRest.enabled to true and",
    example: {
      violation: "encryptAtRest: { enabled: true }",
      fixed: "encryptAtRest: { enabled: true, kmsKeyId: key.arn }",
    },
  }),
  awsKeyRule({
    id: "aws-opensearchserverless-require-customer-key",
    what: "A serverless search collection",
    types: ["aws:opensearch/serverlessCollection:ServerlessCollection"],
    property: "encryptionConfigs[]?.kmsKeyArn",
    controls: [],
    platformDefault: "indexes lie under a key that AWS owns",
    concerns: (view) => !isNothing(view.value("encryptionConfigs")),
    beside: notTrue("encryptionConfigs[]?.awsOwnedKey"),
  }),
  {
    ...awsKeyRule({
      id: "aws-opensearchserverless-require-customer-key-by-policy",
      what: "What a serverless encryption policy covers",
      types: ["aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy"],
      property: "policy",
      controls: [],
      platformDefault: "collections lie under a key that AWS owns",
      concerns: (policy) => policy.value("type") !== "network",
      example: { violation: "AWSOwnedKey: true", fixed: "AWSOwnedKey: false, KmsARN: key.arn" },
    }),
    fix: "set AWSOwnedKey to false and KmsARN to the arn of an aws.kms.Key of the stack in policy",
    check: inDocument("policy", all(notTrue("AWSOwnedKey"), hasOwnKey("KmsARN"))),
  },
  awsKeyRule({
    id: "aws-kendra-require-customer-key",
    what: "A Kendra index",
    types: ["aws:kendra/index:Index"],
    property: "serverSideEncryptionConfiguration.kmsKeyId",
    controls: ["CKV_AWS_262"],
    platformDefault: "the index lies under a key that AWS owns",
  }),
  awsKeyRule({
    id: "aws-rds-require-customer-key",
    what: "A relational database",
    types: [
      "aws:rds/instance:Instance",
      "aws:rds/cluster:Cluster",
      "aws:docdb/cluster:Cluster",
      "aws:neptune/cluster:Cluster",
    ],
    property: "kmsKeyId",
    controls: ["CKV_AWS_16", "CKV_AWS_327", "RDS.3", "AWS-0080"],
    platformDefault: "the database lies plain, or under the key that AWS manages for the service",
    beside: isTrue("storageEncrypted"),
    besideFix: "storageEncrypted to true and",
    concerns: (view) =>
      isNothing(view.value("clusterIdentifier")) || view.resource.type !== "aws:rds/instance:Instance",
  }),
  awsKeyRule({
    id: "aws-elasticache-require-customer-key",
    what: "A cache",
    types: ["aws:elasticache/replicationGroup:ReplicationGroup"],
    property: "kmsKeyId",
    controls: ["CKV_AWS_29", "CKV_AWS_191", "AWS-0045"],
    platformDefault: "what is cached lies plain, or under a key that AWS owns",
    beside: isTrue("atRestEncryptionEnabled"),
    besideFix: "atRestEncryptionEnabled to true and",
  }),
];
