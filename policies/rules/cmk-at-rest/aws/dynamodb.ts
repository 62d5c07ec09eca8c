/** DynamoDB: tables and their replicas lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isNothing } from "../../../kit/value.ts";

export const awsDynamodbKeyRules: readonly Rule[] = [
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
];
