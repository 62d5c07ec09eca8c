/** Relational and cache databases lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { all, hasOwnKey, isTrue, where } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isNothing } from "../../../kit/value.ts";

export const awsDatabasesKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-rds-require-customer-key",
    what: "A relational database",
    types: ["aws:rds/instance:Instance", "aws:rds/cluster:Cluster", "aws:docdb/cluster:Cluster"],
    property: ["kmsKeyId", "masterUserSecretKmsKeyId?", "performanceInsightsKmsKeyId?"],
    controls: [
      "CKV_AWS_16",
      "CKV_AWS_327",
      "CKV_AWS_74",
      "CKV_AWS_182",
      "RDS.3",
      "RDS.27",
      "DocumentDB.1",
      "AWS-0080",
    ],
    platformDefault: "the database lies plain, or under the key that AWS manages for the service",
    beside: all(
      isTrue("storageEncrypted"),
      where("manageMasterUserPassword", (managed) => managed === true, hasOwnKey("masterUserSecretKmsKeyId")),
    ),
    besideFix: "storageEncrypted to true and",
    concerns: (view) =>
      isNothing(view.value("clusterIdentifier")) || view.resource.type !== "aws:rds/instance:Instance",
  }),
  awsKeyRule({
    id: "aws-neptune-require-customer-key",
    what: "A graph database",
    types: ["aws:neptune/cluster:Cluster"],
    property: "kmsKeyArn",
    controls: ["CKV_AWS_44", "CKV_AWS_347", "Neptune.1"],
    platformDefault: "the graph lies plain, or under the key that AWS manages for RDS",
    beside: isTrue("storageEncrypted"),
    besideFix: "storageEncrypted to true and",
  }),
  awsKeyRule({
    id: "aws-redshift-require-customer-key",
    what: "A data warehouse",
    types: ["aws:redshift/cluster:Cluster"],
    property: "kmsKeyId",
    controls: ["CKV_AWS_64", "CKV_AWS_142", "Redshift.10"],
    platformDefault: "the warehouse lies plain, or under the key that AWS manages for Redshift",
    beside: isTrue("encrypted"),
    besideFix: "encrypted to true and",
  }),
  awsKeyRule({
    id: "aws-dms-require-customer-key",
    what: "A replication instance",
    types: ["aws:dms/replicationInstance:ReplicationInstance"],
    property: "kmsKeyArn",
    controls: ["CKV_AWS_212"],
    platformDefault: "what is migrated lies under the key that AWS manages for DMS",
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
