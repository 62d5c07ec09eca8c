/** Brokers, queues and hubs of devices. */
import { base, endpointTo, identity, resourceGroupName, vaultUri } from "./parts.ts";
import { ref, sound, type Sound } from "../stack.ts";

export const azureBrokers: Readonly<Record<string, readonly Sound[]>> = {
  "brokers and queues": [
    ...base(),
    sound("azure-native:eventhub:Namespace", "hubs", {
      resourceGroupName,
      sku: { name: "Premium", tier: "Premium", capacity: 1 },
      identity,
      minimumTlsVersion: "1.2",
      disableLocalAuth: true,
      publicNetworkAccess: "Disabled",
      encryption: {
        keySource: "Microsoft.KeyVault",
        requireInfrastructureEncryption: true,
        keyVaultProperties: [
          {
            keyName: "data",
            keyVaultUri: ref("keys", "properties.vaultUri"),
            identity: { userAssignedIdentity: ref("user", "id") },
          },
        ],
      },
    }),
    sound("azure-native:servicebus:Namespace", "bus", {
      resourceGroupName,
      sku: { name: "Premium", tier: "Premium", capacity: 1 },
      identity,
      minimumTlsVersion: "1.2",
      disableLocalAuth: true,
      publicNetworkAccess: "Disabled",
      encryption: {
        keySource: "Microsoft.KeyVault",
        requireInfrastructureEncryption: true,
        keyVaultProperties: [
          {
            keyName: "data",
            keyVaultUri: `${vaultUri}`,
            identity: { userAssignedIdentity: ref("user", "id") },
          },
        ],
      },
    }),
    sound("azure-native:eventgrid:Namespace", "mqtt", {
      resourceGroupName,
      identity: { type: "SystemAssigned" },
      minimumTlsVersionAllowed: "1.2",
      publicNetworkAccess: "Disabled",
      topicSpacesConfiguration: { state: "Enabled", maximumClientSessionsPerAuthenticationName: 1 },
    }),
    sound("azure-native:eventgrid:TopicSpace", "own", {
      resourceGroupName,
      namespaceName: ref("mqtt", "name"),
      topicTemplates: ["plant/${client.authenticationName}/#"],
    }),
    sound("azure-native:eventgrid:CaCertificate", "ca", {
      resourceGroupName,
      namespaceName: ref("mqtt", "name"),
      caCertificateName: "ca",
      encodedCertificate: "pem",
    }),
    sound("azure-native:eventgrid:Client", "device", {
      resourceGroupName,
      namespaceName: ref("mqtt", "name"),
      clientName: "device",
      state: "Enabled",
      clientCertificateAuthentication: { validationScheme: "SubjectMatchesAuthenticationName" },
    }),
    sound("azure-native:eventgrid:Topic", "topic", {
      resourceGroupName,
      identity: { type: "SystemAssigned" },
      minimumTlsVersionAllowed: "1.2",
      disableLocalAuth: true,
      publicNetworkAccess: "Disabled",
    }),
    sound("azure-native:iothub:IotHubResource", "hub", {
      resourceGroupName,
      sku: { name: "S1", capacity: 1 },
      identity: { type: "SystemAssigned" },
      properties: {
        minTlsVersion: "1.2",
        disableLocalAuth: true,
        disableDeviceSAS: true,
        disableModuleSAS: true,
        publicNetworkAccess: "Disabled",
        features: "None",
      },
    }),
    endpointTo("hub", "iotHub"),
    endpointTo("mqtt", "topicspace"),
  ],
};
