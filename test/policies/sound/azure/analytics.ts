/** Notebooks, queries over streams, batches, gateways, caches. */
import { account, base, identity, resourceGroupName } from "./parts.ts";
import { ref, sound, type Sound } from "../stack.ts";

export const azureAnalytics: Readonly<Record<string, readonly Sound[]>> = {
  "notebooks, batches and gateways": [
    ...base(),
    account("jobs"),
    sound("azure-native:streamanalytics:StreamingJob", "windows", {
      resourceGroupName,
      identity: { type: "SystemAssigned" },
      contentStoragePolicy: "JobStorageAccount",
      jobStorageAccount: { accountName: "jobs", authenticationMode: "Msi" },
    }),
    sound("azure-native:apimanagement:ApiManagementService", "gateway", {
      resourceGroupName,
      publisherEmail: "ops@example.com",
      publisherName: "plant",
      sku: { name: "Developer", capacity: 1 },
      customProperties: Object.fromEntries(
        [
          "Protocols.Tls10",
          "Protocols.Tls11",
          "Protocols.Ssl30",
          "Backend.Protocols.Tls10",
          "Backend.Protocols.Tls11",
          "Backend.Protocols.Ssl30",
        ].map((name) => [`Microsoft.WindowsAzure.ApiManagement.Gateway.Security.${name}`, "False"]),
      ),
    }),
    sound("azure-native:redis:Redis", "cache", {
      resourceGroupName,
      sku: { name: "Premium", family: "P", capacity: 1 },
      enableNonSslPort: false,
      minimumTlsVersion: "1.2",
      publicNetworkAccess: "Disabled",
    }),
    sound("azure-native:batch:BatchAccount", "batch", {
      resourceGroupName,
      identity,
      encryption: {
        keySource: "Microsoft.KeyVault",
        keyVaultProperties: { keyIdentifier: ref("data", "keyUri") },
      },
    }),
  ],
};
