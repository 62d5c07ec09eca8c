/** Service Bus: messages lie under the customer's key. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import type { Rule } from "../../../kit/rule.ts";
import { infrastructure } from "./support/infrastructure.ts";

const serviceBus = "azure-native:servicebus:Namespace";

export const azureServicebusKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-servicebus-require-customer-key",
    what: "A Service Bus namespace",
    types: [serviceBus],
    source: "encryption.keySource",
    name: "encryption.keyVaultProperties[].keyName",
    key: "encryption.keyVaultProperties[].keyVaultUri",
    version: "encryption.keyVaultProperties[].keyVersion",
    tier: { property: "sku.name", is: ["Premium"] },
    controls: ["CKV_AZURE_201", "295fc8b1"],
  }),
  infrastructure("servicebus", "A Service Bus namespace", serviceBus, ["CKV_AZURE_199", "ebaf4f25"]),
];
