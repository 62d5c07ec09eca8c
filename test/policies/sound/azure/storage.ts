/** A storage account with its containers. */
import { base, identity, resourceGroupName } from "./parts.ts";
import { ref, sound, type Sound } from "../stack.ts";

export const azureStorage: Readonly<Record<string, readonly Sound[]>> = {
  "a storage account": [
    ...base(),
    sound("azure-native:storage:StorageAccount", "lake", {
      resourceGroupName,
      accountName: "lake",
      kind: "StorageV2",
      sku: { name: "Standard_ZRS" },
      identity,
      enableHttpsTrafficOnly: true,
      minimumTlsVersion: "TLS1_2",
      allowBlobPublicAccess: false,
      allowSharedKeyAccess: false,
      allowCrossTenantReplication: false,
      publicNetworkAccess: "Disabled",
      networkRuleSet: { defaultAction: "Deny", bypass: "AzureServices" },
      isSftpEnabled: false,
      isLocalUserEnabled: false,
      encryption: {
        keySource: "Microsoft.Keyvault",
        requireInfrastructureEncryption: true,
        keyVaultProperties: { keyName: "data", keyVaultUri: ref("keys", "properties.vaultUri") },
        encryptionIdentity: { encryptionUserAssignedIdentity: ref("user", "id") },
        services: {
          blob: { enabled: true, keyType: "Account" },
          file: { enabled: true, keyType: "Account" },
          queue: { enabled: true, keyType: "Account" },
          table: { enabled: true, keyType: "Account" },
        },
      },
    }),
    sound("azure-native:storage:BlobServiceProperties", "lake-blobs", {
      resourceGroupName,
      accountName: ref("lake", "accountName"),
      blobServicesName: "default",
      isVersioningEnabled: true,
      deleteRetentionPolicy: { enabled: true, days: 30 },
      containerDeleteRetentionPolicy: { enabled: true, days: 30 },
    }),
    sound("azure-native:storage:BlobContainer", "raw", {
      resourceGroupName,
      accountName: ref("lake", "accountName"),
      containerName: "raw",
      publicAccess: "None",
    }),
  ],
};
