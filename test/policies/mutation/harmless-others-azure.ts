/** Changes of Azure resources that are not ours which make nothing weaker, each with its reason. */
import { isArray, isObject, type Properties, type Value } from "../../../policies/kit/value.ts";
import { left, type Reason } from "./reason.ts";

const at = (inputs: Properties, ...steps: readonly string[]): Value =>
  steps.reduce<Value>(
    (value, step) => (isObject(value) && !isArray(value) ? value[step] : undefined),
    inputs,
  );
const vault = ["properties", "networkAcls", "defaultAction"];

export const harmlessOnOthersAzure: readonly Reason[] = [
  {
    because: "closed by its rules, which let in nobody but who is named",
    types: /(storage:StorageAccount|keyvault:Vault)$/,
    path: /publicNetworkAccess$/,
    beside: (inputs) =>
      [at(inputs, ...vault), at(inputs, "networkRuleSet", "defaultAction")].includes("Deny"),
  },
  {
    because: "closed altogether, whatever its rules say",
    types: /(storage:StorageAccount|keyvault:Vault)$/,
    path: /(networkAcls|networkRuleSet)(\.defaultAction)?$/,
    beside: (inputs) =>
      [at(inputs, "properties", "publicNetworkAccess"), inputs["publicNetworkAccess"]].includes("Disabled"),
  },
  {
    because: "a private endpoint to nothing, or to elsewhere, is no way in",
    types: /network:PrivateEndpoint$/,
    path: /^(|subnet.*|privateLinkServiceConnections.*)$/,
  },
  {
    because: "without an identity it reaches nothing: no key, no target, no secret",
    types:
      /(eventgrid:(Namespace|Topic)|iothub:IotHubResource|search:Service|streamanalytics:StreamingJob|web:WebApp)$/,
    path: /^(identity|identity\.(type|userAssignedIdentities(\[\])?)|keyVaultReferenceIdentity)$/,
    how: /^(absent|""|"None"|\{\}|\[\])$/,
  },
  {
    because: "an identity that has no right to the key reaches nothing: Azure refuses the key",
    path: /([iI]dentity|userAssignedIdentities\[\]|identityClientId|keyVaultArmId|keyVault)$/,
    how: /\/subscriptions\/|^absent$|^""$|^\{\}$/,
  },
  {
    because: "the hub's own switch for all keys stands, or those of devices and modules do",
    types: /iothub:IotHubResource$/,
    path: /^properties\.disable(LocalAuth|DeviceSAS|ModuleSAS)$/,
    how: left,
  },
  { because: "no word that the hub knows", types: /iothub:IotHubResource$/, path: /^properties\.features$/ },
  {
    because: "Azure refuses an HSM's key in a vault that has none; the rest is a name",
    types: /keyvault:Vault$/,
    path: /^properties\.sku\.name$/,
    how: /standard/,
  },
  {
    because: "Cosmos DB keeps 30 days where nothing is said, more than the 7 of this account",
    types: /cosmosdb:DatabaseAccount$/,
    path: /^backupPolicy\.continuousModeProperties/,
    how: left,
  },
  {
    because:
      "names of a publisher; a cache's size, none of which knows a key; its plain port is off where nothing is said",
    types: /(apimanagement:ApiManagementService|redis:Redis)$/,
    path: /^(publisher(Email|Name)|sku\.(name|family)|enableNonSslPort)$/,
    how: /^(absent|null|""|"(Standard|Basic)")$/,
  },
  {
    because: "the tier's name decides, its group is a word",
    types: /(servicebus:Namespace|kusto:Cluster)$/,
    path: /^sku\.tier$/,
  },
  {
    because:
      "an account may hold no blobs, and none of ours is without; versions are no part of recovery by default",
    types: /storage:BlobServiceProperties$/,
    path: /^(|isVersioningEnabled)$/,
    how: /^(not there|absent|null)$/,
  },
  {
    because: "who gets in is said by the app's certificate check and network, not by the size of its door",
    types: /app:ContainerApp$/,
    path: /^configuration(\.ingress(\.(external|targetPort|transport))?)?$/,
  },
];
