/** Whether a private endpoint stands in for the public address. */
import {
  type Requirement,
  all,
  hasCompanion,
  holds,
  isOneOf,
  isTrue,
  present,
} from "../../../../kit/requirements.ts";
import { isArray, isObject, type Value } from "../../../../kit/value.ts";

const account = "azure-native:storage:StorageAccount";
const ruleSet = "azure-native:eventhub:NamespaceNetworkRuleSet";
const off = (path: string): Requirement => isOneOf(path, ["Disabled"]);

/** Everything that comes in from outside is turned away, whatever rules are added before it. */
const hasDenial = (rules: Value): boolean =>
  isArray(rules) &&
  rules.some(
    (rule) =>
      isObject(rule) &&
      rule["access"] === "Deny" &&
      rule["direction"] === "Inbound" &&
      rule["protocol"] === "*" &&
      ["*", "Internet"].includes(String(rule["sourceAddressPrefix"])) &&
      ["sourcePortRange", "destinationAddressPrefix", "destinationPortRange"].every(
        (name) => rule[name] === "*",
      ),
  );

/** What closes each kind of resource to the internet. */
export const closedBy: Readonly<Record<string, Requirement>> = {
  [account]: all(off("publicNetworkAccess"), isOneOf("networkRuleSet.defaultAction", ["Deny"])),
  "azure-native:cosmosdb:DatabaseAccount": off("publicNetworkAccess"),
  "azure-native:synapse:Workspace": off("publicNetworkAccess"),
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
  "azure-native:network:Subnet": all(
    present("networkSecurityGroup.id"),
    isOneOf("privateEndpointNetworkPolicies", ["Enabled", "NetworkSecurityGroupEnabled"]),
    holds("defaultOutboundAccess", (value) => value === false, "false"),
  ),
  "azure-native:network:NetworkSecurityGroup": (view) => [
    view.test("securityRules", hasDenial, "a rule that denies everything that comes in from the Internet"),
  ],
};
