import type { Cases, RuleCases } from "../support/cases.ts";
import { notKnownYet, resource, type Written } from "../support/stack.ts";
import { set, weakened } from "../support/weakened.ts";

const t = (name: string): string => `azure-native:${name}`;
const keyless = (token: string, property: string, off: boolean): Cases =>
  weakened({ token: t(token), inputs: set({}, property, off), weak: { [property]: [!off] } });
const workspaceId = "/subscriptions/s/workspaces/w";
const clusterId = "/subscriptions/s/clusters/c";
const workspace = resource(
  t("operationalinsights:Workspace"),
  { forceCmkForQuery: true },
  { name: "logs", outputs: { id: workspaceId, name: "logs" } },
);
const cluster = resource(
  t("operationalinsights:Cluster"),
  {},
  { name: "cluster", outputs: { id: clusterId } },
);
const link = (workspaceName: unknown, writeAccessResourceId: unknown) =>
  resource(t("operationalinsights:LinkedService"), { workspaceName, writeAccessResourceId });
const app = t("web:WebApp");
const setting = (name: string, value: unknown) => ({ siteConfig: { appSettings: [{ name, value }] } });
const kept = { enabled: true, days: 30 };
const rule = (change: object) => ({
  securityRules: [
    {
      direction: "Inbound",
      access: "Allow",
      protocol: "Tcp",
      sourceAddressPrefix: "*",
      destinationPortRange: "443",
      ...change,
    },
  ],
});
const group = (inputs: object) => resource(t("network:NetworkSecurityGroup"), inputs);
const account = resource(
  t("storage:StorageAccount"),
  { accountName: "mine" },
  { name: "account", outputs: { name: "mine" } },
);
const host = "AzureWebJobsStorage__accountName";

const softDelete = weakened({
  token: t("storage:BlobServiceProperties"),
  inputs: { deleteRetentionPolicy: kept, containerDeleteRetentionPolicy: kept },
  weak: {
    "deleteRetentionPolicy.enabled": [false],
    "deleteRetentionPolicy.days": [1],
    "containerDeleteRetentionPolicy.days": [1],
  },
});
const component = "fieldlake:azure:EncryptedLake";
/** A hierarchical account keeps no versions. */
const lake = (hierarchicalNamespace: boolean) =>
  resource(component, { hierarchicalNamespace }, { name: "lake" });
const versioned = { isVersioningEnabled: true };
const oursOf = (change: object) =>
  resource(
    t("storage:BlobServiceProperties"),
    { deleteRetentionPolicy: kept, containerDeleteRetentionPolicy: kept, ...change },
    { parent: "lake", component },
  );
/** What a workspace wants for its own, as who names it says. */
const named = (isHnsEnabled: boolean, resourceId: string): Written[] => [
  lake(false),
  resource(
    t("storage:StorageAccount"),
    { isHnsEnabled },
    { name: "own", outputs: { id: "/own", name: "own" } },
  ),
  resource(t("synapse:Workspace"), { defaultDataLakeStorage: { resourceId } }, { name: "sql" }),
  oursOf({ accountName: "own" }),
];

const directories = resource(
  t("storage:StorageAccount"),
  { accountName: "mine", isHnsEnabled: true },
  { name: "account", outputs: { name: "mine" } },
);
const ofAccount = (change: object) =>
  resource(t("storage:BlobServiceProperties"), {
    accountName: "mine",
    deleteRetentionPolicy: kept,
    containerDeleteRetentionPolicy: kept,
    ...change,
  });

