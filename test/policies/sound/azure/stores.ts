/** Databases, registries, search, models. */
import { base, identity, resourceGroupName } from "./parts.ts";
import { ref, sound, type Sound } from "../stack.ts";

export const azureStores: Readonly<Record<string, readonly Sound[]>> = {
  "stores and analytics": [
    ...base(),
    sound("azure-native:cosmosdb:DatabaseAccount", "latest", {
      resourceGroupName,
      databaseAccountOfferType: "Standard",
      locations: [{ locationName: "westeurope", failoverPriority: 0 }],
      identity,
      defaultIdentity: `UserAssignedIdentity=${ref("user", "id")}`,
      keyVaultKeyUri: ref("data", "keyUri"),
      minimalTlsVersion: "Tls12",
      disableLocalAuth: true,
      disableKeyBasedMetadataWriteAccess: true,
      publicNetworkAccess: "Disabled",
      backupPolicy: { type: "Continuous", continuousModeProperties: { tier: "Continuous7Days" } },
    }),
    sound("azure-native:kusto:Cluster", "adx", {
      resourceGroupName,
      sku: { name: "Standard_E2ads_v5", tier: "Standard", capacity: 2 },
      identity,
      enableDiskEncryption: true,
      enableDoubleEncryption: true,
      publicNetworkAccess: "Disabled",
      keyVaultProperties: {
        keyName: "data",
        keyVaultUri: ref("keys", "properties.vaultUri"),
        userIdentity: ref("user", "id"),
      },
    }),
    sound("azure-native:datafactory:Factory", "factory", {
      resourceGroupName,
      identity,
      publicNetworkAccess: "Disabled",
      encryption: {
        keyName: "data",
        vaultBaseUrl: ref("keys", "properties.vaultUri"),
        identity: { userAssignedIdentity: ref("user", "id") },
      },
    }),
    sound("azure-native:containerregistry:Registry", "images", {
      resourceGroupName,
      sku: { name: "Premium" },
      identity,
      adminUserEnabled: false,
      anonymousPullEnabled: false,
      publicNetworkAccess: "Disabled",
      encryption: {
        status: "enabled",
        keyVaultProperties: { keyIdentifier: ref("data", "keyUri"), identity: "client-id" },
      },
    }),
    sound("azure-native:search:Service", "find", {
      resourceGroupName,
      sku: { name: "standard" },
      identity: { type: "SystemAssigned" },
      disableLocalAuth: true,
      publicNetworkAccess: "disabled",
      encryptionWithCmk: { enforcement: "Enabled" },
    }),
    sound("azure-native:appconfiguration:ConfigurationStore", "settings", {
      resourceGroupName,
      sku: { name: "Standard" },
      identity,
      disableLocalAuth: true,
      enablePurgeProtection: true,
      publicNetworkAccess: "Disabled",
      encryption: {
        keyVaultProperties: { keyIdentifier: ref("data", "keyUri"), identityClientId: "client-id" },
      },
    }),
    sound("azure-native:cognitiveservices:Account", "ai", {
      resourceGroupName,
      kind: "OpenAI",
      sku: { name: "S0" },
      identity,
      properties: {
        disableLocalAuth: true,
        publicNetworkAccess: "Disabled",
        encryption: {
          keySource: "Microsoft.KeyVault",
          keyVaultProperties: {
            keyName: "data",
            keyVaultUri: ref("keys", "properties.vaultUri"),
            identityClientId: "client-id",
          },
        },
      },
    }),
    sound("azure-native:machinelearningservices:Workspace", "ml", {
      resourceGroupName,
      identity,
      publicNetworkAccess: "Disabled",
      storageAccount: "s",
      keyVault: ref("keys", "id"),
      primaryUserAssignedIdentity: ref("user", "id"),
      encryption: {
        status: "Enabled",
        identity: { userAssignedIdentity: ref("user", "id") },
        keyVaultProperties: { keyIdentifier: ref("data", "keyUri"), keyVaultArmId: ref("keys", "id") },
      },
    }),
  ],
};
