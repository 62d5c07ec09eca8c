/** Container registries lie under the customer's key. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import { all, isOneOf, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureRegistryKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-registry-require-customer-key",
    what: "A container registry",
    types: ["azure-native:containerregistry:Registry"],
    key: "encryption.keyVaultProperties.keyIdentifier",
    tier: { property: "sku.name", is: ["Premium"] },
    beside: all(isOneOf("encryption.status", ["enabled"]), present("encryption.keyVaultProperties.identity")),
    controls: ["5b9159ae"],
  }),
];
