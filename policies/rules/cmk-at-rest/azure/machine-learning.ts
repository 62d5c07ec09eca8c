/** Machine Learning: workspaces lie under the customer's key. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import { all, isOneOf, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isNothing } from "../../../kit/value.ts";

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
  {
    id: "azure-ml-require-own-stores",
    theme: "cmk-at-rest",
    description: "A machine learning workspace names the account and the vault that it keeps things in",
    severity: "medium",
    types: ["azure-native:machinelearningservices:Workspace"],
    controls: ["MCSB DP-5", "NIST SP 800-53 SC-28(1)"],
    why: "Models, logs and secrets lie there, not in the workspace: its own key protects none of them.",
    fix: "set storageAccount and keyVault to the ids of a storage account and a vault whose keys are the customer's",
    // A project has those of its hub.
    concerns: (workspace) => isNothing(workspace.value("hubResourceId")),
    check: present(["storageAccount", "keyVault"]),
    example: { violation: "no storageAccount", fixed: "storageAccount: account.id, keyVault: vault.id" },
  },
];
