import { azureKeyed, identity, keyUri, vaultUri } from "../support/azure.ts";
import type { RuleCases } from "../support/cases.ts";
import { resource } from "../support/stack.ts";
import { weakened } from "../support/weakened.ts";

const t = (name: string): string => `azure-native:${name}`;
const account = t("storage:StorageAccount");
const accountId = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/mine";
const namespaceKey = {
  identity,
  sku: { name: "Premium" },
  encryption: {
    keySource: "Microsoft.KeyVault",
    keyVaultProperties: [{ keyName: "data", keyVaultUri: vaultUri }],
  },
};
const keyed = (source = "Microsoft.KeyVault") => ({
  identity,
  encryption: { keySource: source, keyVaultProperties: { keyName: "data", keyVaultUri: vaultUri } },
});
const identified = { identity, encryption: { keyVaultProperties: { keyIdentifier: keyUri } } };
const managed = {
  keySource: "Microsoft.Keyvault",
  keyVaultProperties: { keyName: "data", keyVaultUri: vaultUri, keyVersion: "1" },
};

export const azureVaultCases: RuleCases = {
  "azure-keyvault-require-purge-protection": weakened({
    token: t("keyvault:Vault"),
    inputs: { properties: { enablePurgeProtection: true } },
    weak: { "properties.enablePurgeProtection": [false] },
  }),
  "azure-keyvault-require-soft-delete": weakened({
    token: t("keyvault:Vault"),
    inputs: { properties: { enableSoftDelete: true, softDeleteRetentionInDays: 90 } },
    optional: { "properties.enableSoftDelete": [false], "properties.softDeleteRetentionInDays": [7] },
  }),
  "azure-keyvault-require-role-access": weakened({
    token: t("keyvault:Vault"),
    inputs: { properties: { enableRbacAuthorization: true } },
    weak: { "properties.enableRbacAuthorization": [false] },
  }),
  "azure-keyvault-close-network": weakened({
    token: t("keyvault:Vault"),
    inputs: { properties: { publicNetworkAccess: "Disabled" } },
    weak: { "properties.publicNetworkAccess": ["Enabled"] },
    alsoRight: [{ properties: { networkAcls: { defaultAction: "Deny" } } }],
    alsoWrong: [{ properties: { networkAcls: { defaultAction: "Allow" } } }],
  }),
  "azure-keyvault-require-rotation": weakened({
    token: t("keyvault:Key"),
    inputs: {
      properties: {
        rotationPolicy: {
          attributes: { expiryTime: "P1Y" },
          lifetimeActions: [
            { action: { type: "notify" } },
            { action: { type: "rotate" }, trigger: { timeAfterCreate: "P90D" } },
          ],
        },
      },
    },
    weak: {
      "properties.rotationPolicy.lifetimeActions": [
        [],
        [{ action: { type: "notify" }, trigger: { timeBeforeExpiry: "P30D" } }],
        [{ action: { type: "rotate" } }],
        [{ action: { type: "rotate" }, trigger: {} }],
      ],
    },
    alsoWrong: [{ properties: { rotationPolicy: { lifetimeActions: [{ action: { type: "rotate" } }] } } }],
  }),
  "azure-keyvault-require-key-strength": weakened({
    token: t("keyvault:Key"),
    inputs: { properties: { kty: "RSA-HSM", keySize: 3072 } },
    weak: { "properties.kty": ["oct", "oct-HSM"] },
    optional: { "properties.keySize": [1024] },
    alsoWrong: [
      { properties: { kty: "RSA", attributes: { exportable: true } } },
      { properties: { kty: "EC", curveName: "P-256K" } },
    ],
  }),
  "azure-keyvault-require-secret-end": weakened({
    token: t("keyvault:Secret"),
    inputs: { properties: { attributes: { expires: 1_798_761_600 } } },
    weak: { "properties.attributes.expires": [0] },
  }),
};

