/**
 * Where resources stand in Azure's resource tree: the type names of Azure/bicep-types-az with the SDK's name for each
 * part (the versions of the API that azure-native 3.28 uses).
 */

/** Paths below `/providers/<namespace>/`, by namespace and `module/Class`. */
const paths: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "Microsoft.App": {
    "app/ContainerApp": "containerApps/{containerAppName}",
    "app/DaprComponent": "managedEnvironments/{environmentName}/daprComponents/{componentName}",
    "app/Job": "jobs/{jobName}",
    "app/ManagedEnvironment": "managedEnvironments/{environmentName}",
  },
  "Microsoft.AppConfiguration": {
    "appconfiguration/ConfigurationStore": "configurationStores/{configStoreName}",
  },
  "Microsoft.Authorization": {
    "authorization/RoleAssignment": "roleAssignments/{roleAssignmentName}",
    "authorization/RoleDefinition": "roleDefinitions/{roleDefinitionId}",
  },
  "Microsoft.Cache": {
    "redis/Redis": "redis/{name}",
  },
  "Microsoft.ContainerRegistry": {
    "containerregistry/Registry": "registries/{registryName}",
  },
  "Microsoft.Dashboard": {
    "dashboard/Grafana": "grafana/{workspaceName}",
  },
  "Microsoft.Databricks": {
    "databricks/AccessConnector": "accessConnectors/{connectorName}",
    "databricks/Workspace": "workspaces/{workspaceName}",
  },
  "Microsoft.DeviceUpdate": {
    "deviceupdate/Account": "accounts/{accountName}",
    "deviceupdate/Instance": "accounts/{accountName}/instances/{instanceName}",
  },
  "Microsoft.Devices": {
    "deviceprovisioningservices/DpsCertificate":
      "provisioningServices/{provisioningServiceName}/certificates/{certificateName}",
    "deviceprovisioningservices/IotDpsResource": "provisioningServices/{provisioningServiceName}",
    "iothub/Certificate": "IotHubs/{resourceName}/certificates/{certificateName}",
    "iothub/IotHubResource": "IotHubs/{resourceName}",
    "iothub/IotHubResourceEventHubConsumerGroup":
      "IotHubs/{resourceName}/eventHubEndpoints/{eventHubEndpointName}/ConsumerGroups/{name}",
  },
  "Microsoft.DigitalTwins": {
    "digitaltwins/DigitalTwin": "digitalTwinsInstances/{resourceName}",
  },
  "Microsoft.DocumentDB": {
    "cosmosdb/DatabaseAccount": "databaseAccounts/{accountName}",
    "cosmosdb/SqlResourceSqlContainer":
      "databaseAccounts/{accountName}/sqlDatabases/{databaseName}/containers/{containerName}",
    "cosmosdb/SqlResourceSqlDatabase": "databaseAccounts/{accountName}/sqlDatabases/{databaseName}",
    "cosmosdb/SqlResourceSqlRoleAssignment":
      "databaseAccounts/{accountName}/sqlRoleAssignments/{roleAssignmentId}",
    "cosmosdb/SqlResourceSqlRoleDefinition":
      "databaseAccounts/{accountName}/sqlRoleDefinitions/{roleDefinitionId}",
    "cosmosdb/SqlResourceSqlStoredProcedure":
      "databaseAccounts/{accountName}/sqlDatabases/{databaseName}/containers/{containerName}/storedProcedures/{storedProcedureName}",
    "cosmosdb/SqlResourceSqlTrigger":
      "databaseAccounts/{accountName}/sqlDatabases/{databaseName}/containers/{containerName}/triggers/{triggerName}",
  },
  "Microsoft.EventGrid": {
    "eventgrid/CaCertificate": "namespaces/{namespaceName}/caCertificates/{caCertificateName}",
    "eventgrid/Client": "namespaces/{namespaceName}/clients/{clientName}",
    "eventgrid/ClientGroup": "namespaces/{namespaceName}/clientGroups/{clientGroupName}",
    "eventgrid/EventSubscription": "eventSubscriptions/{eventSubscriptionName}",
    "eventgrid/Namespace": "namespaces/{namespaceName}",
    "eventgrid/NamespaceTopic": "namespaces/{namespaceName}/topics/{topicName}",
    "eventgrid/NamespaceTopicEventSubscription":
      "namespaces/{namespaceName}/topics/{topicName}/eventSubscriptions/{eventSubscriptionName}",
    "eventgrid/PermissionBinding": "namespaces/{namespaceName}/permissionBindings/{permissionBindingName}",
    "eventgrid/SystemTopic": "systemTopics/{systemTopicName}",
    "eventgrid/SystemTopicEventSubscription":
      "systemTopics/{systemTopicName}/eventSubscriptions/{eventSubscriptionName}",
    "eventgrid/Topic": "topics/{topicName}",
    "eventgrid/TopicSpace": "namespaces/{namespaceName}/topicSpaces/{topicSpaceName}",
  },
  "Microsoft.EventHub": {
    "eventhub/ApplicationGroup": "namespaces/{namespaceName}/applicationGroups/{applicationGroupName}",
    "eventhub/Cluster": "clusters/{clusterName}",
    "eventhub/ConsumerGroup":
      "namespaces/{namespaceName}/eventhubs/{eventHubName}/consumergroups/{consumerGroupName}",
    "eventhub/DisasterRecoveryConfig": "namespaces/{namespaceName}/disasterRecoveryConfigs/{alias}",
    "eventhub/EventHub": "namespaces/{namespaceName}/eventhubs/{eventHubName}",
    "eventhub/EventHubAuthorizationRule":
      "namespaces/{namespaceName}/eventhubs/{eventHubName}/authorizationRules/{authorizationRuleName}",
    "eventhub/Namespace": "namespaces/{namespaceName}",
    "eventhub/NamespaceAuthorizationRule":
      "namespaces/{namespaceName}/authorizationRules/{authorizationRuleName}",
    "eventhub/NamespaceNetworkRuleSet": "namespaces/{namespaceName}/networkRuleSets/default",
    "eventhub/SchemaRegistry": "namespaces/{namespaceName}/schemagroups/{schemaGroupName}",
  },
  "Microsoft.Insights": {
    "applicationinsights/Component": "components/{resourceName}",
    "monitor/ActionGroup": "actionGroups/{actionGroupName}",
    "monitor/ActivityLogAlert": "activityLogAlerts/{activityLogAlertName}",
    "monitor/AutoscaleSetting": "autoscaleSettings/{autoscaleSettingName}",
    "monitor/DataCollectionEndpoint": "dataCollectionEndpoints/{dataCollectionEndpointName}",
    "monitor/DataCollectionRule": "dataCollectionRules/{dataCollectionRuleName}",
    "monitor/DataCollectionRuleAssociation": "dataCollectionRuleAssociations/{associationName}",
    "monitor/DiagnosticSetting": "diagnosticSettings/{name}",
    "monitor/MetricAlert": "metricAlerts/{ruleName}",
    "monitor/ScheduledQueryRule": "scheduledQueryRules/{ruleName}",
  },
  "Microsoft.KeyVault": {
    "keyvault/Key": "vaults/{vaultName}/keys/{keyName}",
    "keyvault/Secret": "vaults/{vaultName}/secrets/{secretName}",
    "keyvault/Vault": "vaults/{vaultName}",
  },
  "Microsoft.ManagedIdentity": {
    "managedidentity/FederatedIdentityCredential":
      "userAssignedIdentities/{resourceName}/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
    "managedidentity/UserAssignedIdentity": "userAssignedIdentities/{resourceName}",
  },
  "Microsoft.Monitor": {
    "monitor/AzureMonitorWorkspace": "accounts/{azureMonitorWorkspaceName}",
  },
  "Microsoft.Network": {
    "network/ApplicationSecurityGroup": "applicationSecurityGroups/{applicationSecurityGroupName}",
    "network/NatGateway": "natGateways/{natGatewayName}",
    "network/NetworkInterface": "networkInterfaces/{networkInterfaceName}",
    "network/NetworkSecurityGroup": "networkSecurityGroups/{networkSecurityGroupName}",
    "network/PrivateDnsZoneGroup":
      "privateEndpoints/{privateEndpointName}/privateDnsZoneGroups/{privateDnsZoneGroupName}",
    "network/PrivateEndpoint": "privateEndpoints/{privateEndpointName}",
    "network/PrivateLinkService": "privateLinkServices/{serviceName}",
    "network/PublicIPAddress": "publicIPAddresses/{publicIpAddressName}",
    "network/RouteTable": "routeTables/{routeTableName}",
    "network/SecurityRule":
      "networkSecurityGroups/{networkSecurityGroupName}/securityRules/{securityRuleName}",
    "network/Subnet": "virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
    "network/VirtualNetwork": "virtualNetworks/{virtualNetworkName}",
    "network/VirtualNetworkPeering":
      "virtualNetworks/{virtualNetworkName}/virtualNetworkPeerings/{virtualNetworkPeeringName}",
    "privatedns/PrivateRecordSet": "privateDnsZones/{privateZoneName}/A/{relativeRecordSetName}",
    "privatedns/PrivateZone": "privateDnsZones/{privateZoneName}",
    "privatedns/VirtualNetworkLink":
      "privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
  },
  "Microsoft.OperationalInsights": {
    "operationalinsights/Cluster": "clusters/{clusterName}",
    "operationalinsights/DataExport": "workspaces/{workspaceName}/dataExports/{dataExportName}",
    "operationalinsights/SavedSearch": "workspaces/{workspaceName}/savedSearches/{savedSearchId}",
    "operationalinsights/Table": "workspaces/{workspaceName}/tables/{tableName}",
    "operationalinsights/Workspace": "workspaces/{workspaceName}",
  },
  "Microsoft.Portal": {
    "portal/Dashboard": "dashboards/{dashboardName}",
  },
  "Microsoft.ServiceBus": {
    "servicebus/Namespace": "namespaces/{namespaceName}",
    "servicebus/Queue": "namespaces/{namespaceName}/queues/{queueName}",
    "servicebus/Subscription":
      "namespaces/{namespaceName}/topics/{topicName}/subscriptions/{subscriptionName}",
    "servicebus/Topic": "namespaces/{namespaceName}/topics/{topicName}",
  },
  "Microsoft.Storage": {
    "storage/BlobContainer": "storageAccounts/{accountName}/blobServices/default/containers/{containerName}",
    "storage/BlobContainerImmutabilityPolicy":
      "storageAccounts/{accountName}/blobServices/default/containers/{containerName}/immutabilityPolicies/{immutabilityPolicyName}",
    "storage/BlobInventoryPolicy":
      "storageAccounts/{accountName}/inventoryPolicies/{blobInventoryPolicyName}",
    "storage/BlobServiceProperties": "storageAccounts/{accountName}/blobServices/{blobServicesName}",
    "storage/EncryptionScope": "storageAccounts/{accountName}/encryptionScopes/{encryptionScopeName}",
    "storage/FileServiceProperties": "storageAccounts/{accountName}/fileServices/{fileServicesName}",
    "storage/FileShare": "storageAccounts/{accountName}/fileServices/default/shares/{shareName}",
    "storage/LocalUser": "storageAccounts/{accountName}/localUsers/{username}",
    "storage/ManagementPolicy": "storageAccounts/{accountName}/managementPolicies/{managementPolicyName}",
    "storage/ObjectReplicationPolicy":
      "storageAccounts/{accountName}/objectReplicationPolicies/{objectReplicationPolicyId}",
    "storage/Queue": "storageAccounts/{accountName}/queueServices/default/queues/{queueName}",
    "storage/QueueServiceProperties": "storageAccounts/{accountName}/queueServices/{queueServiceName}",
    "storage/StorageAccount": "storageAccounts/{accountName}",
    "storage/Table": "storageAccounts/{accountName}/tableServices/default/tables/{tableName}",
    "storage/TableServiceProperties": "storageAccounts/{accountName}/tableServices/{tableServiceName}",
  },
  "Microsoft.StreamAnalytics": {
    "streamanalytics/Function": "streamingjobs/{jobName}/functions/{functionName}",
    "streamanalytics/Input": "streamingjobs/{jobName}/inputs/{inputName}",
    "streamanalytics/Output": "streamingjobs/{jobName}/outputs/{outputName}",
    "streamanalytics/StreamingJob": "streamingjobs/{jobName}",
  },
  "Microsoft.Synapse": {
    "synapse/BigDataPool": "workspaces/{workspaceName}/bigDataPools/{bigDataPoolName}",
    "synapse/IntegrationRuntime": "workspaces/{workspaceName}/integrationRuntimes/{integrationRuntimeName}",
    "synapse/IpFirewallRule": "workspaces/{workspaceName}/firewallRules/{ruleName}",
    "synapse/Key": "workspaces/{workspaceName}/keys/{keyName}",
    "synapse/SqlPool": "workspaces/{workspaceName}/sqlPools/{sqlPoolName}",
    "synapse/Workspace": "workspaces/{workspaceName}",
    "synapse/WorkspaceManagedSqlServerVulnerabilityAssessment":
      "workspaces/{workspaceName}/vulnerabilityAssessments/{vulnerabilityAssessmentName}",
  },
  "Microsoft.Web": {
    "web/AppServicePlan": "serverfarms/{name}",
    "web/StaticSite": "staticSites/{name}",
    "web/WebApp": "sites/{name}",
    "web/WebAppApplicationSettings": "sites/{name}/config/appsettings",
    "web/WebAppAuthSettingsV2": "sites/{name}/config/authsettingsV2",
    "web/WebAppConnectionStrings": "sites/{name}/config/connectionstrings",
    "web/WebAppDiagnosticLogsConfiguration": "sites/{name}/config/logs",
    "web/WebAppFtpAllowed": "sites/{name}/basicPublishingCredentialsPolicies/ftp",
    "web/WebAppMetadata": "sites/{name}/config/metadata",
    "web/WebAppScmAllowed": "sites/{name}/basicPublishingCredentialsPolicies/scm",
    "web/WebAppSlot": "sites/{name}/slots/{slot}",
  },
  "microsoft.insights": {
    "monitor/PrivateLinkScope": "privateLinkScopes/{scopeName}",
    "monitor/PrivateLinkScopedResource": "privateLinkScopes/{scopeName}/scopedResources/{name}",
  },
};

/** What a resource belongs to where that is no resource group. */
const scopes: Readonly<Record<string, string>> = {
  "authorization/RoleAssignment": "/{scope}",
  "authorization/RoleDefinition": "/{scope}",
  "eventgrid/EventSubscription": "/{scope}",
  "monitor/DataCollectionRuleAssociation": "/{resourceUri}",
  "monitor/DiagnosticSetting": "/{resourceUri}",
};

/** The resource group itself is the one resource without a provider's namespace. */
const resourceGroup = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";

/**
 * The template of a resource's id, with the names of inputs in braces.
 * @param kind `module/Class`
 * @returns undefined if the table does not have it
 */
export const idTemplateOf = (kind: string): string | undefined => {
  if (kind === "resources/ResourceGroup") return resourceGroup;
  const found = Object.entries(paths).find(([, ofNamespace]) => kind in ofNamespace);
  if (!found) return undefined;
  const [namespace, { [kind]: path = "" }] = found;
  return `${scopes[kind] ?? resourceGroup}/providers/${namespace}/${path}`;
};
