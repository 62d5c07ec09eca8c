/** Databricks: notebooks, disks and files lie under the customer's key. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import { all, isOneOfAnyCase, isTrue, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureDatabricksKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-databricks-require-customer-key",
    what: "A Databricks workspace, notebooks and disks,",
    types: ["azure-native:databricks:Workspace"],
    key: [
      "encryption.entities.managedServices.keyVaultProperties.keyVaultUri",
      "encryption.entities.managedDisk.keyVaultProperties.keyVaultUri",
    ],
    identity: false,
    tier: { property: "sku.name", is: ["premium"] },
    beside: all(
      isOneOfAnyCase(
        ["encryption.entities.managedServices.keySource", "encryption.entities.managedDisk.keySource"],
        ["Microsoft.Keyvault"],
      ),
      present([
        "encryption.entities.managedServices.keyVaultProperties.keyName",
        "encryption.entities.managedDisk.keyVaultProperties.keyName",
      ]),
      // Databricks asks for a version: disks follow rotation only where it is told to.
      isTrue("encryption.entities.managedDisk.rotationToLatestKeyVersionEnabled"),
    ),
    controls: ["2cc2c3b5", "databricks_workspace_cmk_encryption_enabled"],
  }),
  azureKeyRule({
    id: "azure-databricks-require-customer-key-on-files",
    what: "The root file system of a Databricks workspace",
    types: ["azure-native:databricks:Workspace"],
    source: "parameters.encryption.value.keySource",
    name: "parameters.encryption.value.keyName",
    key: "parameters.encryption.value.keyVaultUri",
    identity: false,
    beside: isTrue([
      "parameters.prepareEncryption.value",
      "parameters.requireInfrastructureEncryption.value",
    ]),
    controls: ["CKV2_AZURE_48"],
  }),
];