export const azureStoreProtectionCases: RuleCases = {
  "azure-storage-forbid-shared-keys": keyless("storage:StorageAccount", "allowSharedKeyAccess", false),
  "azure-eventhub-forbid-shared-keys": keyless("eventhub:Namespace", "disableLocalAuth", true),
  "azure-servicebus-forbid-shared-keys": keyless("servicebus:Namespace", "disableLocalAuth", true),
  "azure-cosmosdb-forbid-shared-keys": keyless("cosmosdb:DatabaseAccount", "disableLocalAuth", true),
  "azure-search-forbid-shared-keys": keyless("search:Service", "disableLocalAuth", true),
  "azure-ai-forbid-shared-keys": keyless("cognitiveservices:Account", "properties.disableLocalAuth", true),
  "azure-appconfiguration-forbid-shared-keys": keyless(
    "appconfiguration:ConfigurationStore",
    "disableLocalAuth",
    true,
  ),
  "azure-insights-forbid-shared-keys": keyless("applicationinsights:Component", "disableLocalAuth", true),
  "azure-storage-forbid-public-blobs": weakened({
    token: t("storage:StorageAccount"),
    inputs: { allowBlobPublicAccess: false, allowCrossTenantReplication: false },
    weak: { allowBlobPublicAccess: [true], allowCrossTenantReplication: [true] },
  }),
  "azure-storage-forbid-public-container": weakened({
    token: t("storage:BlobContainer"),
    inputs: { publicAccess: "None" },
    optional: { publicAccess: ["Blob", "Container"] },
  }),
  "azure-storage-forbid-side-doors": weakened({
    token: t("storage:StorageAccount"),
    inputs: { isSftpEnabled: false, isLocalUserEnabled: false },
    optional: { isSftpEnabled: [true], isLocalUserEnabled: [true] },
  }),
  "azure-storage-require-recovery": {
    ...softDelete,
    compliant: [
      ...softDelete.compliant,
      [lake(true), oursOf({})],
      [lake(false), oursOf(versioned)],
      named(true, "/own"),
      [directories, ofAccount({ isVersioningEnabled: false })],
    ],
    violating: [
      ...softDelete.violating,
      [account, ofAccount({ isVersioningEnabled: false })],
      [lake(false), oursOf({})],
      named(false, "/own"),
      named(true, "/another"),
      [lake(true), oursOf({ deleteRetentionPolicy: { enabled: false } })],
    ],
  },
  "azure-cosmosdb-require-recovery": weakened({
    token: t("cosmosdb:DatabaseAccount"),
    inputs: { backupPolicy: { type: "Continuous" }, disableKeyBasedMetadataWriteAccess: true },
    weak: { "backupPolicy.type": ["Periodic"], disableKeyBasedMetadataWriteAccess: [false] },
  }),
  "azure-registry-forbid-anonymous": weakened({
    token: t("containerregistry:Registry"),
    inputs: { adminUserEnabled: false, anonymousPullEnabled: false },
    optional: { adminUserEnabled: [true], anonymousPullEnabled: [true] },
  }),
  "azure-app-forbid-plain-secrets": {
    compliant: [
      resource(
        app,
        setting("DB_PASSWORD", "@Microsoft.KeyVault(SecretUri=https://mine.vault.azure.net/secrets/db)"),
      ),
      resource(app, setting("EventHub__fullyQualifiedNamespace", "mine.servicebus.windows.net")),
    ],
    violating: [
      resource(app, setting("DB_PASSWORD", "hunter2")),
      resource(app, setting("Storage", "DefaultEndpointsProtocol=https;AccountKey=abc")),
      resource(app, setting("CERT", "-----BEGIN PRIVATE KEY-----")),
    ],
    absent: "is right",
    unknown: [resource(app, setting("DB_PASSWORD", notKnownYet))],
  },
  "azure-app-forbid-remote-debugging": weakened({
    token: app,
    inputs: { siteConfig: { remoteDebuggingEnabled: false, cors: { allowedOrigins: ["https://mine"] } } },
    optional: { "siteConfig.remoteDebuggingEnabled": [true], "siteConfig.cors.allowedOrigins": [["*"]] },
  }),
  "azure-synapse-forbid-passwords": weakened({
    token: t("synapse:Workspace"),
    inputs: { azureADOnlyAuthentication: true },
    weak: { azureADOnlyAuthentication: [false] },
    alsoWrong: [
      { azureADOnlyAuthentication: true, sqlAdministratorLogin: "sa" },
      { azureADOnlyAuthentication: true, sqlAdministratorLoginPassword: "hunter2" },
    ],
  }),
  "azure-synapse-prevent-exfiltration": weakened({
    token: t("synapse:Workspace"),
    inputs: {
      managedVirtualNetwork: "default",
      managedVirtualNetworkSettings: { preventDataExfiltration: true },
      trustedServiceBypassEnabled: false,
    },
    weak: {
      managedVirtualNetwork: ["", "another"],
      "managedVirtualNetworkSettings.preventDataExfiltration": [false],
    },
    optional: { trustedServiceBypassEnabled: [true] },
  }),
  "azure-synapse-name-addresses": weakened({
    token: t("synapse:IpFirewallRule"),
    inputs: { startIpAddress: "203.0.113.7", endIpAddress: "203.0.113.7" },
    weak: {
      startIpAddress: ["0.0.0.0", "203.0.1.1", "203.0.113.8", "everywhere", "203.0.113.256"],
      endIpAddress: ["255.255.255.255", "203.0.113.6"],
    },
    alsoRight: [{ startIpAddress: "203.0.113.0", endIpAddress: "203.0.113.255" }],
    alsoWrong: [{ startIpAddress: "0.0.0.0", endIpAddress: "0.0.0.0" }],
  }),
  "azure-ml-forbid-shared-keys": weakened({
    token: t("machinelearningservices:OnlineEndpoint"),
    inputs: { properties: { authMode: "AADToken" } },
    weak: { "properties.authMode": ["Key", "AMLToken"] },
  }),
  "azure-ml-close-compute": weakened({
    token: t("machinelearningservices:Compute"),
    inputs: { properties: { disableLocalAuth: true } },
    weak: { "properties.disableLocalAuth": [false] },
  }),
  "azure-function-require-own-storage": {
    compliant: [[account, resource(app, setting(host, "mine"))]],
    violating: [[account, resource(app, setting(host, "elsewhere"))]],
    absent: [[account, resource(app, setting(host, ""))]],
    unknown: [[account, resource(app, setting(host, notKnownYet))]],
  },
  "azure-operationalinsights-require-customer-key": {
    compliant: [[workspace, cluster, link("logs", clusterId)]],
    violating: [[workspace, cluster, link("logs", "/elsewhere")]],
    absent: [workspace, [workspace, cluster, link("another", clusterId)]],
    unknown: [[workspace, cluster, link(notKnownYet, clusterId)]],
  },
  "azure-insights-require-workspace": weakened({
    token: t("applicationinsights:Component"),
    inputs: { workspaceResourceId: workspaceId },
    others: [workspace],
    weak: { workspaceResourceId: ["/elsewhere"] },
  }),
  "azure-streamanalytics-require-own-storage": weakened({
    token: t("streamanalytics:StreamingJob"),
    inputs: {
      contentStoragePolicy: "JobStorageAccount",
      jobStorageAccount: { accountName: "jobs", authenticationMode: "Msi" },
    },
    others: [resource(t("storage:StorageAccount"), { accountName: "jobs" }, { outputs: {} })],
    weak: {
      contentStoragePolicy: ["SystemAccount"],
      "jobStorageAccount.accountName": ["elsewhere"],
      "jobStorageAccount.authenticationMode": ["ConnectionString"],
    },
  }),
  "azure-network-forbid-open-ingress": {
    compliant: [
      group(rule({})),
      group(rule({ sourceAddressPrefix: "10.0.0.0/8", destinationPortRange: "22" })),
      group(rule({ access: "Deny", destinationPortRange: "*" })),
      group({}),
    ],
    violating: [
      group(rule({ destinationPortRange: "22" })),
      group(rule({ sourceAddressPrefix: "0.0.0.0/1", destinationPortRange: "22" })),
      group(rule({ destinationPortRange: "*" })),
      group(
        rule({
          sourceAddressPrefix: "Internet",
          destinationPortRanges: ["443", "1883"],
          destinationPortRange: undefined,
        }),
      ),
    ],
    absent: [group(rule({ destinationPortRange: undefined }))],
    unknown: [group(rule({ sourceAddressPrefix: notKnownYet, destinationPortRange: "22" }))],
  },
};
