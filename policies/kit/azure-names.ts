/** Names that programs give to Azure's resources, which tell who is meant before a resource has its id. */
import type { Resource } from "./graph.ts";
import { isAbsent } from "./value.ts";

/**
 * Path of a resource's id below its group (Azure Resource Manager's templates reference, "resource format" of each type);
 * in braces the input that has each part. The last one is the resource's own name, which a program may leave out.
 */
export const azureIds: Readonly<Record<string, string>> = {
  "apimanagement:ApiManagementService": "Microsoft.ApiManagement/service/{serviceName}",
  "app:ContainerApp": "Microsoft.App/containerApps/{containerAppName}",
  "app:ManagedEnvironment": "Microsoft.App/managedEnvironments/{environmentName}",
  "appconfiguration:ConfigurationStore": "Microsoft.AppConfiguration/configurationStores/{configStoreName}",
  "applicationinsights:Component": "Microsoft.Insights/components/{resourceName}",
  "automation:AutomationAccount": "Microsoft.Automation/automationAccounts/{automationAccountName}",
  "batch:BatchAccount": "Microsoft.Batch/batchAccounts/{accountName}",
  "cognitiveservices:Account": "Microsoft.CognitiveServices/accounts/{accountName}",
  "containerregistry:Registry": "Microsoft.ContainerRegistry/registries/{registryName}",
  "cosmosdb:DatabaseAccount": "Microsoft.DocumentDB/databaseAccounts/{accountName}",
  "databricks:Workspace": "Microsoft.Databricks/workspaces/{workspaceName}",
  "datafactory:Factory": "Microsoft.DataFactory/factories/{factoryName}",
  "deviceprovisioningservices:IotDpsResource":
    "Microsoft.Devices/provisioningServices/{provisioningServiceName}",
  "digitaltwins:DigitalTwin": "Microsoft.DigitalTwins/digitalTwinsInstances/{resourceName}",
  "eventgrid:Domain": "Microsoft.EventGrid/domains/{domainName}",
  "eventgrid:Namespace": "Microsoft.EventGrid/namespaces/{namespaceName}",
  "eventgrid:PartnerNamespace": "Microsoft.EventGrid/partnerNamespaces/{partnerNamespaceName}",
  "eventgrid:SystemTopic": "Microsoft.EventGrid/systemTopics/{systemTopicName}",
  "eventgrid:Topic": "Microsoft.EventGrid/topics/{topicName}",
  "eventhub:EventHub": "Microsoft.EventHub/namespaces/{namespaceName}/eventhubs/{eventHubName}",
  "eventhub:Namespace": "Microsoft.EventHub/namespaces/{namespaceName}",
  "iothub:IotHubResource": "Microsoft.Devices/IotHubs/{resourceName}",
  "keyvault:Key": "Microsoft.KeyVault/vaults/{vaultName}/keys/{keyName}",
  "keyvault:ManagedHsm": "Microsoft.KeyVault/managedHSMs/{name}",
  "keyvault:Vault": "Microsoft.KeyVault/vaults/{vaultName}",
  "kusto:Cluster": "Microsoft.Kusto/clusters/{clusterName}",
  "machinelearningservices:Workspace": "Microsoft.MachineLearningServices/workspaces/{workspaceName}",
  "managedidentity:UserAssignedIdentity": "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
  "network:NetworkSecurityGroup": "Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}",
  "network:Subnet": "Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
  "network:VirtualNetwork": "Microsoft.Network/virtualNetworks/{virtualNetworkName}",
  "operationalinsights:Cluster": "Microsoft.OperationalInsights/clusters/{clusterName}",
  "operationalinsights:Workspace": "Microsoft.OperationalInsights/workspaces/{workspaceName}",
  "redis:Redis": "Microsoft.Cache/redis/{name}",
  "search:Service": "Microsoft.Search/searchServices/{searchServiceName}",
  "servicebus:Namespace": "Microsoft.ServiceBus/namespaces/{namespaceName}",
  "signalrservice:SignalR": "Microsoft.SignalRService/signalR/{resourceName}",
  "sql:Server": "Microsoft.Sql/servers/{serverName}",
  "storage:StorageAccount": "Microsoft.Storage/storageAccounts/{accountName}",
  "streamanalytics:StreamingJob": "Microsoft.StreamAnalytics/streamingjobs/{jobName}",
  "synapse:Workspace": "Microsoft.Synapse/workspaces/{workspaceName}",
  "web:AppServicePlan": "Microsoft.Web/serverfarms/{name}",
  "web:WebApp": "Microsoft.Web/sites/{name}",
};

/** The name, and the id without its subscription where all of it is written; nothing where the program leaves it to chance. */
export function azureNamesOf({ type, inputs, id }: Resource): readonly string[] {
  const path = type.startsWith("azure-native:") ? azureIds[type.slice("azure-native:".length)] : undefined;
  if (path === undefined) return [];
  const own = inputs[/\{(\w+)\}$/.exec(path)?.[1] ?? ""];
  if (typeof own !== "string" || own === "") return [];
  const group = inputs["resourceGroupName"];
  const written = path.replace(/\{(\w+)\}/g, (_, name: string) => String(textOf(inputs[name])));
  // A resource that is there is named by its own id, subscription and all.
  return id !== null || typeof group !== "string" || written.includes("//") || written.endsWith("/")
    ? [own]
    : [own, `/resourceGroups/${group}/providers/${written}`];
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** An id without its subscription; null for what is no id. */
export const withoutSubscription = (text: string): string | null =>
  /^\/subscriptions\/[^/]+(\/resourcegroups\/.+)$/i.exec(text)?.[1] ?? null;

/** The service that a type belongs to: `storage`. */
export const moduleOf = (type: string): string => type.split(":")[1] ?? "";

/** The name of the group that a resource is in, or what the name is computed from; null where nothing tells. */
export function groupOf(
  resource: Resource,
  byUrn: (urn: string) => Resource | undefined,
): string | readonly Resource[] | null {
  const written = resource.inputs["resourceGroupName"];
  if (typeof written === "string" && written !== "") return written.toLowerCase();
  const inId = /\/resourceGroups\/([^/]+)/i.exec(resource.id ?? "")?.[1];
  if (inId !== undefined) return inId.toLowerCase();
  if (isAbsent(written)) return null;
  const behind = (resource.propertyDependencies["resourceGroupName"] ?? []).flatMap(
    (urn) => byUrn(urn) ?? [],
  );
  const [group] = behind;
  const name = behind.length === 1 ? group?.inputs["resourceGroupName"] : undefined;
  if (group?.type.endsWith(":ResourceGroup") === true && typeof name === "string") return name.toLowerCase();
  return behind;
}
