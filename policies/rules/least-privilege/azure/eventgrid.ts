/** Event Grid acts by an identity of its own. */
import { hasOwnIdentity } from "../../../kit/azure-key-rule.ts";
import { all, isOneOf, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isOurs } from "../../support/ours.ts";

export const azureEventgridPrivilegeRules: readonly Rule[] = [
  {
    id: "azure-eventgrid-require-identity",
    theme: "least-privilege",
    description: "Event Grid of Fieldlake delivers as itself, and dead letters too",
    severity: "medium",
    types: [
      "azure-native:eventgrid:Namespace",
      "azure-native:eventgrid:Topic",
      "azure-native:eventgrid:SystemTopic",
    ],
    controls: ["MCSB IM-3"],
    why: "Without an identity targets would have to let the service in by keys.",
    fix: "set identity to a user-assigned identity",
    concerns: isOurs,
    check: all(
      hasOwnIdentity("identity"),
      isOneOf("topicSpacesConfiguration?.routingIdentityInfo.type", ["UserAssigned"]),
      present("topicSpacesConfiguration?.routingIdentityInfo.userAssignedIdentity"),
    ),
    example: {
      violation: "no identity",
      fixed: 'identity: { type: "UserAssigned", userAssignedIdentities }',
    },
  },
];
