/** Batch accounts lie under the customer's key. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureBatchKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-batch-require-customer-key",
    what: "A batch account",
    types: ["azure-native:batch:BatchAccount"],
    source: "encryption.keySource",
    key: "encryption.keyVaultProperties.keyIdentifier",
    controls: ["CKV_AZURE_76", "99e9ccd8"],
  }),
];
