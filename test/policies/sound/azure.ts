/** Azure's stores, brokers, apps and analytics: well configured, in the forms that their providers offer. */
import { ref, sound, type Sound } from "./stack.ts";

const resourceGroupName = "plant";
const vaultUri = "https://plant-keys.vault.azure.net";
const vault = (): Sound =>
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
const vaultKey = (): Sound =>
  sound(
    "azure-native:keyvault:Key",
    "data",
    {
      resourceGroupName,
      vaultName: ref("keys", "id"),
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
const user = (): Sound =>
  sound(
    "azure-native:managedidentity:UserAssignedIdentity",
    "user",
    { resourceGroupName, resourceName: "user" },
    { principalId: "11111111-2222-3333-4444-555555555555" },
  );
const identity = { type: "UserAssigned", userAssignedIdentities: [ref("user", "id")] };
const base = (): readonly Sound[] => [vault(), vaultKey(), user()];

export const azure: Readonly<Record<string, readonly Sound[]>> = {
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
  "brokers and queues": [
    ...base(),
    sound("azure-native:eventhub:Namespace", "hubs", {
      resourceGroupName,
      sku: { name: "Premium", tier: "Premium", capacity: 1 },
      identity,
      minimumTlsVersion: "1.2",
      disableLocalAuth: true,
      publicNetworkAccess: "Disabled",
      encryption: {
        keySource: "Microsoft.KeyVault",
        requireInfrastructureEncryption: true,
        keyVaultProperties: [
          {
            keyName: "data",
            keyVaultUri: ref("keys", "properties.vaultUri"),
            identity: { userAssignedIdentity: ref("user", "id") },
          },
        ],
      },
    }),
    sound("azure-native:servicebus:Namespace", "bus", {
      resourceGroupName,
      sku: { name: "Premium", tier: "Premium", capacity: 1 },
      identity,
      minimumTlsVersion: "1.2",
      disableLocalAuth: true,
      publicNetworkAccess: "Disabled",
      encryption: {
        keySource: "Microsoft.KeyVault",
        requireInfrastructureEncryption: true,
        keyVaultProperties: [
          {
            keyName: "data",
            keyVaultUri: `${vaultUri}`,
            identity: { userAssignedIdentity: ref("user", "id") },
          },
        ],
      },
    }),
    sound("azure-native:eventgrid:Namespace", "mqtt", {
      resourceGroupName,
      identity: { type: "SystemAssigned" },
      minimumTlsVersionAllowed: "1.2",
      publicNetworkAccess: "Disabled",
      topicSpacesConfiguration: { state: "Enabled", maximumClientSessionsPerAuthenticationName: 1 },
    }),
    sound("azure-native:eventgrid:TopicSpace", "own", {
      resourceGroupName,
      namespaceName: ref("mqtt", "id"),
      topicTemplates: ["plant/${client.authenticationName}/#"],
    }),
    sound("azure-native:eventgrid:CaCertificate", "ca", {
      resourceGroupName,
      namespaceName: ref("mqtt", "id"),
      caCertificateName: "ca",
      encodedCertificate: "pem",
    }),
    sound("azure-native:eventgrid:Client", "device", {
      resourceGroupName,
      namespaceName: ref("mqtt", "id"),
      clientName: "device",
      state: "Enabled",
      clientCertificateAuthentication: { validationScheme: "SubjectMatchesAuthenticationName" },
    }),
    sound("azure-native:eventgrid:Topic", "topic", {
      resourceGroupName,
      identity: { type: "SystemAssigned" },
      minimumTlsVersionAllowed: "1.2",
      disableLocalAuth: true,
      publicNetworkAccess: "Disabled",
    }),
    sound("azure-native:iothub:IotHubResource", "hub", {
      resourceGroupName,
      sku: { name: "S1", capacity: 1 },
      identity: { type: "SystemAssigned" },
      properties: {
        minTlsVersion: "1.2",
        disableLocalAuth: true,
        disableDeviceSAS: true,
        disableModuleSAS: true,
        publicNetworkAccess: "Disabled",
        features: "None",
      },
    }),
  ],
  "a web app and its function": [
    ...base(),
    sound("azure-native:web:WebApp", "app", {
      resourceGroupName,
      name: "app",
      kind: "app,linux",
      identity,
      httpsOnly: true,
      clientCertEnabled: true,
      clientCertMode: "Required",
      endToEndEncryptionEnabled: true,
      publicNetworkAccess: "Disabled",
      keyVaultReferenceIdentity: ref("user", "id"),
      siteConfig: {
        minTlsVersion: "1.2",
        scmMinTlsVersion: "1.2",
        ftpsState: "Disabled",
        remoteDebuggingEnabled: false,
        http20Enabled: true,
        appSettings: [
          {
            name: "DbPassword",
            value: "@Microsoft.KeyVault(SecretUri=https://plant-keys.vault.azure.net/secrets/db)",
          },
          { name: "REGION", value: "westeurope" },
        ],
      },
    }),
    sound("azure-native:web:WebAppFtpAllowed", "app-ftp", { resourceGroupName, name: "app", allow: false }),
    sound("azure-native:web:WebAppScmAllowed", "app-scm", { resourceGroupName, name: "app", allow: false }),
    sound("azure-native:app:ContainerApp", "box", {
      resourceGroupName,
      environmentId: "e",
      configuration: {
        ingress: { external: true, targetPort: 8080, allowInsecure: false, transport: "Http" },
      },
    }),
  ],
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
