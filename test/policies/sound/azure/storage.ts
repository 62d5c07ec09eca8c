/** A storage account with its containers. */
import { account, base, resourceGroupName } from "./parts.ts";
import { ref, sound, type Sound } from "../stack.ts";

export const azureStorage: Readonly<Record<string, readonly Sound[]>> = {
  "a storage account": [
    ...base(),
    account(
      "lake",
      {
        networkRuleSet: { defaultAction: "Deny", bypass: "AzureServices" },
        isSftpEnabled: false,
        isLocalUserEnabled: false,
      },
      { blob: { enabled: true, keyType: "Account" }, file: { enabled: true, keyType: "Account" } },
    ),
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
