/** Accounts, namespaces, apps and networks: not public, not lost, known by name. */
import {
  all,
  everywhere,
  hasCompanion,
  holds,
  isOneOf,
  isTrue,
  notTrue,
  refersTo,
  type Requirement,
} from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent, isArray, isNothing, listed, unknown, type Value } from "../../../kit/value.ts";
import { fail, pass, undetermined } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";

const account = "azure-native:storage:StorageAccount";
const apps = ["azure-native:web:WebApp", "azure-native:web:WebAppSlot"];
/** Ports that everybody may reach. */
const openPorts = ["80", "443", "8443", "8883"];
const isEverybody = (value: Value): boolean =>
  typeof value === "string" && /^(\*|internet|any|0\.0\.0\.0(\/0)?|::\/0)$/i.test(value);

/** Closed, or open to named networks only. */
const isClosed: Requirement = (view, context) => {
  const property = ["publicNetworkAccess", "properties.publicNetworkAccess"].find(
    (one) => !isAbsent(view.value(one)),
  );
  const rules = [
    "networkRuleSet.defaultAction",
    "properties.networkAcls.defaultAction",
    "networkAcls.defaultAction",
    "properties.networkRuleSets.defaultAction",
  ].find((one) => !isAbsent(view.value(one)));
  if (property !== undefined && (rules === undefined || view.value(property) === "Disabled"))
    return [view.oneOfAnyCase(property, ["Disabled", "SecuredByPerimeter"])];
  if (rules !== undefined) return [view.oneOf(rules, ["Deny"])];
  const { found } = context.graph.referring(
    view.resource,
    ["azure-native:eventhub:NamespaceNetworkRuleSet", "azure-native:servicebus:NamespaceNetworkRuleSet"],
    "namespaceName",
  );
  if (found.length > 0) return found.map((one) => context.view(one).oneOf("defaultAction", ["Deny"]));
  return [fail("publicNetworkAccess", "absent", "Disabled, or network rules that deny by default")];
};

/** A Fieldlake environment without a network of its own; `fieldlake:azure.network` chooses. */
const inPublicNetwork: NonNullable<Rule["unsupported"]> = (view, context) =>
  context.isOurs(view.resource) && context.graph.ofTypes(["azure-native:network:VirtualNetwork"]).length === 0
    ? {
        reason: "the environment was made without a private network",
        compensatingControl:
          "shared keys and public blobs are off: every caller is a named identity with a role, over TLS 1.2; fieldlake:azure.network private lifts this",
      }
    : null;

const services: readonly {
  readonly service: string;
  readonly what: string;
  readonly type: string;
  readonly controls: readonly string[];
}[] = [
  {
    service: "storage",
    what: "A storage account",
    type: account,
    controls: ["CKV_AZURE_35", "CKV_AZURE_59", "AZU-0012", "Azure.Storage.Firewall"],
  },
  {
    service: "cosmosdb",
    what: "A Cosmos DB account",
    type: "azure-native:cosmosdb:DatabaseAccount",
    controls: ["CKV_AZURE_99", "CKV_AZURE_101"],
  },
  {
    service: "kusto",
    what: "A Data Explorer cluster",
    type: "azure-native:kusto:Cluster",
    controls: ["43bc7be6"],
  },
  {
    service: "registry",
    what: "A container registry",
    type: "azure-native:containerregistry:Registry",
    controls: ["CKV_AZURE_139"],
  },
  {
    service: "search",
    what: "A search service",
    type: "azure-native:search:Service",
    controls: ["CKV_AZURE_124"],
  },
  {
    service: "ai",
    what: "An AI services account",
    type: "azure-native:cognitiveservices:Account",
    controls: ["CKV_AZURE_134"],
  },
  {
    service: "ml",
    what: "A machine learning workspace",
    type: "azure-native:machinelearningservices:Workspace",
    controls: ["CKV_AZURE_144"],
  },
  {
    service: "appconfiguration",
    what: "A configuration store",
    type: "azure-native:appconfiguration:ConfigurationStore",
    controls: ["CKV_AZURE_185"],
  },
  { service: "redis", what: "A Redis cache", type: "azure-native:redis:Redis", controls: ["CKV_AZURE_89"] },
  {
    service: "sql",
    what: "A SQL server",
    type: "azure-native:sql:Server",
    controls: ["CKV_AZURE_113", "AZU-0022"],
  },
];

