/** Synapse lies under the customer's key. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureSynapseKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-synapse-require-customer-key",
    what: "A Synapse workspace",
    types: ["azure-native:synapse:Workspace"],
    name: "encryption.cmk.key.name",
    key: "encryption.cmk.key.keyVaultUrl",
    controls: ["CKV_AZURE_240", "f7d52b2d"],
  }),
];
