/**
 * Outputs that Azure makes from a resource's name, as templates by their path. `{own}` is the resource's name;
 * `{location}` and the host endings of {@link CloudHosts} are known as well. Source: the example responses of each
 * service's REST reference (learn.microsoft.com/rest/api).
 */

/** Templates by path, by `module/Class`. */
export const addressTemplates: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "applicationinsights/Component": {
    appId: "{uuid}",
    instrumentationKey: "{uuid}",
    applicationId: "{own}",
  },
  "containerregistry/Registry": { loginServer: "{own}.azurecr.io" },
  "cosmosdb/DatabaseAccount": { documentEndpoint: "https://{own}.{cosmos}:443/" },
  "deviceprovisioningservices/IotDpsResource": {
    "properties.serviceOperationsHostName": "{own}.azure-devices-provisioning.net",
    "properties.deviceProvisioningHostName": "global.azure-devices-provisioning.net",
    "properties.idScope": "0ne{HEX8}",
    "properties.state": "Active",
  },
  "eventgrid/Namespace": {
    "topicSpacesConfiguration.hostname": "{own}.{location}-1.ts.eventgrid.azure.net",
    "topicsConfiguration.hostname": "{own}.{location}-1.eventgrid.azure.net",
  },
  "eventhub/Namespace": { serviceBusEndpoint: "https://{own}.{serviceBus}:443/" },
  "iothub/IotHubResource": { "properties.hostName": "{own}.{devices}", "properties.state": "Active" },
  "keyvault/Key": {
    keyUri: "https://{vaultName}.{vault}/keys/{own}",
    keyUriWithVersion: "https://{vaultName}.{vault}/keys/{own}/{hex32}",
  },
  "keyvault/Secret": {
    "properties.secretUri": "https://{vaultName}.{vault}/secrets/{own}",
    "properties.secretUriWithVersion": "https://{vaultName}.{vault}/secrets/{own}/{hex32}",
  },
  "keyvault/Vault": { "properties.vaultUri": "https://{own}.{vault}/" },
  "servicebus/Namespace": { serviceBusEndpoint: "https://{own}.{serviceBus}:443/" },
  "storage/StorageAccount": {
    "primaryEndpoints.blob": "https://{own}.blob.{storage}/",
    "primaryEndpoints.dfs": "https://{own}.dfs.{storage}/",
    "primaryEndpoints.file": "https://{own}.file.{storage}/",
    "primaryEndpoints.queue": "https://{own}.queue.{storage}/",
    "primaryEndpoints.table": "https://{own}.table.{storage}/",
    "primaryEndpoints.web": "https://{own}.z1.web.{storage}/",
    primaryLocation: "{location}",
    statusOfPrimary: "available",
  },
  "synapse/Workspace": {
    "connectivityEndpoints.dev": "https://{own}.dev.{sql}",
    "connectivityEndpoints.sql": "{own}.sql.{sql}",
    "connectivityEndpoints.sqlOnDemand": "{own}-ondemand.sql.{sql}",
  },
  "web/WebApp": { defaultHostName: "{own}.{web}" },
};