/** Services whose keys can be switched off in favour of identities. */
const keyed: readonly {
  readonly service: string;
  readonly types: readonly string[];
  readonly property: string;
  readonly off: boolean;
  readonly controls: readonly string[];
}[] = [
  {
    service: "storage",
    types: [account],
    property: "allowSharedKeyAccess",
    off: false,
    controls: ["CKV2_AZURE_40", "8c6a50c6", "Azure.Storage.DisableSharedKey"],
  },
  {
    service: "eventhub",
    types: ["azure-native:eventhub:Namespace"],
    property: "disableLocalAuth",
    off: true,
    controls: ["5d4e3c65", "Azure.EventHub.DisableLocalAuth"],
  },
  {
    service: "servicebus",
    types: ["azure-native:servicebus:Namespace"],
    property: "disableLocalAuth",
    off: true,
    controls: ["CKV_AZURE_204", "cfb11c26", "Azure.ServiceBus.DisableLocalAuth"],
  },
  {
    service: "cosmosdb",
    types: ["azure-native:cosmosdb:DatabaseAccount"],
    property: "disableLocalAuth",
    off: true,
    controls: ["CKV_AZURE_140", "5450f5bd", "Azure.Cosmos.DisableLocalAuth"],
  },
  {
    service: "search",
    types: ["azure-native:search:Service"],
    property: "disableLocalAuth",
    off: true,
    controls: ["6300012e"],
  },
  {
    service: "ai",
    types: ["azure-native:cognitiveservices:Account"],
    property: "properties.disableLocalAuth",
    off: true,
    controls: ["71ef260a"],
  },
  {
    service: "appconfiguration",
    types: ["azure-native:appconfiguration:ConfigurationStore"],
    property: "disableLocalAuth",
    off: true,
    controls: ["CKV_AZURE_184"],
  },
  {
    service: "insights",
    types: ["azure-native:applicationinsights:Component"],
    property: "disableLocalAuth",
    off: true,
    controls: ["Azure.AppInsights.DisableLocalAuth"],
  },
];

/** What app settings hold in plain text although it opens something. */
const opens =
  /(AccountKey|SharedAccessKey|Password|Pwd|ClientSecret)\s*=\s*[^;\s]|-----BEGIN [A-Z ]*PRIVATE KEY/i;
const secretName = /secret|passw|token|private.?key|api.?key|connection_?string/i;
/** Names of settings that open nothing although they sound so: telemetry is taken from identities only. */
const harmless = /^APPLICATIONINSIGHTS_CONNECTION_STRING$/;
const isReference = (value: Value): boolean =>
  typeof value !== "string" || value.startsWith("@Microsoft.KeyVault(") || value === "";

const soundsSecret = (name: string): boolean =>
  secretName.test(name) && !/__|uri$|url$/i.test(name) && !harmless.test(name);

function settingCheck(setting: View) {
  const name = String(setting.value("name"));
  const value = setting.value("value");
  const property = setting.path("value");
  if (value === unknown) return soundsSecret(name) ? undetermined(property) : pass(property, "not known yet");
  const isPlain =
    (typeof value === "string" && opens.test(value)) || (soundsSecret(name) && !isReference(value));
  return isPlain
    ? fail(property, `what "${name}" holds in plain text`, "a Key Vault reference, or an identity")
    : pass(property, name);
}

