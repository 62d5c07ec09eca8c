import type { Cases, RuleCases } from "../support/cases.ts";
import { notKnownYet, resource, type Written } from "../support/stack.ts";
import { set, weakened } from "../support/weakened.ts";

const t = (name: string): string => `azure-native:${name}`;
const closed = (token: string, property = "publicNetworkAccess"): Cases =>
  weakened({ token: t(token), inputs: set({}, property, "Disabled"), weak: { [property]: ["Enabled"] } });
/** Whose rules may be a resource of their own. */
const namespace = (service: string): Cases => {
  const rules = (inputs: object, named: unknown = "hubs"): Written =>
    resource(t(`${service}:NamespaceNetworkRuleSet`), { namespaceName: named, ...inputs });
  const open = resource(
    t(`${service}:Namespace`),
    { publicNetworkAccess: "Enabled" },
    { name: "hubs", outputs: { name: "hubs" } },
  );
  const cases = closed(`${service}:Namespace`);
  return {
    ...cases,
    compliant: [...cases.compliant, [open, rules({ defaultAction: "Deny" })]],
    violating: [
      ...cases.violating,
      [open, rules({ defaultAction: "Allow" })],
      [open, rules({ defaultAction: "Deny" }, "others")],
    ],
    unknown: [
      ...[cases.unknown].flat().filter((one) => one !== "is right"),
      [open, rules({ defaultAction: notKnownYet })],
    ],
  };
};
const siteId = "/subscriptions/s/sites/app";
const site = (inputs: object): Written =>
  resource(t("web:WebApp"), inputs, { name: "app", outputs: { id: siteId } });
const endpoint = (privateLinkServiceId: unknown, list = "privateLinkServiceConnections"): Written =>
  resource(t("network:PrivateEndpoint"), { [list]: [{ privateLinkServiceId, groupIds: ["sites"] }] });
const hub = resource(
  t("iothub:IotHubResource"),
  { properties: { publicNetworkAccess: "Enabled" } },
  { name: "hub", outputs: { id: "/subscriptions/s/hubs/hub" } },
);
const closedSite = site({ publicNetworkAccess: "Disabled" });

const topic = closed("eventgrid:Topic");
const at = (publicNetworkAccess: string): Written =>
  resource(t("eventgrid:Topic"), { publicNetworkAccess }, { name: "topic", outputs: { id: "/topic" } });
const broker = (routeTopicResourceId: string): Written =>
  resource(t("eventgrid:Namespace"), { topicSpacesConfiguration: { routeTopicResourceId } });

export const azureNetworkCases: RuleCases = {
  "azure-storage-close-network": weakened({
    token: t("storage:StorageAccount"),
    inputs: { publicNetworkAccess: "Disabled" },
    weak: { publicNetworkAccess: ["Enabled"] },
    alsoRight: [
      { networkRuleSet: { defaultAction: "Deny" } },
      { publicNetworkAccess: "Enabled", networkRuleSet: { defaultAction: "Deny" } },
    ],
    alsoWrong: [{ networkRuleSet: { defaultAction: "Allow" } }],
  }),
  "azure-eventgrid-close-network": {
    ...topic,
    compliant: [...topic.compliant, [broker("/elsewhere"), at("Disabled")]],
    violating: [...topic.violating, [broker("/elsewhere"), at("Enabled")]],
  },
  "azure-cosmosdb-close-network": closed("cosmosdb:DatabaseAccount"),
  "azure-kusto-close-network": closed("kusto:Cluster"),
  "azure-registry-close-network": closed("containerregistry:Registry"),
  "azure-search-close-network": closed("search:Service"),
  "azure-ai-close-network": closed("cognitiveservices:Account", "properties.publicNetworkAccess"),
  "azure-ml-close-network": closed("machinelearningservices:Workspace"),
  "azure-appconfiguration-close-network": closed("appconfiguration:ConfigurationStore"),
  "azure-redis-close-network": closed("redis:Redis"),
  "azure-sql-close-network": closed("sql:Server"),
  "azure-eventhub-close-network": namespace("eventhub"),
  "azure-servicebus-close-network": namespace("servicebus"),
  "azure-datafactory-close-network": closed("datafactory:Factory"),
  "azure-synapse-close-network": closed("synapse:Workspace"),
  "azure-endpoint-close-network": {
    compliant: [
      [closedSite, endpoint(siteId)],
      [
        site({
          siteConfig: {
            ipSecurityRestrictionsDefaultAction: "Deny",
            scmIpSecurityRestrictionsUseMain: true,
          },
        }),
        endpoint(siteId),
      ],
    ],
    violating: [
      [site({ publicNetworkAccess: "Enabled" }), endpoint(siteId)],
      [site({ publicNetworkAccess: "Enabled" }), endpoint(siteId, "manualPrivateLinkServiceConnections")],
      [site({ siteConfig: { ipSecurityRestrictionsDefaultAction: "Deny" } }), endpoint(siteId)],
      [hub, endpoint("/subscriptions/s/hubs/hub")],
    ],
    absent: [[site({}), endpoint(siteId)]],
    unknown: [[site({ publicNetworkAccess: notKnownYet }), endpoint(siteId)]],
  },
};
