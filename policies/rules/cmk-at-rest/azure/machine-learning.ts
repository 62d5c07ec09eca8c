/** Machine Learning: workspaces lie under the customer's key. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import { all, isOneOf, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureMachineLearningKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-ml-require-customer-key",
    what: "A machine learning workspace",
    types: ["azure-native:machinelearningservices:Workspace"],
    key: "encryption.keyVaultProperties.keyIdentifier",
    beside: all(
      isOneOf("encryption.status", ["Enabled"]),
      present("encryption.keyVaultProperties.keyVaultArmId"),
    ),
    controls: ["7f40cee6"],
  }),
];