export const azureStoreKeyCases: RuleCases = {
  "azure-storage-require-customer-key": azureKeyed({
    token: account,
    inputs: {
      ...keyed("Microsoft.Keyvault"),
      encryption: {
        ...keyed("Microsoft.Keyvault").encryption,
        encryptionIdentity: { encryptionUserAssignedIdentity: "/i" },
      },
    },
    keys: ["encryption.keyVaultProperties.keyVaultUri"],
    version: "encryption.keyVaultProperties.keyVersion",
    weak: {
      "encryption.keySource": ["Microsoft.Storage"],
      "encryption.keyVaultProperties.keyName": [""],
      "encryption.encryptionIdentity.encryptionUserAssignedIdentity": [""],
      identity: [{ type: "None" }],
    },
  }),
  "azure-storage-require-customer-key-on-queues": weakened({
    token: account,
    inputs: { encryption: { services: { queue: { keyType: "Account" }, table: { keyType: "Account" } } } },
    weak: {
      "encryption.services.queue.keyType": ["Service"],
      "encryption.services.table.keyType": ["Service"],
    },
    alsoWrong: [
      { blob: { keyType: "Service" } },
      { blob: { enabled: false } },
      { file: { keyType: "Account", enabled: false } },
    ].map((services) => ({
      encryption: { services: { queue: { keyType: "Account" }, table: { keyType: "Account" }, ...services } },
    })),
  }),
  "azure-storage-require-double-encryption": weakened({
    token: account,
    inputs: { encryption: { requireInfrastructureEncryption: true } },
    weak: { "encryption.requireInfrastructureEncryption": [false] },
  }),
  "azure-storage-require-customer-key-on-scopes": azureKeyed({
    token: t("storage:EncryptionScope"),
    inputs: {
      source: "Microsoft.KeyVault",
      keyVaultProperties: { keyUri },
      requireInfrastructureEncryption: true,
    },
    keys: ["keyVaultProperties.keyUri"],
    weak: { source: ["Microsoft.Storage"], requireInfrastructureEncryption: [false] },
  }),
  "azure-storage-forbid-scope-override": weakened({
    token: t("storage:BlobContainer"),
    inputs: { defaultEncryptionScope: "mine", denyEncryptionScopeOverride: true },
    weak: { denyEncryptionScopeOverride: [false] },
  }),
  "azure-eventhub-require-customer-key": azureKeyed({
    token: t("eventhub:Namespace"),
    inputs: namespaceKey,
    keys: ["encryption.keyVaultProperties[0].keyVaultUri"],
    version: "encryption.keyVaultProperties[0].keyVersion",
    weak: {
      "encryption.keySource": ["Microsoft.EventHub"],
      "sku.name": ["Standard"],
      identity: [{ type: "None" }],
    },
  }),
  "azure-eventhub-require-double-encryption": weakened({
    token: t("eventhub:Namespace"),
    inputs: { encryption: { requireInfrastructureEncryption: true } },
    weak: { "encryption.requireInfrastructureEncryption": [false] },
  }),
  "azure-eventhub-require-own-capture": weakened({
    token: t("eventhub:EventHub"),
    inputs: { captureDescription: { enabled: true, destination: { storageAccountResourceId: accountId } } },
    others: [resource(account, {}, { name: "lake", outputs: { id: accountId } })],
    weak: { "captureDescription.destination.storageAccountResourceId": ["/subscriptions/elsewhere"] },
  }),
  "azure-servicebus-require-customer-key": azureKeyed({
    token: t("servicebus:Namespace"),
    inputs: namespaceKey,
    keys: ["encryption.keyVaultProperties[0].keyVaultUri"],
    weak: { "encryption.keySource": ["Microsoft.ServiceBus"], "sku.name": ["Standard"] },
  }),
  "azure-servicebus-require-double-encryption": weakened({
    token: t("servicebus:Namespace"),
    inputs: { encryption: { requireInfrastructureEncryption: true } },
    weak: { "encryption.requireInfrastructureEncryption": [false] },
  }),
  "azure-cosmosdb-require-customer-key": azureKeyed({
    token: t("cosmosdb:DatabaseAccount"),
    inputs: { identity, keyVaultKeyUri: keyUri, defaultIdentity: "UserAssignedIdentity=/i" },
    keys: ["keyVaultKeyUri"],
    weak: {
      keyVaultKeyUri: [`${keyUri}/0123456789abcdef0123456789abcdef`],
      defaultIdentity: [""],
      identity: [{ type: "None" }],
    },
  }),
  "azure-kusto-require-customer-key": azureKeyed({
    token: t("kusto:Cluster"),
    inputs: { identity, keyVaultProperties: { keyName: "data", keyVaultUri: vaultUri } },
    keys: ["keyVaultProperties.keyVaultUri"],
    version: "keyVaultProperties.keyVersion",
    weak: { "keyVaultProperties.keyName": [""] },
  }),
  "azure-kusto-require-double-encryption": weakened({
    token: t("kusto:Cluster"),
    inputs: { enableDiskEncryption: true, enableDoubleEncryption: true },
    weak: { enableDiskEncryption: [false], enableDoubleEncryption: [false] },
  }),
  "azure-datafactory-require-customer-key": azureKeyed({
    token: t("datafactory:Factory"),
    inputs: {
      identity,
      encryption: { keyName: "data", vaultBaseUrl: vaultUri, identity: { userAssignedIdentity: "/i" } },
    },
    keys: ["encryption.vaultBaseUrl"],
    version: "encryption.keyVersion",
    weak: { "encryption.keyName": [""] },
  }),
  "azure-databricks-require-customer-key": azureKeyed({
    token: t("databricks:Workspace"),
    inputs: {
      sku: { name: "premium" },
      encryption: {
        entities: {
          managedServices: managed,
          managedDisk: { ...managed, rotationToLatestKeyVersionEnabled: true },
        },
      },
    },
    keys: [
      "encryption.entities.managedServices.keyVaultProperties.keyVaultUri",
      "encryption.entities.managedDisk.keyVaultProperties.keyVaultUri",
    ],
    weak: {
      "encryption.entities.managedDisk.keySource": ["Default"],
      "encryption.entities.managedDisk.rotationToLatestKeyVersionEnabled": [false],
      "sku.name": ["standard"],
    },
  }),
  "azure-databricks-require-customer-key-on-files": azureKeyed({
    token: t("databricks:Workspace"),
    inputs: {
      parameters: {
        prepareEncryption: { value: true },
        requireInfrastructureEncryption: { value: true },
        encryption: { value: { keySource: "Microsoft.Keyvault", keyName: "data", keyVaultUri: vaultUri } },
      },
    },
    keys: ["parameters.encryption.value.keyVaultUri"],
    weak: {
      "parameters.prepareEncryption.value": [false],
      "parameters.requireInfrastructureEncryption.value": [false],
      "parameters.encryption.value.keySource": ["Default"],
    },
  }),
  "azure-ml-require-customer-key": azureKeyed({
    token: t("machinelearningservices:Workspace"),
    inputs: {
      identity,
      encryption: {
        status: "Enabled",
        keyVaultProperties: { keyIdentifier: keyUri, keyVaultArmId: "/vaults/mine" },
      },
    },
    keys: ["encryption.keyVaultProperties.keyIdentifier"],
    weak: { "encryption.status": ["Disabled"], "encryption.keyVaultProperties.keyVaultArmId": [""] },
  }),
  "azure-operationalinsights-require-customer-key-on-clusters": azureKeyed({
    token: t("operationalinsights:Cluster"),
    inputs: {
      identity,
      isDoubleEncryptionEnabled: true,
      keyVaultProperties: { keyName: "data", keyVaultUri: vaultUri },
    },
    keys: ["keyVaultProperties.keyVaultUri"],
    weak: { isDoubleEncryptionEnabled: [false] },
  }),
  "azure-registry-require-customer-key": azureKeyed({
    token: t("containerregistry:Registry"),
    inputs: {
      identity,
      sku: { name: "Premium" },
      encryption: { status: "enabled", keyVaultProperties: { keyIdentifier: keyUri, identity: "client" } },
    },
    keys: ["encryption.keyVaultProperties.keyIdentifier"],
    weak: { "encryption.status": ["disabled"], "sku.name": ["Standard"] },
  }),
  "azure-search-enforce-own-key": weakened({
    token: t("search:Service"),
    inputs: { sku: { name: "basic" }, encryptionWithCmk: { enforcement: "Enabled" } },
    weak: { "encryptionWithCmk.enforcement": ["Unspecified", "Disabled"], "sku.name": ["free"] },
  }),
  "azure-appconfiguration-require-customer-key": azureKeyed({
    token: t("appconfiguration:ConfigurationStore"),
    inputs: { ...identified, sku: { name: "Standard" }, enablePurgeProtection: true },
    keys: ["encryption.keyVaultProperties.keyIdentifier"],
    weak: { "sku.name": ["Free"], enablePurgeProtection: [false] },
  }),
  "azure-synapse-require-customer-key": azureKeyed({
    token: t("synapse:Workspace"),
    inputs: { identity, encryption: { cmk: { key: { name: "data", keyVaultUrl: keyUri } } } },
    keys: ["encryption.cmk.key.keyVaultUrl"],
    weak: { "encryption.cmk.key.name": [""] },
  }),
  "azure-batch-require-customer-key": azureKeyed({
    token: t("batch:BatchAccount"),
    inputs: { ...identified, encryption: { ...identified.encryption, keySource: "Microsoft.KeyVault" } },
    keys: ["encryption.keyVaultProperties.keyIdentifier"],
    weak: { "encryption.keySource": ["Microsoft.Batch"] },
  }),
  "azure-automation-require-customer-key": azureKeyed({
    token: t("automation:AutomationAccount"),
    inputs: {
      identity,
      encryption: {
        keySource: "Microsoft.Keyvault",
        keyVaultProperties: { keyName: "data", keyvaultUri: vaultUri },
      },
    },
    keys: ["encryption.keyVaultProperties.keyvaultUri"],
    weak: { "encryption.keySource": ["Microsoft.Automation"] },
  }),
  "azure-automation-encrypt-variables": weakened({
    token: t("automation:Variable"),
    inputs: { isEncrypted: true },
    weak: { isEncrypted: [false] },
  }),
  "azure-ai-require-customer-key": azureKeyed({
    token: t("cognitiveservices:Account"),
    inputs: { identity, properties: { encryption: keyed().encryption } },
    keys: ["properties.encryption.keyVaultProperties.keyVaultUri"],
    weak: { "properties.encryption.keySource": ["Microsoft.CognitiveServices"] },
  }),
};
