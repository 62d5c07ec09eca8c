/** What Azure would compute, as far as components read it: ids, names and addresses in their real form. */
import { createHash } from "node:crypto";

export const subscription = "00000000-0000-4000-8000-000000000001";
export const tenant = "00000000-0000-4000-8000-000000000002";
export const location = "westeurope";

const hex = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, length);

export const uuid = (text: string): string =>
  hex(text, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** As Pulumi names what nobody named, where the name must be unique in Azure. */
export const autoName = (name: string): string => `${name}${hex(name, 8)}`;

type Inputs = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const groupId = (group: string): string => `/subscriptions/${subscription}/resourceGroups/${group}`;
const below = (inputs: Inputs, path: string): string =>
  `${groupId(text(inputs["resourceGroupName"]))}/providers/${path}`;

export interface Computed {
  readonly id: string;
  readonly state: Record<string, unknown>;
}

/** Only what is read by other resources; everything else is its inputs. */
export function azureComputed(type: string, logical: string, inputs: Inputs): Computed {
  const name = autoName(logical);
  const made = (path: string, state: Record<string, unknown> = {}): Computed => ({
    id: below(inputs, path),
    state: { name: path.slice(path.lastIndexOf("/") + 1), ...state },
  });
  switch (type) {
    case "azure-native:resources:ResourceGroup":
      return { id: groupId(name), state: { name } };
    case "azure-native:managedidentity:UserAssignedIdentity":
      return made(`Microsoft.ManagedIdentity/userAssignedIdentities/${name}`, {
        principalId: uuid(`principal ${logical}`),
        clientId: uuid(`client ${logical}`),
      });
    case "azure-native:keyvault:Vault":
      return made(`Microsoft.KeyVault/vaults/${name}`, {
        properties: { ...(inputs["properties"] as object), vaultUri: `https://${name}.vault.azure.net/` },
      });
    case "azure-native:keyvault:Key": {
      const [vault, key] = [text(inputs["vaultName"]), text(inputs["keyName"])];
      return made(`Microsoft.KeyVault/vaults/${vault}/keys/${key}`, {
        keyUri: `https://${vault}.vault.azure.net/keys/${key}`,
      });
    }
    case "azure-native:keyvault:Secret": {
      const [vault, secret] = [text(inputs["vaultName"]), text(inputs["secretName"])];
      const secretUri = `https://${vault}.vault.azure.net/secrets/${secret}`;
      return made(`Microsoft.KeyVault/vaults/${vault}/secrets/${secret}`, {
        properties: { secretUri, secretUriWithVersion: `${secretUri}/${hex(logical, 32)}` },
      });
    }
    case "azure-native:storage:StorageAccount":
      return made(`Microsoft.Storage/storageAccounts/${name}`, {
        primaryEndpoints: {
          blob: `https://${name}.blob.core.windows.net/`,
          dfs: `https://${name}.dfs.core.windows.net/`,
        },
      });
    case "azure-native:storage:ObjectReplicationPolicy":
      return made(`Microsoft.Storage/storageAccounts/x/objectReplicationPolicies/${uuid(logical)}`, {
        policyId: uuid(logical),
        rules: [{ ruleId: uuid(`rule ${logical}`) }],
      });
    case "azure-native:synapse:Workspace":
      return made(`Microsoft.Synapse/workspaces/${name}`, {
        identity: { type: "SystemAssigned", principalId: uuid(`principal ${logical}`) },
        connectivityEndpoints: { sqlOnDemand: `${name}-ondemand.sql.azuresynapse.net` },
      });
    case "azure-native:eventgrid:Namespace":
      return made(`Microsoft.EventGrid/namespaces/${name}`, {
        topicSpacesConfiguration: {
          ...(inputs["topicSpacesConfiguration"] as object),
          hostname: `${name}.${location}-1.ts.eventgrid.azure.net`,
        },
      });
    case "azure-native:iothub:IotHubResource":
      return made(`Microsoft.Devices/IotHubs/${name}`, {
        properties: { ...(inputs["properties"] as object), hostName: `${name}.azure-devices.net` },
      });
    case "azure-native:deviceprovisioningservices:IotDpsResource":
      return made(`Microsoft.Devices/provisioningServices/${name}`, {
        properties: {
          serviceOperationsHostName: `${name}.azure-devices-provisioning.net`,
          deviceProvisioningHostName: "global.azure-devices-provisioning.net",
          idScope: `0ne${hex(logical, 8).toUpperCase()}`,
        },
      });
    case "azure-native:deviceprovisioningservices:DpsCertificate":
      return made(`Microsoft.Devices/provisioningServices/x/certificates/${text(inputs["certificateName"])}`);
    case "azure-native:eventgrid:Topic":
      return made(`Microsoft.EventGrid/topics/${name}`);
    case "azure-native:eventgrid:ClientGroup":
      return made(`Microsoft.EventGrid/namespaces/x/clientGroups/${text(inputs["clientGroupName"])}`);
    case "azure-native:eventgrid:TopicSpace":
      return made(`Microsoft.EventGrid/namespaces/x/topicSpaces/${text(inputs["topicSpaceName"])}`);
    case "azure-native:eventhub:Namespace":
      return made(`Microsoft.EventHub/namespaces/${name}`);
    case "azure-native:eventhub:EventHub":
      return made(
        `Microsoft.EventHub/namespaces/${text(inputs["namespaceName"])}/eventhubs/${text(inputs["eventHubName"])}`,
      );
    case "azure-native:eventhub:ConsumerGroup":
      return made(
        `Microsoft.EventHub/namespaces/x/eventhubs/y/consumergroups/${text(inputs["consumerGroupName"])}`,
      );
    case "azure-native:web:WebApp":
      return made(`Microsoft.Web/sites/${name}`, { defaultHostName: `${name}.azurewebsites.net` });
    case "azure-native:applicationinsights:Component":
      return made(`Microsoft.Insights/components/${name}`, {
        connectionString: `InstrumentationKey=${uuid(logical)}`,
      });
    case "azure-native:cosmosdb:DatabaseAccount":
      return made(`Microsoft.DocumentDB/databaseAccounts/${name}`, {
        documentEndpoint: `https://${name}.documents.azure.com:443/`,
      });
    case "azure-native:cosmosdb:SqlResourceSqlDatabase":
      return made(`Microsoft.DocumentDB/databaseAccounts/x/sqlDatabases/${text(inputs["databaseName"])}`);
    case "azure-native:privatedns:PrivateZone":
      return made(`Microsoft.Network/privateDnsZones/${text(inputs["privateZoneName"])}`);
    case "azure-native:authorization:RoleDefinition":
      return {
        id: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${uuid(logical)}`,
        state: {},
      };
    default: {
      const [, module = "", kind = ""] = type.split(":");
      return made(`Microsoft.${module}/${kind}/${name}`);
    }
  }
}

export function azureCall(token: string): Record<string, unknown> | null {
  return token === "azure-native:authorization:getClientConfig"
    ? { subscriptionId: subscription, tenantId: tenant, clientId: uuid("client"), objectId: uuid("object") }
    : null;
}
