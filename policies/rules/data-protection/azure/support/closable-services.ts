/** Services whose public address can be closed, and how each says so. */
import type { Requirement } from "../../../../kit/requirements.ts";
import { isAbsent } from "../../../../kit/value.ts";
import { fail, undetermined } from "../../../../kit/verdict.ts";

const account = "azure-native:storage:StorageAccount";
/** Rules of a namespace that are a resource of their own. */
export const ruleSets = [
  "azure-native:eventhub:NamespaceNetworkRuleSet",
  "azure-native:servicebus:NamespaceNetworkRuleSet",
];
/** Closed, or open to named networks only. */
export const isClosed: Requirement = (view, context) => {
  const property = ["publicNetworkAccess", "properties.publicNetworkAccess"].find(
    (one) => !isAbsent(view.value(one)),
  );
  const rules = [
    "networkRuleSet.defaultAction",
    "properties.networkAcls.defaultAction",
    "networkAcls.defaultAction",
    "properties.networkRuleSets.defaultAction",
  ].find((one) => !isAbsent(view.value(one)));
  const closed =
    property === undefined ? null : view.oneOfAnyCase(property, ["Disabled", "SecuredByPerimeter"]);
  if (closed !== null && closed.outcome !== "fail" && rules === undefined) return [closed];
  if (closed?.outcome === "pass") return [closed];
  if (rules !== undefined) return [view.oneOf(rules, ["Deny"])];
  const { found, isOpen } = context.graph.referring(view.resource, ruleSets, "namespaceName");
  if (found.length > 0) return found.map((one) => context.view(one).oneOf("defaultAction", ["Deny"]));
  if (isOpen) return [undetermined("publicNetworkAccess", "waiting for network rules")];
  return [closed ?? fail("publicNetworkAccess", "absent", "Disabled, or network rules that deny by default")];
};
export const services: readonly {
  readonly service: string;
  readonly what: string;
  readonly type: string;
  readonly controls: readonly string[];
}[] = [
  {
    service: "storage",
    what: "A storage account",
    type: account,
    controls: ["CKV_AZURE_35", "CKV_AZURE_59", "AZU-0012", "Azure.Storage.Firewall"],
  },
  {
    service: "cosmosdb",
    what: "A Cosmos DB account",
    type: "azure-native:cosmosdb:DatabaseAccount",
    controls: ["CKV_AZURE_99", "CKV_AZURE_101"],
  },
  {
    service: "eventhub",
    what: "An Event Hubs namespace",
    type: "azure-native:eventhub:Namespace",
    controls: ["0602787f", "Azure.EventHub.Firewall"],
  },
  {
    service: "servicebus",
    what: "A Service Bus namespace",
    type: "azure-native:servicebus:Namespace",
    controls: ["cbd11fd3"],
  },
  {
    service: "datafactory",
    what: "A Data Factory",
    type: "azure-native:datafactory:Factory",
    controls: ["CKV_AZURE_104", "1cf164be"],
  },
  {
    service: "kusto",
    what: "A Data Explorer cluster",
    type: "azure-native:kusto:Cluster",
    controls: ["43bc7be6"],
  },
  {
    service: "registry",
    what: "A container registry",
    type: "azure-native:containerregistry:Registry",
    controls: ["CKV_AZURE_139"],
  },
  {
    service: "search",
    what: "A search service",
    type: "azure-native:search:Service",
    controls: ["CKV_AZURE_124"],
  },
  {
    service: "ai",
    what: "An AI services account",
    type: "azure-native:cognitiveservices:Account",
    controls: ["CKV_AZURE_134"],
  },
  {
    service: "ml",
    what: "A machine learning workspace",
    type: "azure-native:machinelearningservices:Workspace",
    controls: ["CKV_AZURE_144"],
  },
  {
    service: "appconfiguration",
    what: "A configuration store",
    type: "azure-native:appconfiguration:ConfigurationStore",
    controls: ["CKV_AZURE_185"],
  },
  { service: "redis", what: "A Redis cache", type: "azure-native:redis:Redis", controls: ["CKV_AZURE_89"] },
  {
    service: "synapse",
    what: "A Synapse workspace",
    type: "azure-native:synapse:Workspace",
    controls: ["38d8df46"],
  },
  {
    service: "sql",
    what: "A SQL server",
    type: "azure-native:sql:Server",
    controls: ["CKV_AZURE_113", "AZU-0022"],
  },
];
