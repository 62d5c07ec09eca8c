/** Queues and dead letters lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { notTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsSqsKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-sqs-require-customer-key",
    what: "A queue, dead letters included,",
    types: ["aws:sqs/queue:Queue"],
    property: "kmsMasterKeyId",
    controls: ["CKV_AWS_27", "CKV2_AWS_73", "SQS.1", "AWS-0096", "AWS-0135"],
    platformDefault: "messages lie under a key that SQS owns",
    beside: notTrue("sqsManagedSseEnabled"),
    example: { violation: "sqsManagedSseEnabled: true", fixed: "kmsMasterKeyId: key.arn" },
  }),
];
