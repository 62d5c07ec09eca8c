/** Cosmos DB: accounts lie under the customer's key. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import { present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureCosmosdbKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-cosmosdb-require-customer-key",
    what: "A Cosmos DB account",
    types: ["azure-native:cosmosdb:DatabaseAccount"],
    key: "keyVaultKeyUri",
    beside: present("defaultIdentity"),
    controls: ["CKV_AZURE_100", "1f905d99"],
    example: {
      violation: "no keyVaultKeyUri",
      fixed: "keyVaultKeyUri: key.keyUri, defaultIdentity: `UserAssignedIdentity=${identity.id}`",
    },
  }),
];
