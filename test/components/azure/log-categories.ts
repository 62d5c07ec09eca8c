/**
 * Which resource types write logs that a diagnostic setting can send on, with their categories (learn.microsoft.com, "Supported
 * Resource log categories for Azure Monitor", a page for each type; read 2026-11-26), and why another has no setting. A type
 * of a plan that is not here fails the test: look it up there.
 */

export type LogCategories =
  | {
      readonly logs: readonly string[];
      /** Whether the setting sends metrics too. */
      readonly metrics: boolean;
      /** What of the resource writes them, where it is not the resource itself. */
      readonly at?: string;
    }
  | { readonly none: string };

const withMetrics = (...logs: string[]) => ({ logs, metrics: true });
const logsOnly = (...logs: string[]) => ({ logs, metrics: false });
const partOf = (whole: string) => ({ none: `a part of ${whole}, which logs what happens to it` });
const activity = { none: "no log category: what is done to it is in the subscription's activity log" };

export const logCategories: Readonly<Record<string, LogCategories>> = {
  "keyvault:Vault": withMetrics("AuditEvent", "AzurePolicyEvaluationDetails"),
  "keyvault:Key": partOf("its vault"),
  "keyvault:Secret": partOf("its vault"),
  "operationalinsights:Workspace": withMetrics("Audit"),
  "applicationinsights:Component": {
    none: "its tables are in the workspace that it is based on: a setting may not lead there, and would write them twice (learn.microsoft.com, Diagnostic settings in Azure Monitor)",
  },
  "storage:StorageAccount": {
    ...withMetrics("StorageDelete", "StorageRead", "StorageWrite"),
    // The account itself has the sum of its services' metrics; queues, tables and files nobody has a right to.
    at: "/blobServices/default",
  },
  "storage:BlobContainer": partOf("its account"),
  "storage:BlobServiceProperties": partOf("its account"),
  "storage:ManagementPolicy": partOf("its account"),
  "storage:ObjectReplicationPolicy": partOf("its account"),
  "eventhub:Namespace": withMetrics(
    ...["ApplicationMetricsLogs", "ArchiveLogs", "AutoScaleLogs", "CustomerManagedKeyUserLogs", "DataDRLogs"],
    ...["DiagnosticErrorLogs", "EventHubVNetConnectionEvent", "KafkaCoordinatorLogs", "KafkaUserErrorLogs"],
    ...["OperationalLogs", "RuntimeAuditLogs"],
  ),
  "eventhub:EventHub": partOf("its namespace"),
  "eventhub:ConsumerGroup": partOf("its namespace"),
  "eventhub:NamespaceNetworkRuleSet": partOf("its namespace"),
  "eventgrid:Namespace": withMetrics(
    ...["FailedMqttConnections", "FailedMqttPublishedMessages", "FailedMqttSubscriptionOperations"],
    ...["MqttDisconnections", "SuccessfulMqttConnections"],
  ),
  "eventgrid:CaCertificate": partOf("its namespace"),
  "eventgrid:Client": partOf("its namespace"),
  "eventgrid:ClientGroup": partOf("its namespace"),
  "eventgrid:PermissionBinding": partOf("its namespace"),
  "eventgrid:TopicSpace": partOf("its namespace"),
  "eventgrid:Topic": withMetrics("DataPlaneRequests", "DeliveryFailures", "PublishFailures"),
  "eventgrid:EventSubscription": partOf("its topic"),
  "eventgrid:SystemTopic": withMetrics("DeliveryFailures"),
  "eventgrid:SystemTopicEventSubscription": partOf("its topic"),
  "iothub:IotHubResource": withMetrics(
    ...["C2DCommands", "C2DTwinOperations", "Configurations", "Connections", "D2CTwinOperations"],
    ...[
      "DeviceIdentityOperations",
      "DeviceStreams",
      "DeviceTelemetry",
      "DirectMethods",
      "DistributedTracing",
    ],
    ...["FileUploadOperations", "JobsOperations", "Routes", "TwinQueries"],
  ),
  "deviceprovisioningservices:IotDpsResource": withMetrics("DeviceOperations", "ServiceOperations"),
  "deviceprovisioningservices:DpsCertificate": partOf("its service"),
  "cosmosdb:DatabaseAccount": withMetrics(
    ...["CassandraRequests", "ControlPlaneRequests", "DataPlaneRequests", "GremlinRequests", "MongoRequests"],
    ...["PartitionKeyRUConsumption", "PartitionKeyStatistics", "QueryRuntimeStatistics", "TableApiRequests"],
  ),
  "cosmosdb:SqlResourceSqlContainer": partOf("its account"),
  "cosmosdb:SqlResourceSqlDatabase": partOf("its account"),
  "cosmosdb:SqlResourceSqlRoleAssignment": partOf("its account"),
  "web:WebApp": withMetrics(
    ...["AppServiceAntivirusScanAuditLogs", "AppServiceAppLogs", "AppServiceAuditLogs"],
    ...["AppServiceConsoleLogs", "AppServiceFileAuditLogs", "AppServiceHTTPLogs", "AppServiceIPSecAuditLogs"],
    ...["AppServicePlatformLogs", "FunctionAppLogs", "WorkflowRuntime"],
  ),
  "web:WebAppAuthSettingsV2": partOf("its app"),
  "web:WebAppFtpAllowed": partOf("its app"),
  "web:WebAppScmAllowed": partOf("its app"),
  "web:AppServicePlan": {
    none: "no log category, and metrics in the tiers Basic, Standard and Premium only (learn.microsoft.com, Quotas and metrics in Azure App Service)",
  },
  "synapse:Workspace": withMetrics(
    ...["BuiltinSqlReqsEnded", "GatewayApiRequests", "IntegrationActivityRuns", "IntegrationPipelineRuns"],
    ...["IntegrationTriggerRuns", "SQLSecurityAuditEvents", "SynapseLinkEvent", "SynapseRbacOperations"],
  ),
  "synapse:IpFirewallRule": partOf("its workspace"),
  "synapse:Key": partOf("its workspace"),
  "network:VirtualNetwork": logsOnly("VMProtectionAlerts"),
  "network:NetworkSecurityGroup": logsOnly(
    "NetworkSecurityGroupEvent",
    "NetworkSecurityGroupFlowEvent",
    "NetworkSecurityGroupRuleCounter",
  ),
  "network:Subnet": partOf("its network"),
  "network:PrivateEndpoint": {
    none: "no log category: two counters of bytes, which Azure Monitor keeps as they are; the service behind it logs who came through",
  },
  "network:PrivateDnsZoneGroup": partOf("its endpoint"),
  "privatedns:PrivateZone": { none: "no log category, and no metric that a setting can send on" },
  "privatedns:VirtualNetworkLink": partOf("its zone"),
  "authorization:RoleAssignment": activity,
  "authorization:RoleDefinition": activity,
  "managedidentity:UserAssignedIdentity": {
    none: "no log category: its sign-ins are in Entra's logs, which a tenant's administrator sends on",
  },
  "monitor:ActionGroup": activity,
  "monitor:DiagnosticSetting": activity,
  "monitor:MetricAlert": activity,
  "monitor:ScheduledQueryRule": activity,
  "portal:Dashboard": activity,
  "resources:ResourceGroup": activity,
};
