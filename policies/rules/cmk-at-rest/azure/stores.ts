/** What keeps data: accounts, namespaces, databases, workspaces. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import {
  all,
  either,
  isOneOf,
  isOneOfAnyCase,
  isTrue,
  present,
  refersTo,
} from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent, isObject } from "../../../kit/value.ts";

const account = "azure-native:storage:StorageAccount";
const eventHubs = "azure-native:eventhub:Namespace";
const serviceBus = "azure-native:servicebus:Namespace";
const controls = ["MCSB DP-4", "NIST SP 800-53 SC-28(1)"];
const twice = "One broken layer of encryption would open the data.";
/** The tier that a small Fieldlake environment runs on; `fieldlake:azure.eventHubs.tier` chooses. */
const onStandard: NonNullable<Rule["unsupported"]> = (view, context) =>
  context.isOurs(view.resource) && view.value("sku.name") === "Standard" && isAbsent(view.value("encryption"))
    ? {
        reason: "Event Hubs of tier Standard has no key of the customer",
        compensatingControl:
          "messages are kept for hours only, and everything that is read from them is stored under a key of the customer; fieldlake:azure.eventHubs.tier premium lifts this",
      }
    : null;

const infrastructure = (
  service: string,
  what: string,
  type: string,
  ids: readonly string[],
  path = "encryption.requireInfrastructureEncryption",
): Rule => ({
  id: `azure-${service}-require-double-encryption`,
  theme: "cmk-at-rest",
  description: `${what} is encrypted twice, by service and by infrastructure`,
  severity: "low",
  types: [type],
  controls: [...ids, ...controls],
  why: twice,
  fix: `set ${path} to true when it is made`,
  check: isTrue(path),
  example: {
    violation: `no ${path.split(".").at(-1) ?? path}`,
    fixed: `${path.split(".").at(-1) ?? path}: true`,
  },
});

