/** Services that say in words of their own that the internet does not reach them. */
import { holds, isOneOf, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

const network = ["MCSB NS-2", "NIST SP 800-53 SC-7"];
const why = "Everybody may try keys, tokens and flaws on a public address.";

export const azurePlatformAccessRules: readonly Rule[] = [
  {
    id: "azure-automation-close-network",
    theme: "data-protection",
    description: "An automation account answers known networks only",
    severity: "medium",
    types: ["azure-native:automation:AutomationAccount"],
    controls: ["955a914f", ...network],
    why,
    fix: "set publicNetworkAccess to false and add a private endpoint",
    check: holds("publicNetworkAccess", (access) => access === false, "false"),
    example: { violation: "publicNetworkAccess: true", fixed: "publicNetworkAccess: false" },
  },
  {
    id: "azure-ml-close-endpoints",
    theme: "data-protection",
    description: "Models are asked from known networks only",
    severity: "medium",
    types: ["azure-native:machinelearningservices:OnlineEndpoint"],
    controls: network,
    why,
    fix: 'set properties.publicNetworkAccess to "Disabled"',
    check: isOneOf("properties.publicNetworkAccess", ["Disabled"]),
    example: { violation: "no publicNetworkAccess", fixed: 'publicNetworkAccess: "Disabled"' },
  },
  {
    id: "azure-databricks-forbid-public-nodes",
    theme: "data-protection",
    description: "The machines of a Databricks workspace have no public addresses",
    severity: "high",
    types: ["azure-native:databricks:Workspace"],
    controls: ["51c1490f", ...network],
    why,
    fix: "set parameters.enableNoPublicIp.value to true",
    check: isTrue("parameters.enableNoPublicIp.value"),
    example: { violation: "no enableNoPublicIp", fixed: "parameters: { enableNoPublicIp: { value: true } }" },
  },
];
