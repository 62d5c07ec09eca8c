/** CloudWatch: log groups lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsLogsKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-logs-require-customer-key",
    what: "A log group",
    types: ["aws:cloudwatch/logGroup:LogGroup"],
    property: "kmsKeyId",
    controls: ["CKV_AWS_158", "AWS-0017", "cloudwatch_log_group_kms_encryption_enabled"],
    platformDefault: "log lines lie under a key that the service owns",
  }),
];
