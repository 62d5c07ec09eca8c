/** A private environment of Fieldlake stays private. */
import type { Rule } from "../../../kit/rule.ts";
import { networkTypes, privateNetworks } from "./support/private-environment.ts";
import { closedBy } from "./support/private-network.ts";
import { isOurs } from "../../support/ours.ts";

const ruleSet = "azure-native:eventhub:NamespaceNetworkRuleSet";

export const azureNetworkPrivateProtectionRules: readonly Rule[] = [
  {
    id: "azure-network-keep-private",
    theme: "data-protection",
    description: "In a private environment of Fieldlake nothing but the broker is reached from outside",
    severity: "high",
    types: Object.keys(closedBy),
    reads: [...networkTypes, ruleSet],
    controls: ["MCSB NS-2", "NIST SP 800-53 SC-7"],
    why: "One open door makes the private network a pretence.",
    fix: 'set fieldlake:azure.network to "private" and leave publicNetworkAccess "Disabled" and network rules "Deny"',
    // A group of rules is ours where one of our subnets has it.
    concerns: (view, context) =>
      privateNetworks(context).length > 0 &&
      (isOurs(view, context) || context.graph.dependents(view.resource).some((one) => context.isOurs(one))),
    check: (view, context) => closedBy[view.resource.type]?.(view, context) ?? [],
    example: { violation: 'publicNetworkAccess: "Enabled"', fixed: 'publicNetworkAccess: "Disabled"' },
  },
];
