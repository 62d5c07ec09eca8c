/** What Fieldlake's own resources on Azure promise beyond what can be asked of everybody's. */
import { ancestorOf } from "../../../kit/ancestors.ts";
import { hasOwnIdentity } from "../../../kit/azure-key-rule.ts";
import type { Context } from "../../../kit/context.ts";
import {
  all,
  everywhere,
  hasCompanion,
  holds,
  isAtLeast,
  isOneOf,
  isTrue,
  notTrue,
  present,
  refersTo,
  type Requirement,
} from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent, isArray, isObject, type Value } from "../../../kit/value.ts";
import { fail, pass, type Check } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";

const account = "azure-native:storage:StorageAccount";
const blobs = "azure-native:storage:BlobServiceProperties";
const lakeType = "fieldlake:azure:EncryptedLake";
const subscriptions = [
  "azure-native:eventgrid:EventSubscription",
  "azure-native:eventgrid:SystemTopicEventSubscription",
];
const apps = ["azure-native:web:WebApp", "azure-native:web:WebAppSlot"];
const isOurs = (view: View, context: Context): boolean => context.isOurs(view.resource);
const lakeOf = (view: View, context: Context): View | null => ancestorOf(view, context, lakeType);

const eachService = (property: string): string[] =>
  ["blob", "file", "queue", "table"].map((service) => `encryption.services.${service}.${property}`);
const immutable = "immutableStorageWithVersioning";
/** A copy in another region is one of the raw zone. */
const isRawOrCopy = (view: View): boolean => /(raw|copy)$/.test(view.resource.name);
const zoneOf = (view: View): string =>
  /(raw|curated|quarantine|copy)/.exec(view.resource.name)?.[1]?.replace("copy", "raw") ?? "";

/** Objects live as long as the lake was told; 0 is for ever. Old versions can be had back for a week. */
function keepsRetention(view: View, context: Context): readonly Check[] {
  const days = lakeOf(view, context)?.value(`zones.${zoneOf(view)}.retentionDays`);
  return view.every("policy.rules", (rule) => {
    const end = rule.part("definition.actions.baseBlob.delete");
    const path = "daysAfterModificationGreaterThan";
    const isEndless = isAbsent(end.value(""));
    return [
      rule.notFalse("enabled"),
      rule.atLeast("definition.actions.version.delete.daysAfterCreationGreaterThan", 7),
      ...(days !== 0
        ? [end.oneOf(path, [Number(days)])]
        : [
            isEndless
              ? pass(end.path(path), "absent")
              : fail(end.path(path), "an end where there is to be none", "absent"),
          ]),
    ];
  });
}

/** The SDK's two actions: the key is renewed, and somebody is told before it ends. */
const hasAction = (actions: Value, kind: RegExp): boolean =>
  isArray(actions) &&
  actions.some(
    (one) =>
      isObject(one) &&
      isObject(one["action"]) &&
      kind.test(String(one["action"]["type"])) &&
      isObject(one["trigger"]) &&
      Object.values(one["trigger"]).some((value) => !isAbsent(value)),
  );

const network = "azure-native:network:VirtualNetwork";
const ruleSet = "azure-native:eventhub:NamespaceNetworkRuleSet";
const off = (path: string): Requirement => isOneOf(path, ["Disabled"]);
/** What closes each kind of resource to the internet. */
const closedBy: Readonly<Record<string, Requirement>> = {
  [account]: all(off("publicNetworkAccess"), isOneOf("networkRuleSet.defaultAction", ["Deny"])),
  "azure-native:cosmosdb:DatabaseAccount": off("publicNetworkAccess"),
  "azure-native:keyvault:Vault": all(
    off("properties.publicNetworkAccess"),
    isOneOf("properties.networkAcls.defaultAction", ["Deny"]),
  ),
  "azure-native:eventhub:Namespace": all(
    off("publicNetworkAccess"),
    hasCompanion([ruleSet], "namespaceName", "a NamespaceNetworkRuleSet"),
  ),
  [ruleSet]: all(
    off("publicNetworkAccess"),
    isOneOf("defaultAction", ["Deny"]),
    isTrue("trustedServiceAccessEnabled"),
  ),
  "azure-native:web:WebApp": all(off("publicNetworkAccess"), present("virtualNetworkSubnetId")),
  // Telemetry comes in from everywhere, by identity; it is read from inside only.
  "azure-native:operationalinsights:Workspace": off("publicNetworkAccessForQuery"),
  "azure-native:applicationinsights:Component": off("publicNetworkAccessForQuery"),
  "azure-native:network:Subnet": present("networkSecurityGroup"),
};

