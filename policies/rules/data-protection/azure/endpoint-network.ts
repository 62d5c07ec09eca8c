/** What has an endpoint in a network is not left open beside it. */
import { all, either, isOneOf, isTrue, type Requirement } from "../../../kit/requirements.ts";
import type { Context } from "../../../kit/context.ts";
import type { Rule } from "../../../kit/rule.ts";
import type { View } from "../../../kit/view.ts";
import { isClosed } from "./support/closable-services.ts";

const endpoint = "azure-native:network:PrivateEndpoint";
const connections = ["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"].map(
  (list) => `${list}[0].privateLinkServiceId`,
);
const site: Requirement = either(
  isOneOf("publicNetworkAccess", ["Disabled"]),
  // Rules hold for the deployment site only where they are said to.
  all(
    isOneOf("siteConfig.ipSecurityRestrictionsDefaultAction", ["Deny"]),
    either(
      isOneOf("siteConfig.scmIpSecurityRestrictionsDefaultAction", ["Deny"]),
      isTrue("siteConfig.scmIpSecurityRestrictionsUseMain"),
    ),
  ),
);
/** Services that are open by nature: the endpoint tells that this one is meant to be reached from inside. */
const closed: Readonly<Record<string, Requirement>> = {
  "azure-native:web:WebApp": site,
  "azure-native:web:WebAppSlot": site,
  "azure-native:iothub:IotHubResource": isClosed,
  "azure-native:deviceprovisioningservices:IotDpsResource": isClosed,
  "azure-native:eventgrid:Namespace": isClosed,
  "azure-native:eventgrid:PartnerNamespace": isClosed,
  "azure-native:digitaltwins:DigitalTwin": isClosed,
  "azure-native:databricks:Workspace": isClosed,
  "azure-native:apimanagement:ApiManagementService": isClosed,
  "azure-native:batch:BatchAccount": isClosed,
  "azure-native:app:ManagedEnvironment": isClosed,
  "azure-native:signalrservice:SignalR": isClosed,
};
const endpointsOf = (view: View, { graph }: Context) =>
  connections.flatMap((path) => graph.referring(view.resource, [endpoint], path).found);

export const azureEndpointNetworkRules: readonly Rule[] = [
  {
    id: "azure-endpoint-close-network",
    theme: "data-protection",
    description: "A service that has a private endpoint is not reached from the internet beside it",
    severity: "high",
    types: Object.keys(closed),
    reads: [endpoint],
    controls: ["CKV_AZURE_221", "CKV_AZURE_222", "MCSB NS-2", "NIST SP 800-53 SC-7"],
    why: "One open door makes the private one a pretence.",
    fix: 'set publicNetworkAccess to "Disabled" (of a hub or provisioning service: properties.publicNetworkAccess)',
    concerns: (view, context) => endpointsOf(view, context).length > 0,
    check: (view, context) => closed[view.resource.type]?.(view, context) ?? [],
    example: { violation: 'publicNetworkAccess: "Enabled"', fixed: 'publicNetworkAccess: "Disabled"' },
  },
];
