/** Automation accounts lie under the customer's key, and no variable is plain. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import { isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureAutomationKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-automation-require-customer-key",
    what: "An automation account",
    types: ["azure-native:automation:AutomationAccount"],
    source: "encryption.keySource",
    name: "encryption.keyVaultProperties.keyName",
    key: "encryption.keyVaultProperties.keyvaultUri",
    version: "encryption.keyVaultProperties.keyVersion",
    controls: ["56a5ee18"],
  }),
  {
    id: "azure-automation-encrypt-variables",
    theme: "cmk-at-rest",
    description: "Every automation variable is encrypted",
    severity: "high",
    types: ["azure-native:automation:Variable"],
    controls: ["CKV_AZURE_73", "MCSB DP-5"],
    why: "Plain variables are shown to everybody who may read the account.",
    fix: "set isEncrypted to true",
    check: isTrue("isEncrypted"),
    example: { violation: "isEncrypted: false", fixed: "isEncrypted: true" },
  },
];
