/** Data Factory lies under the customer's key. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import { present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureDatafactoryKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-datafactory-require-customer-key",
    what: "A data factory",
    types: ["azure-native:datafactory:Factory"],
    name: "encryption.keyName",
    key: "encryption.vaultBaseUrl",
    version: "encryption.keyVersion",
    beside: present("encryption.identity.userAssignedIdentity"),
    controls: ["CKV2_AZURE_15", "4ec52d6d"],
  }),
];
