/** Step Functions: state lies under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsSfnKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-sfn-require-customer-key",
    what: "A state machine or activity",
    types: ["aws:sfn/stateMachine:StateMachine", "aws:sfn/activity:Activity"],
    property: "encryptionConfiguration.kmsKeyId",
    controls: ["stepfunctions_statemachine_encrypted_with_cmk"],
    platformDefault: "inputs and outputs of every step lie under a key that AWS owns",
    beside: isOneOf("encryptionConfiguration.type", ["CUSTOMER_MANAGED_KMS_KEY"]),
    besideFix: 'encryptionConfiguration.type to "CUSTOMER_MANAGED_KMS_KEY" and',
  }),
];
