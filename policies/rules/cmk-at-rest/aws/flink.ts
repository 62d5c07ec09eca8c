/** Managed Flink: state lies under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsFlinkKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-flink-require-customer-key",
    what: "A Flink application's state",
    types: ["aws:kinesisanalyticsv2/application:Application"],
    property: "applicationConfiguration.applicationEncryptionConfiguration.keyId",
    controls: [],
    platformDefault: "state and snapshots lie under a key that AWS owns",
    beside: isOneOf("applicationConfiguration.applicationEncryptionConfiguration.keyType", [
      "CUSTOMER_MANAGED_KEY",
    ]),
    besideFix: 'keyType beside it to "CUSTOMER_MANAGED_KEY" and',
  }),
];