export const azurePlatformRules: readonly Rule[] = [
  {
    id: "azure-storage-require-write-once",
    theme: "data-protection",
    description: "The raw zone is locked for as long as the lake promises",
    severity: "high",
    types: [account],
    reads: [lakeType],
    controls: ["NIST SP 800-53 AU-9", "NIST SP 800-53 SI-7", "MCSB BR-2"],
    why: "Evidence that can be changed is none.",
    fix: "set fieldlake:azure.writeOnce; leave immutability to EncryptedLake",
    concerns: (view, context) =>
      isRawOrCopy(view) &&
      isObject(lakeOf(view, context)?.value("writeOnce")) &&
      lakeOf(view, context)?.value("hierarchicalNamespace") !== true,
    check: (view, context) => [
      view.isTrue(`${immutable}.enabled`),
      view.oneOf(`${immutable}.immutabilityPolicy.immutabilityPeriodSinceCreationInDays`, [
        Number(lakeOf(view, context)?.value("writeOnce.days")),
      ]),
      view.oneOfAnyCase(`${immutable}.immutabilityPolicy.state`, [
        String(lakeOf(view, context)?.value("writeOnce.mode")),
      ]),
      view.notTrue(`${immutable}.immutabilityPolicy.allowProtectedAppendWrites`),
    ],
    example: {
      violation: "immutableStorageWithVersioning: { enabled: false }",
      fixed: "immutableStorageWithVersioning: { enabled: true, … }",
    },
  },
  {
    id: "azure-lake-keep-retention",
    theme: "data-protection",
    description: "Each zone keeps its objects for as long as the lake promises",
    severity: "medium",
    types: ["azure-native:storage:ManagementPolicy"],
    reads: [lakeType],
    controls: ["NIST SP 800-53 AU-11", "NIST SP 800-53 SI-12"],
    why: "Data that ends early is lost, data that never ends is a liability.",
    fix: "set fieldlake:zones; leave the lifecycle to EncryptedLake",
    concerns: (view, context) => lakeOf(view, context) !== null && zoneOf(view) !== "",
    check: keepsRetention,
    example: {
      violation: "delete: { daysAfterModificationGreaterThan: 1 }",
      fixed: "delete: { daysAfterModificationGreaterThan: 365 }",
    },
  },
  {
    id: "azure-storage-keep-recoverable",
    theme: "data-protection",
    description: "Every account of Fieldlake keeps what is deleted",
    severity: "medium",
    types: [account],
    reads: [blobs],
    controls: ["CKV2_AZURE_38", "NIST SP 800-53 CP-9"],
    why: "A mistake destroys data for good.",
    fix: "add an azure-native.storage.BlobServiceProperties with deleteRetentionPolicy",
    concerns: isOurs,
    check: hasCompanion([blobs], "accountName", "an azure-native.storage.BlobServiceProperties"),
    example: {
      violation: "a StorageAccount alone",
      fixed: "new storage.BlobServiceProperties(name, { accountName, deleteRetentionPolicy })",
    },
  },
  {
    id: "azure-storage-keep-tight",
    theme: "least-privilege",
    description: "Accounts of Fieldlake copy within the tenant only, and take no long-lived signatures",
    severity: "low",
    types: [account],
    controls: ["Azure.Storage.DefaultToOAuth", "MCSB IM-1", "MCSB DP-2"],
    why: "A signature that never ends is a key that names nobody.",
    fix: 'set defaultToOAuthAuthentication to true, allowedCopyScope to "AAD" or "PrivateLink", and sasPolicy with expirationAction "Block"',
    concerns: isOurs,
    check: all(
      isTrue("defaultToOAuthAuthentication"),
      isOneOf("allowedCopyScope", ["AAD", "PrivateLink"]),
      isOneOf("sasPolicy.expirationAction", ["Block"]),
      present("sasPolicy.sasExpirationPeriod"),
      isOneOf(eachService("keyType"), ["Account"]),
      isTrue(eachService("enabled")),
    ),
    example: {
      violation: "no sasPolicy",
      fixed: 'sasPolicy: { expirationAction: "Block", sasExpirationPeriod: "00.01:00:00" }',
    },
  },
  {
    id: "azure-app-forbid-passwords",
    theme: "least-privilege",
    description: "Nobody publishes to an app by user name and password",
    severity: "high",
    types: [
      "azure-native:web:WebAppFtpAllowed",
      "azure-native:web:WebAppScmAllowed",
      "azure-native:web:WebAppFtpAllowedSlot",
      "azure-native:web:WebAppScmAllowedSlot",
    ],
    controls: ["871b205b", "aede300b", "MCSB IM-1"],
    why: "Publishing passwords are shared and never end.",
    fix: "set allow to false",
    check: holds("allow", (value) => value === false, "false"),
    example: { violation: "allow: true", fixed: "allow: false" },
  },
  {
    id: "azure-app-require-identity",
    theme: "least-privilege",
    description: "Apps of Fieldlake act as themselves, towards their code and secrets too",
    severity: "medium",
    types: apps,
    controls: ["CKV_AZURE_71", "MCSB IM-3"],
    why: "Without an identity an app needs keys and passwords.",
    fix: 'set identity, keyVaultReferenceIdentity and functionAppConfig.deployment.storage.authentication.type "UserAssignedIdentity"',
    concerns: isOurs,
    check: all(
      hasOwnIdentity("identity"),
      present("keyVaultReferenceIdentity"),
      isOneOf("functionAppConfig?.deployment.storage.authentication.type", [
        "UserAssignedIdentity",
        "SystemAssignedIdentity",
      ]),
      everywhere("functionAppConfig?.deployment.storage.authentication", (view, path) =>
        view.part(path).value("type") === "SystemAssignedIdentity"
          ? view.present(path)
          : view.part(path).present("userAssignedIdentityResourceId"),
      ),
    ),
    example: {
      violation: 'authentication: { type: "StorageAccountConnectionString" }',
      fixed: 'authentication: { type: "UserAssignedIdentity", userAssignedIdentityResourceId }',
    },
  },
  {
    id: "azure-eventgrid-require-identity",
    theme: "least-privilege",
    description: "Event Grid of Fieldlake delivers as itself, and dead letters too",
    severity: "medium",
    types: [
      "azure-native:eventgrid:Namespace",
      "azure-native:eventgrid:Topic",
      "azure-native:eventgrid:SystemTopic",
    ],
    controls: ["MCSB IM-3"],
    why: "Without an identity targets would have to let the service in by keys.",
    fix: "set identity to a user-assigned identity",
    concerns: isOurs,
    check: all(
      hasOwnIdentity("identity"),
      isOneOf("topicSpacesConfiguration?.routingIdentityInfo.type", ["UserAssigned"]),
      present("topicSpacesConfiguration?.routingIdentityInfo.userAssignedIdentity"),
    ),
    example: {
      violation: "no identity",
      fixed: 'identity: { type: "UserAssigned", userAssignedIdentities }',
    },
  },
  {
    id: "azure-eventgrid-require-identity-on-delivery",
    theme: "least-privilege",
    description: "Events of Fieldlake are delivered by a named identity, and none is lost",
    severity: "medium",
    types: subscriptions,
    controls: ["MCSB IM-3", "NIST SP 800-53 SI-12"],
    why: "A key in a subscription names nobody; an event without a dead letter is gone.",
    fix: "set deliveryWithResourceIdentity and deadLetterWithResourceIdentity, each with identity and target",
    concerns: isOurs,
    check: all(
      present([
        "deliveryWithResourceIdentity.destination.resourceId",
        "deadLetterWithResourceIdentity.deadLetterDestination.resourceId",
      ]),
      refersTo(
        [
          "deliveryWithResourceIdentity.identity.userAssignedIdentity",
          "deadLetterWithResourceIdentity.identity.userAssignedIdentity",
        ],
        ["azure-native:managedidentity:UserAssignedIdentity"],
        "an identity of this stack",
      ),
      refersTo(
        "deadLetterWithResourceIdentity.deadLetterDestination.resourceId",
        [account],
        "an account of this stack",
      ),
      isOneOf(
        ["deliveryWithResourceIdentity.identity.type", "deadLetterWithResourceIdentity.identity.type"],
        ["UserAssigned"],
      ),
      isOneOf("deliveryWithResourceIdentity.destination.endpointType", [
        "EventHub",
        "ServiceBusQueue",
        "StorageQueue",
      ]),
      isOneOf("deadLetterWithResourceIdentity.deadLetterDestination.endpointType", ["StorageBlob"]),
      isOneOf("deadLetterWithResourceIdentity.deadLetterDestination.blobContainerName", ["dead-letters"]),
    ),
    example: {
      violation: "destination: { endpointType, resourceId }",
      fixed: "deliveryWithResourceIdentity: { identity, destination }",
    },
  },
  {
    id: "azure-monitor-require-logs",
    theme: "data-protection",
    description: "What is logged is logged, and goes to a workspace or an account",
    severity: "low",
    types: ["azure-native:monitor:DiagnosticSetting"],
    controls: ["MCSB LT-3", "NIST SP 800-53 AU-2"],
    why: "An attack that leaves no trace is not found.",
    fix: "set enabled of every one of logs to true, with a categoryGroup or category, and workspaceId",
    check: all(
      isTrue("logs[].enabled"),
      everywhere("logs[]", (view, path) =>
        view
          .part(path)
          .test(
            "categoryGroup",
            (group) => !isAbsent(group) || !isAbsent(view.part(path).value("category")),
            "allLogs",
          ),
      ),
    ),
    example: {
      violation: "logs: [{ enabled: false }]",
      fixed: 'logs: [{ categoryGroup: "allLogs", enabled: true }]',
    },
  },
  {
    id: "azure-loganalytics-keep-tight",
    theme: "data-protection",
    description:
      "Logs of Fieldlake are kept for 30 days at least, and read by identities with rights on what they are about",
    severity: "medium",
    types: ["azure-native:operationalinsights:Workspace"],
    controls: ["Azure.Log.Replication", "MCSB LT-6", "MCSB IM-1"],
    why: "An attack is seldom found in the first days; a key reads everything.",
    fix: "set retentionInDays to 30 or more, features.disableLocalAuth and features.enableLogAccessUsingOnlyResourcePermissions to true",
    concerns: isOurs,
    check: all(
      isAtLeast("retentionInDays", 30),
      isTrue(["features.disableLocalAuth", "features.enableLogAccessUsingOnlyResourcePermissions"]),
    ),
    example: { violation: "retentionInDays: 7", fixed: "retentionInDays: 365" },
  },
  {
    id: "azure-keyvault-forbid-platform-access",
    theme: "least-privilege",
    description:
      "No machine, disk service or template takes keys out of a vault of Fieldlake, and every key says before it ends",
    severity: "medium",
    types: ["azure-native:keyvault:Vault"],
    controls: ["MCSB DP-8", "NIST SP 800-53 AC-6"],
    why: "Each of these lets in whoever may deploy.",
    fix: "leave properties.enabledForDeployment, enabledForDiskEncryption and enabledForTemplateDeployment false",
    concerns: isOurs,
    check: notTrue([
      "properties.enabledForDeployment",
      "properties.enabledForDiskEncryption",
      "properties.enabledForTemplateDeployment",
    ]),
    example: {
      violation: "enabledForTemplateDeployment: true",
      fixed: "enabledForTemplateDeployment: false",
    },
  },
  {
    id: "azure-keyvault-keep-rotation",
    theme: "cmk-at-rest",
    description: "Keys of Fieldlake are rotated at a set time, and somebody is told before they end",
    severity: "medium",
    types: ["azure-native:keyvault:Key"],
    controls: ["MCSB DP-6", "Azure.KeyVault.AutoRotationPolicy"],
    why: "A key that ends unnoticed takes the data with it.",
    fix: "set properties.rotationPolicy.lifetimeActions with a rotate and a notify action, each with a trigger, and keySize of 3072",
    concerns: isOurs,
    check: all(
      holds(
        "properties.rotationPolicy.lifetimeActions",
        (actions) => hasAction(actions, /^rotate$/i),
        "one of type rotate with a trigger",
      ),
      holds(
        "properties.rotationPolicy.lifetimeActions",
        (actions) => hasAction(actions, /^notify$/i),
        "one of type notify with a trigger",
      ),
      isAtLeast("properties.keySize", 3072),
    ),
    example: { violation: "lifetimeActions: [{ action }]", fixed: "lifetimeActions: [{ action, trigger }]" },
  },
  {
    id: "azure-eventhub-keep-retention",
    theme: "data-protection",
    description: "Messages of Fieldlake are kept for a day at least, so that they can be read again",
    severity: "medium",
    types: ["azure-native:eventhub:EventHub"],
    controls: ["NIST SP 800-53 SI-12"],
    why: "A decoder that stands still for an hour would lose what came in.",
    fix: "set retentionDescription.retentionTimeInHours to 24 or more",
    concerns: isOurs,
    check: all(
      isAtLeast("retentionDescription.retentionTimeInHours", 24),
      isOneOf("retentionDescription.cleanupPolicy", ["Delete"]),
    ),
    example: { violation: "retentionTimeInHours: 1", fixed: "retentionTimeInHours: 24" },
  },
  {
    id: "azure-cosmosdb-keep-tight",
    theme: "least-privilege",
    description: "Other services don't get round the network rules of Fieldlake's state store",
    severity: "low",
    types: ["azure-native:cosmosdb:DatabaseAccount"],
    controls: ["MCSB NS-2"],
    why: "Every customer's resource of a trusted service would be let in.",
    fix: 'set networkAclBypass to "None" and backupPolicy.continuousModeProperties.tier',
    concerns: isOurs,
    check: all(
      isOneOf("networkAclBypass", ["None"]),
      isOneOf("backupPolicy.continuousModeProperties.tier", ["Continuous7Days", "Continuous30Days"]),
    ),
    example: { violation: 'networkAclBypass: "AzureServices"', fixed: 'networkAclBypass: "None"' },
  },
  {
    id: "azure-network-keep-private",
    theme: "data-protection",
    description: "In a private environment of Fieldlake nothing but the broker is reached from outside",
    severity: "high",
    types: Object.keys(closedBy),
    reads: [network, ruleSet],
    controls: ["MCSB NS-2", "NIST SP 800-53 SC-7"],
    why: "One open door makes the private network a pretence.",
    fix: 'set fieldlake:azure.network to "private" and leave publicNetworkAccess "Disabled" and network rules "Deny"',
    concerns: (view, context) => isOurs(view, context) && context.graph.ofTypes([network]).length > 0,
    check: (view, context) => closedBy[view.resource.type]?.(view, context) ?? [],
    example: { violation: 'publicNetworkAccess: "Enabled"', fixed: 'publicNetworkAccess: "Disabled"' },
  },
];
