/** Event Grid topics that are not open to the whole internet. */
import type { Rule } from "../../../kit/rule.ts";
import { isClosed } from "./support/closable-services.ts";

const broker = "azure-native:eventgrid:Namespace";

/** What an MQTT broker routes to: Azure documents no way from the broker to a topic that is closed. */
const routedTo: NonNullable<Rule["unsupported"]> = (view, context) => {
  const path = "topicSpacesConfiguration.routeTopicResourceId";
  const { found } = context.graph.referring(view.resource, [broker], path);
  return found.length === 0
    ? null
    : {
        reason: "an MQTT broker of Event Grid routes to the topic, from Azure's own addresses",
        compensatingControl:
          "the topic has no keys; the broker's identity may send to it, over TLS 1.2 or later",
      };
};

export const azureEventgridNetworkProtectionRules: readonly Rule[] = [
  {
    id: "azure-eventgrid-close-network",
    theme: "data-protection",
    description: "An Event Grid topic answers known networks only",
    severity: "high",
    types: ["azure-native:eventgrid:Topic", "azure-native:eventgrid:Domain"],
    reads: [broker],
    controls: ["MCSB NS-2", "NIST SP 800-53 SC-7"],
    why: "Everybody may try tokens and flaws on a public address.",
    fix: 'set publicNetworkAccess to "Disabled" and add a private endpoint',
    unsupported: routedTo,
    check: isClosed,
    example: { violation: 'publicNetworkAccess: "Enabled"', fixed: 'publicNetworkAccess: "Disabled"' },
  },
];
