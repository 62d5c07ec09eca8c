/** Workspaces of logs, notebooks, models and SQL, what they compute on, and automation. */
import { base, endpointTo, identity, resourceGroupName, vaultUri } from "./parts.ts";
import { ref, sound, type Sound } from "../stack.ts";

const keyVaultProperties = { keyName: "data", keyVaultUri: ref("keys", "properties.vaultUri") };

export const azureWorkspaces: Readonly<Record<string, readonly Sound[]>> = {
  "workspaces and automation": [
    ...base(),
    sound("azure-native:operationalinsights:Cluster", "log-cluster", {
      resourceGroupName,
      clusterName: "log-cluster",
      sku: { name: "CapacityReservation", capacity: 100 },
      identity,
      isDoubleEncryptionEnabled: true,
      keyVaultProperties,
    }),
    sound("azure-native:operationalinsights:Workspace", "logs", {
      resourceGroupName,
      workspaceName: "logs",
      forceCmkForQuery: true,
      retentionInDays: 90,
      sku: { name: "LACluster" },
    }),
    sound("azure-native:operationalinsights:LinkedService", "logs-in-cluster", {
      resourceGroupName,
      workspaceName: "logs",
      linkedServiceName: "Cluster",
      writeAccessResourceId: ref("log-cluster", "id"),
    }),
    sound("azure-native:applicationinsights:Component", "insights", {
      resourceGroupName,
      kind: "web",
      applicationType: "web",
      workspaceResourceId: ref("logs", "id"),
      disableLocalAuth: true,
    }),
    sound("azure-native:monitor:DiagnosticSetting", "logs-of-vault", {
      resourceUri: ref("keys", "id"),
      workspaceId: ref("logs", "id"),
      logs: [{ categoryGroup: "allLogs", enabled: true }],
    }),
    sound("azure-native:databricks:Workspace", "notebooks", {
      resourceGroupName,
      managedResourceGroupId: "/subscriptions/s/resourceGroups/notebooks-managed",
      sku: { name: "premium" },
      publicNetworkAccess: "Disabled",
      requiredNsgRules: "NoAzureDatabricksRules",
      encryption: {
        entities: {
          managedServices: {
            keySource: "Microsoft.Keyvault",
            keyVaultProperties: { ...keyVaultProperties, keyVersion: "0123456789abcdef0123456789abcdef" },
          },
          managedDisk: {
            keySource: "Microsoft.Keyvault",
            keyVaultProperties: { ...keyVaultProperties, keyVersion: "0123456789abcdef0123456789abcdef" },
            rotationToLatestKeyVersionEnabled: true,
          },
        },
      },
      parameters: {
        prepareEncryption: { value: true },
        requireInfrastructureEncryption: { value: true },
        enableNoPublicIp: { value: true },
        encryption: { value: { keySource: "Microsoft.Keyvault", keyName: "data", keyVaultUri: vaultUri } },
      },
    }),
    endpointTo("notebooks", "databricks_ui_api"),
    sound("azure-native:synapse:Workspace", "sql", {
      resourceGroupName,
      workspaceName: "sql",
      identity: { type: "SystemAssigned" },
      azureADOnlyAuthentication: true,
      publicNetworkAccess: "Disabled",
      managedVirtualNetwork: "default",
      managedVirtualNetworkSettings: { preventDataExfiltration: true },
      trustedServiceBypassEnabled: false,
      encryption: { cmk: { key: { name: "data", keyVaultUrl: `${vaultUri}/keys/data` } } },
    }),
    sound("azure-native:synapse:IpFirewallRule", "office", {
      resourceGroupName,
      workspaceName: "sql",
      startIpAddress: "203.0.113.7",
      endIpAddress: "203.0.113.9",
    }),
    sound("azure-native:automation:AutomationAccount", "runbooks", {
      resourceGroupName,
      identity,
      sku: { name: "Basic" },
      disableLocalAuth: true,
      publicNetworkAccess: false,
      encryption: {
        keySource: "Microsoft.Keyvault",
        keyVaultProperties: { keyName: "data", keyvaultUri: ref("keys", "properties.vaultUri") },
      },
    }),
    sound("azure-native:automation:Variable", "token", {
      resourceGroupName,
      automationAccountName: ref("runbooks", "name"),
      isEncrypted: true,
      value: '"x"',
    }),
    sound("azure-native:machinelearningservices:Compute", "answers", {
      resourceGroupName,
      workspaceName: "ml",
      properties: {
        computeType: "AKS",
        disableLocalAuth: true,
        properties: { sslConfiguration: { status: "Auto", leafDomainLabel: "answers" } },
      },
    }),
    sound("azure-native:machinelearningservices:OnlineEndpoint", "online", {
      resourceGroupName,
      workspaceName: "ml",
      identity,
      properties: { authMode: "AADToken", publicNetworkAccess: "Disabled" },
    }),
    sound("azure-native:machinelearningservices:BatchEndpoint", "batches", {
      resourceGroupName,
      workspaceName: "ml",
      identity,
      properties: { authMode: "AADToken" },
    }),
    sound("azure-native:datafactory:LinkedService", "erp", {
      resourceGroupName,
      factoryName: "factory",
      properties: {
        type: "AzureSqlDatabase",
        connectionString: "Server=erp.example.com;Encrypt=true",
        password: {
          type: "AzureKeyVaultSecret",
          secretName: "erp",
          store: { type: "LinkedServiceReference", referenceName: "keys" },
        },
      },
    }),
    sound("azure-native:streamanalytics:Output", "windows-out", {
      resourceGroupName,
      jobName: "windows",
      datasource: { type: "Microsoft.Storage/Blob", authenticationMode: "Msi", container: "windows" },
    }),
    sound("azure-native:streamanalytics:Input", "windows-in", {
      resourceGroupName,
      jobName: "windows",
      properties: {
        type: "Stream",
        datasource: {
          type: "Microsoft.EventHub/EventHub",
          authenticationMode: "Msi",
          eventHubName: "readings",
        },
      },
    }),
    ...["sql", "dbforpostgresql", "dbformysql"].map((service) =>
      sound(`azure-native:${service}:FirewallRule`, `${service}-office`, {
        resourceGroupName,
        serverName: "server",
        startIpAddress: "203.0.113.7",
        endIpAddress: "203.0.113.9",
      }),
    ),
    sound("azure-native:sql:Server", "server", {
      resourceGroupName,
      identity,
      minimalTlsVersion: "1.2",
      publicNetworkAccess: "Disabled",
      administrators: {
        azureADOnlyAuthentication: true,
        login: "admins",
        sid: "11111111-2222-3333-4444-555555555555",
      },
    }),
  ],
};
