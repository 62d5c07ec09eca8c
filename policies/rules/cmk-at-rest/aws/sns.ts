/** Topics lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsSnsKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-sns-require-customer-key",
    what: "A topic",
    types: ["aws:sns/topic:Topic"],
    property: "kmsMasterKeyId",
    controls: ["CKV_AWS_26", "SNS.1", "AWS-0095", "AWS-0136"],
    platformDefault: "messages lie plain",
    example: { violation: 'kmsMasterKeyId: "alias/aws/sns"', fixed: "kmsMasterKeyId: key.arn" },
  }),
];
