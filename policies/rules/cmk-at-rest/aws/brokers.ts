/** Kafka and message brokers lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { holds } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsBrokersKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-msk-require-customer-key",
    what: "A Kafka cluster",
    types: ["aws:msk/cluster:Cluster"],
    property: "encryptionInfo.encryptionAtRestKmsKeyArn",
    controls: ["AWS-0179", "kafka_cluster_encryption_at_rest_uses_cmk"],
    platformDefault: "records lie under the key that AWS manages for MSK",
  }),
  awsKeyRule({
    id: "aws-mq-require-customer-key",
    what: "A message broker",
    types: ["aws:mq/broker:Broker"],
    property: "encryptionOptions.kmsKeyId",
    controls: ["CKV_AWS_209"],
    platformDefault: "messages lie under a key that AWS owns",
    beside: holds("encryptionOptions.useAwsOwnedKey", (value) => value === false, "false"),
    besideFix: "encryptionOptions.useAwsOwnedKey to false and",
  }),
];