export const azureStoreKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-storage-require-customer-key",
    what: "A storage account",
    types: [account],
    source: "encryption.keySource",
    name: "encryption.keyVaultProperties.keyName",
    key: "encryption.keyVaultProperties.keyVaultUri",
    version: "encryption.keyVaultProperties.keyVersion",
    beside: present("encryption.encryptionIdentity.encryptionUserAssignedIdentity"),
    controls: [
      "CKV2_AZURE_1",
      "6fac406b",
      "AZU-0060",
      "storage_ensure_encryption_with_customer_managed_keys",
    ],
    example: {
      violation: 'keySource: "Microsoft.Storage"',
      fixed: 'keySource: "Microsoft.Keyvault", keyVaultProperties: { keyName, keyVaultUri }',
    },
  }),
  {
    id: "azure-storage-require-customer-key-on-queues",
    theme: "cmk-at-rest",
    description: "The account's own key covers its queues and tables too",
    severity: "medium",
    types: [account],
    controls: ["f0e5abd0", "7c322315", "MCSB DP-5"],
    why: "By default queues and tables stay under the platform's key although the account has one of the customer.",
    fix: 'set encryption.services.queue.keyType and .table.keyType to "Account" when the account is made',
    check: isOneOf(["encryption.services.queue.keyType", "encryption.services.table.keyType"], ["Account"]),
    example: {
      violation: 'queue: { keyType: "Service" }',
      fixed: 'queue: { keyType: "Account" }, table: { keyType: "Account" }',
    },
  },
  infrastructure("storage", "A storage account", account, ["4733ea7b", "AZU-0061"]),
  azureKeyRule({
    id: "azure-storage-require-customer-key-on-scopes",
    what: "An encryption scope",
    types: ["azure-native:storage:EncryptionScope"],
    source: "source",
    key: "keyVaultProperties.keyUri",
    identity: false,
    beside: isTrue("requireInfrastructureEncryption"),
    controls: ["b5ec538c", "bfecdea6"],
  }),
  {
    id: "azure-storage-forbid-scope-override",
    theme: "cmk-at-rest",
    description: "Nobody writes to a container under another scope than its own",
    severity: "medium",
    types: ["azure-native:storage:BlobContainer"],
    controls: ["MCSB DP-5", "NIST SP 800-53 SC-28(1)"],
    why: "A client could store blobs under the platform's key.",
    fix: "set denyEncryptionScopeOverride to true where defaultEncryptionScope is set",
    concerns: (container) => !isAbsent(container.value("defaultEncryptionScope")),
    check: isTrue("denyEncryptionScopeOverride"),
    example: {
      violation: "defaultEncryptionScope: scope.name",
      fixed: "defaultEncryptionScope: scope.name, denyEncryptionScopeOverride: true",
    },
  },
  azureKeyRule({
    id: "azure-eventhub-require-customer-key",
    what: "An Event Hubs namespace",
    types: [eventHubs],
    source: "encryption.keySource",
    name: "encryption.keyVaultProperties[].keyName",
    key: "encryption.keyVaultProperties[].keyVaultUri",
    version: "encryption.keyVaultProperties[].keyVersion",
    // A dedicated cluster knows customers' keys whatever the namespace's tier.
    beside: either(isOneOf("sku.name", ["Premium"]), present("clusterArmId")),
    unsupported: onStandard,
    controls: ["a1ad735a"],
    example: {
      violation: 'sku: { name: "Standard" }',
      fixed:
        'sku: { name: "Premium" }, encryption: { keySource: "Microsoft.KeyVault", keyVaultProperties: [{ keyName, keyVaultUri }] }',
    },
  }),
  {
    ...infrastructure("eventhub", "An Event Hubs namespace", eventHubs, ["836cd60e"]),
    unsupported: onStandard,
  },
  {
    id: "azure-eventhub-require-own-capture",
    theme: "cmk-at-rest",
    description: "What a hub captures goes to a storage account of the stack, whose encryption is judged",
    severity: "high",
    types: ["azure-native:eventhub:EventHub"],
    reads: [account],
    controls: ["NIST SP 800-53 SC-28(1)"],
    why: "Captured events are the same data in another place.",
    fix: "set captureDescription.destination.storageAccountResourceId to the id of a storage account of the stack",
    concerns: (hub) =>
      isObject(hub.value("captureDescription")) && hub.value("captureDescription.enabled") !== false,
    check: refersTo(
      "captureDescription.destination.storageAccountResourceId",
      [account],
      "a storage account of this stack",
    ),
    example: {
      violation: 'storageAccountResourceId: "/subscriptions/…/elsewhere"',
      fixed: "storageAccountResourceId: account.id",
    },
  },
  azureKeyRule({
    id: "azure-servicebus-require-customer-key",
    what: "A Service Bus namespace",
    types: [serviceBus],
    source: "encryption.keySource",
    name: "encryption.keyVaultProperties[].keyName",
    key: "encryption.keyVaultProperties[].keyVaultUri",
    version: "encryption.keyVaultProperties[].keyVersion",
    tier: { property: "sku.name", is: ["Premium"] },
    controls: ["CKV_AZURE_201", "295fc8b1"],
  }),
  infrastructure("servicebus", "A Service Bus namespace", serviceBus, ["CKV_AZURE_199", "ebaf4f25"]),
  azureKeyRule({
    id: "azure-cosmosdb-require-customer-key",
    what: "A Cosmos DB account",
    types: ["azure-native:cosmosdb:DatabaseAccount"],
    key: "keyVaultKeyUri",
    beside: present("defaultIdentity"),
    controls: ["CKV_AZURE_100", "1f905d99"],
    example: {
      violation: "no keyVaultKeyUri",
      fixed: "keyVaultKeyUri: key.keyUri, defaultIdentity: `UserAssignedIdentity=${identity.id}`",
    },
  }),
  azureKeyRule({
    id: "azure-kusto-require-customer-key",
    what: "A Data Explorer cluster",
    types: ["azure-native:kusto:Cluster"],
    name: "keyVaultProperties.keyName",
    key: "keyVaultProperties.keyVaultUri",
    version: "keyVaultProperties.keyVersion",
    controls: ["CKV2_AZURE_11", "81e74cea"],
  }),
  {
    id: "azure-kusto-require-double-encryption",
    theme: "cmk-at-rest",
    description: "A Data Explorer cluster encrypts its disks, and encrypts twice",
    severity: "medium",
    types: ["azure-native:kusto:Cluster"],
    controls: [
      "CKV_AZURE_74",
      "CKV_AZURE_75",
      "f4b53539",
      "ec068d99",
      "Azure.ADX.DiskEncryption",
      ...controls,
    ],
    why: twice,
    fix: "set enableDiskEncryption and, when the cluster is made, enableDoubleEncryption to true",
    check: isTrue(["enableDiskEncryption", "enableDoubleEncryption"]),
    example: {
      violation: "enableDiskEncryption: false",
      fixed: "enableDiskEncryption: true, enableDoubleEncryption: true",
    },
  },
  azureKeyRule({
    id: "azure-datafactory-require-customer-key",
    what: "A data factory",
    types: ["azure-native:datafactory:Factory"],
    name: "encryption.keyName",
    key: "encryption.vaultBaseUrl",
    version: "encryption.keyVersion",
    beside: present("encryption.identity.userAssignedIdentity"),
    controls: ["CKV2_AZURE_15", "4ec52d6d"],
  }),
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
  azureKeyRule({
    id: "azure-operationalinsights-require-customer-key-on-clusters",
    what: "A log cluster",
    types: ["azure-native:operationalinsights:Cluster"],
    name: "keyVaultProperties.keyName",
    key: "keyVaultProperties.keyVaultUri",
    version: "keyVaultProperties.keyVersion",
    beside: isTrue("isDoubleEncryptionEnabled"),
    controls: ["1f68a601", "ea0dfaed"],
  }),
  azureKeyRule({
    id: "azure-registry-require-customer-key",
    what: "A container registry",
    types: ["azure-native:containerregistry:Registry"],
    key: "encryption.keyVaultProperties.keyIdentifier",
    tier: { property: "sku.name", is: ["Premium"] },
    beside: all(isOneOf("encryption.status", ["enabled"]), present("encryption.keyVaultProperties.identity")),
    controls: ["5b9159ae", "CKV_AZURE_164"],
  }),
  {
    id: "azure-search-enforce-own-key",
    theme: "cmk-at-rest",
    description: "A search service takes indexes under keys of the customer only",
    severity: "high",
    types: ["azure-native:search:Service"],
    controls: ["76a56461", "356da939", "MCSB DP-5"],
    why: "An index without a key of its own lies under Microsoft's.",
    fix: 'set encryptionWithCmk.enforcement to "Enabled" and sku.name to "basic" or higher',
    check: all(isOneOfAnyCase("encryptionWithCmk.enforcement", ["Enabled"]), (view) => [
      view.test(
        "sku.name",
        (name) => typeof name === "string" && name.toLowerCase() !== "free",
        "basic or higher",
      ),
    ]),
    example: { violation: 'enforcement: "Unspecified"', fixed: 'enforcement: "Enabled"' },
  },
  azureKeyRule({
    id: "azure-appconfiguration-require-customer-key",
    what: "A configuration store",
    types: ["azure-native:appconfiguration:ConfigurationStore"],
    key: "encryption.keyVaultProperties.keyIdentifier",
    beside: all(isTrue("enablePurgeProtection"), (view) => [
      view.test("sku.name", (name) => /^(standard|premium)$/i.test(String(name)), "standard, premium"),
    ]),
    controls: ["CKV_AZURE_186", "CKV_AZURE_187", "967a4b4b"],
  }),
  azureKeyRule({
    id: "azure-synapse-require-customer-key",
    what: "A Synapse workspace",
    types: ["azure-native:synapse:Workspace"],
    name: "encryption.cmk.key.name",
    key: "encryption.cmk.key.keyVaultUrl",
    controls: ["CKV_AZURE_240", "f7d52b2d"],
  }),
  azureKeyRule({
    id: "azure-batch-require-customer-key",
    what: "A batch account",
    types: ["azure-native:batch:BatchAccount"],
    source: "encryption.keySource",
    key: "encryption.keyVaultProperties.keyIdentifier",
    controls: ["CKV_AZURE_76", "99e9ccd8"],
  }),
  azureKeyRule({
    id: "azure-automation-require-customer-key",
    what: "An automation account",
    types: ["azure-native:automation:AutomationAccount"],
    source: "encryption.keySource",
    name: "encryption.keyVaultProperties.keyName",
    key: "encryption.keyVaultProperties.keyvaultUri",
    version: "encryption.keyVaultProperties.keyVersion",
    controls: ["56a5ee18"],
  }),
  {
    id: "azure-automation-encrypt-variables",
    theme: "cmk-at-rest",
    description: "Every automation variable is encrypted",
    severity: "high",
    types: ["azure-native:automation:Variable"],
    controls: ["CKV_AZURE_73", "MCSB DP-5"],
    why: "Plain variables are shown to everybody who may read the account.",
    fix: "set isEncrypted to true",
    check: isTrue("isEncrypted"),
    example: { violation: "isEncrypted: false", fixed: "isEncrypted: true" },
  },
  azureKeyRule({
    id: "azure-ai-require-customer-key",
    what: "An AI services account",
    types: ["azure-native:cognitiveservices:Account"],
    source: "properties.encryption.keySource",
    name: "properties.encryption.keyVaultProperties.keyName",
    key: "properties.encryption.keyVaultProperties.keyVaultUri",
    version: "properties.encryption.keyVaultProperties.keyVersion",
    controls: ["67121cc7"],
  }),
];
