/** AI services lie under the customer's key. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureCognitiveservicesKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-ai-require-customer-key",
    what: "An AI services account",
    types: ["azure-native:cognitiveservices:Account"],
    source: "properties.encryption.keySource",
    name: "properties.encryption.keyVaultProperties.keyName",
    key: "properties.encryption.keyVaultProperties.keyVaultUri",
    version: "properties.encryption.keyVaultProperties.keyVersion",
    controls: ["67121cc7"],
  }),
];
