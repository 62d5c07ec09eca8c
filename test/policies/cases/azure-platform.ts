import { identity } from "../support/azure.ts";
import type { Cases, RuleCases } from "../support/cases.ts";
import { notKnownYet, resource, type Written } from "../support/stack.ts";
import { set, without } from "../support/weakened.ts";

const t = (name: string): string => `azure-native:${name}`;
const component = "fieldlake:azure:EncryptedLake";

/** One resource below a component of Fieldlake, weakened one property at a time; absence is wrong as well unless said. */
function ours(
  token: string,
  inputs: object,
  weak: Readonly<Record<string, readonly unknown[]>>,
  safe: readonly string[] = [],
): Cases {
  const one = (changed: object): Written => resource(t(token), changed, { component });
  const omitted = Object.keys(weak)
    .filter((path) => !safe.includes(path))
    .map((path) => one(without(inputs, path)));
  return {
    compliant: [one(inputs)],
    violating: Object.entries(weak).flatMap(([path, values]) =>
      values.map((value) => one(set(inputs, path, value))),
    ),
    absent: omitted.length === 0 ? "is right" : omitted,
    unknown: [one(set(inputs, Object.keys(weak)[0] ?? "", notKnownYet))],
  };
}

const lake = (inputs: object): Written => resource(component, inputs, { name: "lake" });
const raw = (inputs: object): Written =>
  resource(t("storage:StorageAccount"), inputs, { name: "lakeraw", parent: "lake", component });
const locked = lake({ writeOnce: { days: 30, mode: "unlocked" } });
const lock = (change: object = {}) =>
  raw({
    immutableStorageWithVersioning: {
      enabled: true,
      immutabilityPolicy: { immutabilityPeriodSinceCreationInDays: 30, state: "Unlocked", ...change },
    },
  });
/** @param old what is kept of a blob that was changed */
const policy = (days: unknown, old: "version" | "snapshot" = "version"): Written =>
  resource(
    t("storage:ManagementPolicy"),
    {
      policy: {
        rules: [
          {
            enabled: true,
            name: "age",
            type: "Lifecycle",
            definition: {
              actions: {
                [old]: { delete: { daysAfterCreationGreaterThan: 30 } },
                ...(days === undefined
                  ? {}
                  : { baseBlob: { delete: { daysAfterModificationGreaterThan: days } } }),
              },
            },
          },
        ],
      },
    },
    { name: "lake-raw-lifecycle", parent: "lake", component },
  );
const zones = (retentionDays: number): Written => lake({ zones: { raw: { retentionDays } } });
const directories = lake({ zones: { raw: { retentionDays: 365 } }, hierarchicalNamespace: true });
const youngCopy = lake({ writeOnce: { days: 30, mode: "locked", replicaMode: "unlocked" } });
const account = resource(
  t("storage:StorageAccount"),
  {},
  { name: "account", component, outputs: { name: "account" } },
);
const blobService = (accountName: unknown): Written =>
  resource(t("storage:BlobServiceProperties"), { accountName }, { name: "blobs" });
const accountWide = { enabled: true, keyType: "Account" };
const services = { blob: accountWide, file: accountWide, queue: accountWide, table: accountWide };
const delivery = { identity: { type: "UserAssigned", userAssignedIdentity: "/i" } };
const rotating = [
  { action: { type: "rotate" }, trigger: { timeAfterCreate: "P1Y" } },
  { action: { type: "notify" }, trigger: { timeBeforeExpiry: "P30D" } },
];

const delivered = { ...delivery, destination: { endpointType: "EventHub", resourceId: "/hub" } };
const deadLetters = {
  ...delivery,
  deadLetterDestination: { endpointType: "StorageBlob", resourceId: "/a", blobContainerName: "dead-letters" },
};
const subscribed = (change: object): readonly Written[] => [
  resource(t("managedidentity:UserAssignedIdentity"), {}, { name: "identity", outputs: { id: "/i" } }),
  resource(t("storage:StorageAccount"), {}, { name: "letters", outputs: { id: "/a" } }),
  resource(
    t("eventgrid:EventSubscription"),
    { deliveryWithResourceIdentity: delivered, deadLetterWithResourceIdentity: deadLetters, ...change },
    { component },
  ),
];
const privateNetwork = resource(t("network:VirtualNetwork"), {}, { name: "network" });
const inPrivate = (inputs: object): readonly Written[] => [
  privateNetwork,
  resource(t("storage:StorageAccount"), inputs, { name: "closed", component }),
];
const closed = { publicNetworkAccess: "Disabled", networkRuleSet: { defaultAction: "Deny" } };

