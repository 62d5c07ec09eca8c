/** Services that know shared keys, and how each turns them off. */

const account = "azure-native:storage:StorageAccount";
/** Services whose keys can be switched off in favour of identities. */
export const keyed: readonly {
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
    service: "signalr",
    types: ["azure-native:signalrservice:SignalR"],
    property: "disableLocalAuth",
    off: true,
    controls: ["f70eecba"],
  },
  {
    service: "automation",
    types: ["azure-native:automation:AutomationAccount"],
    property: "disableLocalAuth",
    off: true,
    controls: ["48c5f1cb"],
  },
  {
    service: "insights",
    types: ["azure-native:applicationinsights:Component"],
    property: "disableLocalAuth",
    off: true,
    controls: ["Azure.AppInsights.DisableLocalAuth"],
  },
];