export const azureStoreProtectionRules: readonly Rule[] = [
  ...services.map(({ service, what, type, controls }): Rule => ({
    id: `azure-${service}-close-network`,
    theme: "data-protection",
    description: `${what} answers known networks only`,
    severity: "high",
    types: [type],
    controls: [...controls, "MCSB NS-2", "NIST SP 800-53 SC-7"],
    why: "Everybody may try keys, tokens and flaws on a public address.",
    fix: 'set publicNetworkAccess to "Disabled" and add a private endpoint, or let named networks in and deny the rest',
    unsupported: inPublicNetwork,
    check: isClosed,
    example: { violation: 'publicNetworkAccess: "Enabled"', fixed: 'publicNetworkAccess: "Disabled"' },
  })),
  ...keyed.map(({ service, types, property, off, controls }): Rule => ({
    id: `azure-${service}-forbid-shared-keys`,
    theme: "least-privilege",
    description: "Nobody gets in by a shared key",
    severity: "high",
    types,
    controls: [...controls, "MCSB IM-1", "NIST SP 800-53 IA-2"],
    why: "A shared key names nobody, opens everything, and lives until somebody changes it.",
    fix: `set ${property} to ${String(off)} and give roles to identities`,
    check: holds(property, (value) => value === off, String(off)),
    example: { violation: `${property}: ${String(!off)}`, fixed: `${property}: ${String(off)}` },
  })),
  {
    id: "azure-storage-forbid-public-blobs",
    theme: "data-protection",
    description: "No blob is public, and none is copied to other tenants",
    severity: "critical",
    types: [account],
    controls: ["CKV_AZURE_190", "4fa4b6c0", "AZU-0007", "Azure.Storage.BlobPublicAccess", "MCSB DP-2"],
    why: "Everybody who finds the address reads it.",
    fix: "set allowBlobPublicAccess and allowCrossTenantReplication to false",
    check: holds(
      ["allowBlobPublicAccess", "allowCrossTenantReplication"],
      (value) => value === false,
      "false",
    ),
    remediate: (inputs) =>
      inputs["allowBlobPublicAccess"] === false ? null : { allowBlobPublicAccess: false },
    example: { violation: "allowBlobPublicAccess: true", fixed: "allowBlobPublicAccess: false" },
  },
  {
    id: "azure-storage-forbid-public-container",
    theme: "data-protection",
    description: "No container is public",
    severity: "critical",
    types: ["azure-native:storage:BlobContainer"],
    controls: ["CKV_AZURE_34", "AZU-0007", "MCSB DP-2"],
    why: "Everybody who finds the address reads it.",
    fix: 'leave publicAccess out, or set it to "None"',
    check: holds("publicAccess", (value) => isAbsent(value) || value === "None", "None, absent"),
    example: { violation: 'publicAccess: "Blob"', fixed: 'publicAccess: "None"' },
  },
  {
    id: "azure-storage-forbid-side-doors",
    theme: "data-protection",
    description: "A storage account is reached neither by SFTP nor by local users",
    severity: "medium",
    types: [account],
    controls: ["Azure.Storage.LocalAuth", "MCSB IM-1"],
    why: "Local users have passwords and keys that no directory knows.",
    fix: "leave isSftpEnabled and isLocalUserEnabled false",
    check: notTrue(["isSftpEnabled", "isLocalUserEnabled", "isNfsV3Enabled"]),
    example: { violation: "isSftpEnabled: true", fixed: "isSftpEnabled: false" },
  },
  {
    id: "azure-storage-require-recovery",
    theme: "data-protection",
    description: "What is overwritten or deleted in an account can be had back for a week",
    severity: "medium",
    types: ["azure-native:storage:BlobServiceProperties"],
    controls: [
      "CKV2_AZURE_38",
      "Azure.Storage.SoftDelete",
      "Azure.Storage.ContainerSoftDelete",
      "NIST SP 800-53 CP-9",
    ],
    why: "A mistake or an extortionist's script destroys data for good.",
    fix: "set deleteRetentionPolicy and containerDeleteRetentionPolicy to enabled with 7 days or more",
    check: all(
      isTrue(["deleteRetentionPolicy.enabled", "containerDeleteRetentionPolicy.enabled"]),
      everywhere(["deleteRetentionPolicy.days", "containerDeleteRetentionPolicy.days"], (view, path) =>
        view.atLeast(path, 7),
      ),
      notTrue("deleteRetentionPolicy.allowPermanentDelete"),
      (view, context) => (context.isOurs(view.resource) ? [view.isTrue("isVersioningEnabled")] : []),
    ),
    example: {
      violation: "deleteRetentionPolicy: { enabled: false }",
      fixed: "deleteRetentionPolicy: { enabled: true, days: 30 }",
    },
  },
  {
    id: "azure-cosmosdb-require-recovery",
    theme: "data-protection",
    description: "A Cosmos DB account can be set back to any moment",
    severity: "medium",
    types: ["azure-native:cosmosdb:DatabaseAccount"],
    controls: ["CKV_AZURE_132", "Azure.Cosmos.ContinuousBackup", "NIST SP 800-53 CP-9"],
    why: "A wrong write can't be undone otherwise.",
    fix: 'set backupPolicy.type to "Continuous" and disableKeyBasedMetadataWriteAccess to true',
    check: all(isOneOf("backupPolicy.type", ["Continuous"]), isTrue("disableKeyBasedMetadataWriteAccess")),
    example: {
      violation: 'backupPolicy: { type: "Periodic" }',
      fixed: 'backupPolicy: { type: "Continuous" }',
    },
  },
  {
    id: "azure-registry-forbid-anonymous",
    theme: "data-protection",
    description: "Images are for identities only",
    severity: "high",
    types: ["azure-native:containerregistry:Registry"],
    controls: ["CKV_AZURE_137", "CKV_AZURE_138", "AZU-0036"],
    why: "The admin user is a shared password; anonymous pull shows what runs.",
    fix: "leave adminUserEnabled and anonymousPullEnabled false",
    check: notTrue(["adminUserEnabled", "anonymousPullEnabled"]),
    example: { violation: "adminUserEnabled: true", fixed: "adminUserEnabled: false" },
  },
  {
    id: "azure-app-forbid-plain-secrets",
    theme: "data-protection",
    description: "Settings of an app hold references to secrets, not secrets",
    severity: "high",
    types: apps,
    controls: ["MCSB IM-8", "NIST SP 800-53 IA-5(7)"],
    why: "Settings are shown to everybody who may read the app, and have no key of the customer.",
    fix: "set the value to @Microsoft.KeyVault(SecretUri=…), or use an identity (…__accountName, …__credential)",
    concerns: (app) => !isNothing(app.value("siteConfig.appSettings")),
    check: (app) =>
      app
        .items("siteConfig.appSettings")
        .map(settingCheck)
        .concat(pass("siteConfig.appSettings", "looked at")),
    example: {
      violation: '{ name: "DB_PASSWORD", value: "…" }',
      fixed: '{ name: "DB_PASSWORD", value: "@Microsoft.KeyVault(SecretUri=…)" }',
    },
  },
  {
    id: "azure-app-forbid-remote-debugging",
    theme: "data-protection",
    description: "Nobody debugs an app from afar, and no other site acts in its users' name",
    severity: "high",
    types: apps,
    controls: ["CKV_AZURE_72", "CKV_AZURE_57", "Azure.AppService.RemoteDebug"],
    why: "A debugger reads memory, secrets included.",
    fix: "leave siteConfig.remoteDebuggingEnabled false and name origins in siteConfig.cors.allowedOrigins",
    check: all(
      notTrue("siteConfig.remoteDebuggingEnabled"),
      holds(
        "siteConfig.cors.allowedOrigins",
        (origins) => isNothing(origins) || (isArray(origins) && !origins.includes("*")),
        "named origins",
      ),
    ),
    example: { violation: "remoteDebuggingEnabled: true", fixed: "remoteDebuggingEnabled: false" },
  },
  {
    id: "azure-ml-forbid-shared-keys",
    theme: "least-privilege",
    description: "Models are asked by identities, not by keys",
    severity: "high",
    types: [
      "azure-native:machinelearningservices:OnlineEndpoint",
      "azure-native:machinelearningservices:BatchEndpoint",
    ],
    controls: ["Azure.ML.DisableLocalAuth", "MCSB IM-1"],
    why: "A key names nobody, and lives until somebody changes it.",
    fix: 'set properties.authMode to "AADToken"',
    check: isOneOf("properties.authMode", ["AADToken"]),
    example: { violation: 'authMode: "Key"', fixed: 'authMode: "AADToken"' },
  },
  {
    id: "azure-ml-close-compute",
    theme: "least-privilege",
    description: "Computes of machine learning know no local users",
    severity: "medium",
    types: ["azure-native:machinelearningservices:Compute"],
    controls: ["Azure.ML.DisableLocalAuth", "MCSB IM-1"],
    why: "Local users have keys that no directory knows.",
    fix: "set properties.disableLocalAuth to true",
    check: isTrue("properties.disableLocalAuth"),
    example: { violation: "disableLocalAuth: false", fixed: "disableLocalAuth: true" },
  },
  {
    id: "azure-function-require-own-storage",
    theme: "cmk-at-rest",
    description: "A function app works on a storage account of the stack, whose encryption is judged",
    severity: "high",
    types: apps,
    reads: [account],
    controls: ["MCSB DP-5", "NIST SP 800-53 SC-28(1)"],
    why: "Its code, keys and queues lie in that account.",
    fix: "set AzureWebJobsStorage__accountName to the name of a storage account of the stack",
    concerns: (app) =>
      app
        .items("siteConfig.appSettings")
        .some((one) => one.value("name") === "AzureWebJobsStorage__accountName"),
    check: (app, { graph }) =>
      app
        .items("siteConfig.appSettings")
        .filter((one) => one.value("name") === "AzureWebJobsStorage__accountName")
        .map((one) => {
          const { found, isOpen } = graph.referred(app.resource, "siteConfig", [account], one.value("value"));
          if (found.length > 0) return pass(one.path("value"), found.map(({ name }) => name).join(", "));
          return isOpen
            ? undetermined(one.path("value"))
            : fail(one.path("value"), "another account", "an account of this stack");
        }),
    example: { violation: 'value: "elsewhere"', fixed: "value: account.name" },
  },
  {
    id: "azure-operationalinsights-require-customer-key",
    theme: "cmk-at-rest",
    description: "Logs lie in a cluster under a key of the customer, saved queries too",
    severity: "medium",
    types: ["azure-native:operationalinsights:Workspace"],
    reads: ["azure-native:operationalinsights:LinkedService", "azure-native:operationalinsights:Cluster"],
    controls: ["MCSB DP-5", "LogAnalyticsWorkspaces_CMKBYOSQuery"],
    why: "A workspace alone lies under Microsoft's own key.",
    fix: "add an azure-native.operationalinsights.LinkedService with writeAccessResourceId set to a Cluster's id, and set forceCmkForQuery to true",
    unsupported: (view, context) =>
      context.graph.ofTypes(["azure-native:operationalinsights:Cluster"]).length === 0 &&
      context.isOurs(view.resource)
        ? {
            reason: "a dedicated log cluster needs a commitment of 100 GB a day",
            compensatingControl:
              "logs hold no payloads, are kept for a limited time, and end in the stack's own storage",
          }
        : null,
    check: all(
      hasCompanion(
        ["azure-native:operationalinsights:LinkedService"],
        "workspaceName",
        "a LinkedService",
        refersTo(
          "writeAccessResourceId",
          ["azure-native:operationalinsights:Cluster"],
          "the id of a cluster of this stack",
        ),
      ),
      isTrue("forceCmkForQuery"),
    ),
    example: {
      violation: "a Workspace alone",
      fixed:
        "new operationalinsights.LinkedService(name, { workspaceName, writeAccessResourceId: cluster.id })",
    },
  },
  {
    id: "azure-insights-require-workspace",
    theme: "cmk-at-rest",
    description: "Telemetry of applications lies in a workspace of the stack",
    severity: "medium",
    types: ["azure-native:applicationinsights:Component"],
    reads: ["azure-native:operationalinsights:Workspace"],
    controls: ["Azure.AppInsights.Workspace", "MCSB DP-5"],
    why: "A component without one keeps telemetry in a hidden workspace that no rule sees.",
    fix: "set workspaceResourceId to the id of an azure-native.operationalinsights.Workspace of the stack",
    check: refersTo(
      "workspaceResourceId",
      ["azure-native:operationalinsights:Workspace"],
      "the id of a workspace of this stack",
    ),
    example: { violation: "no workspaceResourceId", fixed: "workspaceResourceId: workspace.id" },
  },
  {
    id: "azure-streamanalytics-require-own-storage",
    theme: "cmk-at-rest",
    description:
      "A streaming job keeps what it must remember in an account of the stack, by its own identity",
    severity: "high",
    types: ["azure-native:streamanalytics:StreamingJob"],
    controls: ["87ba29ef", "MCSB DP-5"],
    why: "Otherwise its state and code lie under Microsoft's own key.",
    fix: 'set contentStoragePolicy to "JobStorageAccount" and jobStorageAccount.authenticationMode to "Msi"',
    check: isOneOf(
      ["contentStoragePolicy", "jobStorageAccount.authenticationMode"],
      ["JobStorageAccount", "Msi"],
    ),
    example: {
      violation: 'contentStoragePolicy: "SystemAccount"',
      fixed: 'contentStoragePolicy: "JobStorageAccount"',
    },
  },
  {
    id: "azure-network-forbid-open-ingress",
    theme: "data-protection",
    description: "Nothing but HTTPS and MQTT over TLS is open to the whole internet",
    severity: "high",
    types: ["azure-native:network:NetworkSecurityGroup", "azure-native:network:SecurityRule"],
    controls: ["CKV_AZURE_9", "CKV_AZURE_10", "AZU-0047", "MCSB NS-1"],
    why: "Databases, brokers and consoles that everybody reaches are tried by everybody.",
    fix: "name the networks in sourceAddressPrefix, or let port 443 or 8883 in only",
    check: (view) =>
      (view.resource.type.endsWith("SecurityRule") ? [view] : view.items("securityRules"))
        .map(opensOnly)
        .concat(pass("securityRules", "looked at")),
    example: {
      violation: 'sourceAddressPrefix: "*", destinationPortRange: "1883"',
      fixed: 'sourceAddressPrefix: "*", destinationPortRange: "8883"',
    },
  },
];

function opensOnly(rule: View) {
  const property = rule.path("destinationPortRange");
  const isIn = rule.value("direction") !== "Outbound" && rule.value("access") !== "Deny";
  const sources = listed(rule.value("sourceAddressPrefix"), rule.value("sourceAddressPrefixes"));
  const ports = listed(rule.value("destinationPortRange"), rule.value("destinationPortRanges"));
  if (!isIn || !sources.some((one) => isEverybody(one) || one === unknown))
    return pass(property, "for named networks");
  const wrong = ports.find((port) => !openPorts.includes(String(port === unknown ? "" : port)));
  if (wrong === undefined && ports.length > 0) return pass(property, ports.join(", "));
  return sources.includes(unknown) || wrong === unknown
    ? undetermined(property)
    : fail(property, `${String(wrong ?? "absent")} for everybody`, openPorts.join(", "));
}