export const azurePlatformCases: RuleCases = {
  "azure-network-keep-private": {
    compliant: [inPrivate(closed)],
    violating: [
      inPrivate({ ...closed, publicNetworkAccess: "Enabled" }),
      inPrivate({ ...closed, networkRuleSet: { defaultAction: "Allow" } }),
    ],
    absent: [inPrivate({ publicNetworkAccess: "Disabled" })],
    unknown: [inPrivate({ ...closed, publicNetworkAccess: notKnownYet })],
  },
  "azure-storage-require-write-once": {
    compliant: [
      [locked, lock()],
      [youngCopy, { ...lock(), name: "lakecopy" }],
    ],
    violating: [
      [youngCopy, lock()],
      [locked, lock({ immutabilityPeriodSinceCreationInDays: 1 })],
      [locked, lock({ allowProtectedAppendWrites: true })],
      [lake({ writeOnce: { days: 30, mode: "locked" } }), lock()],
    ],
    absent: [[locked, raw({})]],
    unknown: [[locked, lock({ immutabilityPeriodSinceCreationInDays: notKnownYet })]],
  },
  "azure-lake-keep-retention": {
    compliant: [
      [zones(365), policy(365)],
      [zones(0), policy(undefined)],
      [directories, policy(365, "snapshot")],
    ],
    violating: [
      [zones(365), policy(365, "snapshot")],
      [zones(365), policy(1)],
      [zones(0), policy(365)],
    ],
    absent: [[zones(365), policy(undefined)]],
    unknown: [[zones(365), policy(notKnownYet)]],
  },
  "azure-storage-keep-recoverable": {
    compliant: [[account, blobService("account")]],
    violating: [[account, blobService("another")]],
    absent: [account],
    unknown: [[account, blobService(notKnownYet)]],
  },
  "azure-storage-keep-tight": ours(
    "storage:StorageAccount",
    {
      encryption: { services },
      defaultToOAuthAuthentication: true,
      allowedCopyScope: "AAD",
      sasPolicy: { expirationAction: "Block", sasExpirationPeriod: "00.01:00:00" },
    },
    {
      defaultToOAuthAuthentication: [false],
      allowedCopyScope: ["Any"],
      "sasPolicy.expirationAction": ["Log"],
      "sasPolicy.sasExpirationPeriod": [""],
    },
  ),
  "azure-app-forbid-passwords": ours("web:WebAppScmAllowed", { allow: false }, { allow: [true] }),
  "azure-app-require-identity": ours(
    "web:WebApp",
    {
      keyVaultReferenceIdentity: "/i",
      identity,
      functionAppConfig: {
        deployment: {
          storage: { authentication: { type: "UserAssignedIdentity", userAssignedIdentityResourceId: "/i" } },
        },
      },
    },
    {
      "functionAppConfig.deployment.storage.authentication.type": ["StorageAccountConnectionString"],
      identity: [{ type: "None" }, { type: "UserAssigned", userAssignedIdentities: [] }],
      keyVaultReferenceIdentity: [""],
    },
  ),
  "azure-eventgrid-require-identity": ours(
    "eventgrid:Topic",
    { identity: { type: "UserAssigned", userAssignedIdentities: { "/i": {} } } },
    { identity: [{ type: "None" }] },
  ),
  "azure-eventgrid-require-identity-on-delivery": {
    compliant: [subscribed({})],
    violating: [
      subscribed({ deliveryWithResourceIdentity: { ...delivered, identity: { type: "None" } } }),
      subscribed({
        deliveryWithResourceIdentity: { ...delivered, destination: { endpointType: "WebHook" } },
      }),
      subscribed({
        deadLetterWithResourceIdentity: {
          ...deadLetters,
          identity: { ...delivery.identity, userAssignedIdentity: "/another" },
        },
      }),
      subscribed({
        deadLetterWithResourceIdentity: {
          ...deadLetters,
          deadLetterDestination: { ...deadLetters.deadLetterDestination, resourceId: "/another" },
        },
      }),
    ],
    absent: [
      subscribed({ deadLetterWithResourceIdentity: undefined }),
      subscribed({ deliveryWithResourceIdentity: undefined }),
    ],
    unknown: [
      subscribed({
        deliveryWithResourceIdentity: {
          ...delivered,
          identity: { type: notKnownYet, userAssignedIdentity: "/i" },
        },
      }),
    ],
  },
  "azure-monitor-require-logs": ours(
    "monitor:DiagnosticSetting",
    { logs: [{ categoryGroup: "allLogs", enabled: true }] },
    { "logs[0].enabled": [false], "logs[0].categoryGroup": [""] },
  ),
  "azure-loganalytics-keep-tight": ours(
    "operationalinsights:Workspace",
    {
      retentionInDays: 365,
      features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true },
    },
    {
      retentionInDays: [7],
      "features.disableLocalAuth": [false],
      "features.enableLogAccessUsingOnlyResourcePermissions": [false],
    },
  ),
  "azure-keyvault-forbid-platform-access": ours(
    "keyvault:Vault",
    { properties: { enabledForDeployment: false, enabledForTemplateDeployment: false } },
    { "properties.enabledForDeployment": [true], "properties.enabledForTemplateDeployment": [true] },
    ["properties.enabledForDeployment", "properties.enabledForTemplateDeployment"],
  ),
  "azure-keyvault-keep-rotation": ours(
    "keyvault:Key",
    { properties: { keySize: 3072, rotationPolicy: { lifetimeActions: rotating } } },
    {
      "properties.rotationPolicy.lifetimeActions": [
        rotating.slice(0, 1),
        rotating.slice(1),
        rotating.map(({ action }) => ({ action })),
      ],
      "properties.keySize": [2048],
    },
  ),
  "azure-eventhub-keep-retention": ours(
    "eventhub:EventHub",
    { retentionDescription: { retentionTimeInHours: 24, cleanupPolicy: "Delete" } },
    { "retentionDescription.retentionTimeInHours": [1], "retentionDescription.cleanupPolicy": ["Compact"] },
  ),
  "azure-synapse-keep-tight": ours(
    "synapse:Workspace",
    {
      managedVirtualNetworkSettings: {
        linkedAccessCheckOnTargetResource: true,
        allowedAadTenantIdsForLinking: [],
      },
    },
    {
      "managedVirtualNetworkSettings.linkedAccessCheckOnTargetResource": [false],
      "managedVirtualNetworkSettings.allowedAadTenantIdsForLinking": [["tenant"], "tenant"],
    },
  ),
  "azure-cosmosdb-keep-tight": ours(
    "cosmosdb:DatabaseAccount",
    { networkAclBypass: "None", backupPolicy: { continuousModeProperties: { tier: "Continuous7Days" } } },
    { networkAclBypass: ["AzureServices"] },
  ),
};
