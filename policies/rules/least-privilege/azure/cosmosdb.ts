/** Cosmos DB of Fieldlake stays as tight as it is made. */
import { all, isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isOurs } from "../../support/ours.ts";

export const azureCosmosdbPrivilegeRules: readonly Rule[] = [
  {
    id: "azure-cosmosdb-keep-tight",
    theme: "least-privilege",
    description: "Other services don't get round the network rules of Fieldlake's state store",
    severity: "low",
    types: ["azure-native:cosmosdb:DatabaseAccount"],
    controls: ["MCSB NS-2"],
    why: "Every customer's resource of a trusted service would be let in.",
    fix: 'set networkAclBypass to "None" and backupPolicy.continuousModeProperties.tier',
    concerns: isOurs,
    check: all(
      isOneOf("networkAclBypass", ["None"]),
      isOneOf("backupPolicy.continuousModeProperties.tier", ["Continuous7Days", "Continuous30Days"]),
    ),
    example: { violation: 'networkAclBypass: "AzureServices"', fixed: 'networkAclBypass: "None"' },
  },
];
