/** Log clusters lie under the customer's key. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import { isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureOperationalinsightsKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-operationalinsights-require-customer-key-on-clusters",
    what: "A log cluster",
    types: ["azure-native:operationalinsights:Cluster"],
    name: "keyVaultProperties.keyName",
    key: "keyVaultProperties.keyVaultUri",
    version: "keyVaultProperties.keyVersion",
    beside: isTrue("isDoubleEncryptionEnabled"),
    controls: ["1f68a601", "ea0dfaed"],
  }),
];
