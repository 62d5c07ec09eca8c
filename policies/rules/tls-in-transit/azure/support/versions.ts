/** Where each service says its least TLS version. */

/** Where services of one shape keep their lowest version. */
export const versions: readonly {
  service: string;
  what: string;
  types: readonly string[];
  property: string;
  controls: readonly string[];
  spelt: string;
}[] = [
  {
    service: "storage",
    what: "A storage account",
    types: ["azure-native:storage:StorageAccount"],
    property: "minimumTlsVersion",
    controls: ["CKV_AZURE_44", "fe83a0eb", "AZU-0011", "Azure.Storage.MinTLS"],
    spelt: "TLS1_2",
  },
  {
    service: "eventhub",
    what: "An Event Hubs namespace",
    types: ["azure-native:eventhub:Namespace"],
    property: "minimumTlsVersion",
    controls: ["CKV_AZURE_223", "Azure.EventHub.MinTLS"],
    spelt: "1.2",
  },
  {
    service: "servicebus",
    what: "A Service Bus namespace",
    types: ["azure-native:servicebus:Namespace"],
    property: "minimumTlsVersion",
    controls: ["CKV_AZURE_205", "Azure.ServiceBus.MinTLS"],
    spelt: "1.2",
  },
  {
    service: "redis",
    what: "A Redis cache",
    types: ["azure-native:redis:Redis"],
    property: "minimumTlsVersion",
    controls: ["CKV_AZURE_148", "Azure.Redis.MinTLS"],
    spelt: "1.2",
  },
  {
    service: "cosmosdb",
    what: "A Cosmos DB account",
    types: ["azure-native:cosmosdb:DatabaseAccount"],
    property: "minimalTlsVersion",
    controls: ["cosmosdb_account_minimum_tls_version", "Azure.Cosmos.MinTLS"],
    spelt: "Tls12",
  },
  {
    service: "iothub",
    what: "An IoT hub",
    types: ["azure-native:iothub:IotHubResource"],
    property: "properties.minTlsVersion",
    controls: ["Azure.IoTHub.MinTLS"],
    spelt: "1.2",
  },
  {
    service: "eventgrid-namespace",
    what: "An MQTT broker",
    types: ["azure-native:eventgrid:Namespace"],
    property: "minimumTlsVersionAllowed",
    controls: ["Azure.EventGrid.MinTLS"],
    spelt: "1.2",
  },
  {
    service: "eventgrid",
    what: "An event topic or domain",
    types: [
      "azure-native:eventgrid:Topic",
      "azure-native:eventgrid:Domain",
      "azure-native:eventgrid:PartnerNamespace",
    ],
    property: "minimumTlsVersionAllowed",
    controls: ["Azure.EventGrid.TopicTLS", "Azure.EventGrid.DomainTLS"],
    spelt: "1.2",
  },
  {
    service: "sql",
    what: "A SQL server",
    types: ["azure-native:sql:Server"],
    property: "minimalTlsVersion",
    controls: ["CKV_AZURE_52", "AZU-0026", "Azure.SQL.MinTLS"],
    spelt: "1.2",
  },
];
