/** Whether a private endpoint stands in for the public address. */
import {
  type Requirement,
  all,
  hasCompanion,
  isOneOf,
  isTrue,
  present,
} from "../../../../kit/requirements.ts";

const account = "azure-native:storage:StorageAccount";
const ruleSet = "azure-native:eventhub:NamespaceNetworkRuleSet";
const off = (path: string): Requirement => isOneOf(path, ["Disabled"]);
/** What closes each kind of resource to the internet. */
export const closedBy: Readonly<Record<string, Requirement>> = {
  [account]: all(off("publicNetworkAccess"), isOneOf("networkRuleSet.defaultAction", ["Deny"])),
  "azure-native:cosmosdb:DatabaseAccount": off("publicNetworkAccess"),
  "azure-native:keyvault:Vault": all(
    off("properties.publicNetworkAccess"),
    isOneOf("properties.networkAcls.defaultAction", ["Deny"]),
  ),
  "azure-native:eventhub:Namespace": all(
    off("publicNetworkAccess"),
    hasCompanion([ruleSet], "namespaceName", "a NamespaceNetworkRuleSet"),
  ),
  [ruleSet]: all(
    off("publicNetworkAccess"),
    isOneOf("defaultAction", ["Deny"]),
    isTrue("trustedServiceAccessEnabled"),
  ),
  "azure-native:web:WebApp": all(off("publicNetworkAccess"), present("virtualNetworkSubnetId")),
  // Telemetry comes in from everywhere, by identity; it is read from inside only.
  "azure-native:operationalinsights:Workspace": off("publicNetworkAccessForQuery"),
  "azure-native:applicationinsights:Component": off("publicNetworkAccessForQuery"),
  "azure-native:network:Subnet": present("networkSecurityGroup"),
};
