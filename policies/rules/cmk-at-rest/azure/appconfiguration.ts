/** App Configuration lies under the customer's key. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import { all, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureAppconfigurationKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-appconfiguration-require-customer-key",
    what: "A configuration store",
    types: ["azure-native:appconfiguration:ConfigurationStore"],
    key: "encryption.keyVaultProperties.keyIdentifier",
    beside: all(isTrue("enablePurgeProtection"), (view) => [
      view.test("sku.name", (name) => /^(standard|premium)$/i.test(String(name)), "standard, premium"),
    ]),
    controls: ["CKV_AZURE_186", "CKV_AZURE_187", "967a4b4b"],
  }),
];
