/** A vault with its key, and who may use it. */
import { ref, sound, type Sound } from "../stack.ts";

export const resourceGroupName = "plant";
export const vaultUri = "https://plant-keys.vault.azure.net";
export const vault = (): Sound =>
  sound(
    "azure-native:keyvault:Vault",
    "keys",
    {
      resourceGroupName,
      vaultName: "plant-keys",
      properties: {
        tenantId: "t",
        sku: { family: "A", name: "premium" },
        enablePurgeProtection: true,
        enableSoftDelete: true,
        softDeleteRetentionInDays: 90,
        enableRbacAuthorization: true,
        publicNetworkAccess: "Disabled",
        networkAcls: { bypass: "AzureServices", defaultAction: "Deny" },
      },
    },
    { properties: { vaultUri: `${vaultUri}/` } },
  );
export const vaultKey = (): Sound =>
  sound(
    "azure-native:keyvault:Key",
    "data",
    {
      resourceGroupName,
      vaultName: ref("keys", "name"),
      keyName: "data",
      properties: {
        kty: "RSA-HSM",
        keySize: 3072,
        rotationPolicy: {
          attributes: { expiryTime: "P2Y" },
          lifetimeActions: [{ action: { type: "rotate" }, trigger: { timeAfterCreate: "P1Y" } }],
        },
      },
    },
    { keyUri: `${vaultUri}/keys/data` },
  );
export const user = (): Sound =>
  sound(
    "azure-native:managedidentity:UserAssignedIdentity",
    "user",
    { resourceGroupName, resourceName: "user" },
    { principalId: "11111111-2222-3333-4444-555555555555" },
  );
export const identity = { type: "UserAssigned", userAssignedIdentities: [ref("user", "id")] };
/** The only way in, for what is closed. */
export const endpointTo = (name: string, groupId: string): Sound =>
  sound("azure-native:network:PrivateEndpoint", `${name}-endpoint`, {
    resourceGroupName,
    subnet: {
      id: "/subscriptions/s/resourceGroups/plant/providers/Microsoft.Network/virtualNetworks/v/subnets/s",
    },
    privateLinkServiceConnections: [{ name, privateLinkServiceId: ref(name, "id"), groupIds: [groupId] }],
  });
export const base = (): readonly Sound[] => [vault(), vaultKey(), user()];
/** A storage account under the vault's key. @param services whose keys are of the account beside those that have to be told */
export const account = (name: string, more: object = {}, services: object = {}): Sound =>
  sound("azure-native:storage:StorageAccount", name, {
    resourceGroupName,
    accountName: name,
    kind: "StorageV2",
    sku: { name: "Standard_ZRS" },
    identity,
    enableHttpsTrafficOnly: true,
    minimumTlsVersion: "TLS1_2",
    allowBlobPublicAccess: false,
    allowSharedKeyAccess: false,
    allowCrossTenantReplication: false,
    publicNetworkAccess: "Disabled",
    ...more,
    encryption: {
      keySource: "Microsoft.Keyvault",
      requireInfrastructureEncryption: true,
      keyVaultProperties: { keyName: "data", keyVaultUri: ref("keys", "properties.vaultUri") },
      encryptionIdentity: { encryptionUserAssignedIdentity: ref("user", "id") },
      services: {
        ...services,
        queue: { enabled: true, keyType: "Account" },
        table: { enabled: true, keyType: "Account" },
      },
    },
  });
