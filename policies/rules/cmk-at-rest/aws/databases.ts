/** Relational and cache databases lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { all, hasOwnKey, isTrue, where } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isNothing } from "../../../kit/value.ts";

export const awsDatabasesKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-rds-require-customer-key",
    what: "A relational database",
    types: [
      "aws:rds/instance:Instance",
      "aws:rds/cluster:Cluster",
      "aws:docdb/cluster:Cluster",
      "aws:neptune/cluster:Cluster",
    ],
    property: ["kmsKeyId", "masterUserSecretKmsKeyId?", "performanceInsightsKmsKeyId?"],
    controls: ["CKV_AWS_16", "CKV_AWS_327", "RDS.3", "AWS-0080"],
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
