/** What Synapse reads goes nowhere else. */
import { all, holds, isOneOf, isTrue, notTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isOurs } from "../../support/ours.ts";

const settings = "managedVirtualNetworkSettings";

export const azureSynapseProtectionRules: readonly Rule[] = [
  {
    id: "azure-synapse-prevent-exfiltration",
    theme: "data-protection",
    description: "A Synapse workspace sends data to approved targets only",
    severity: "high",
    types: ["azure-native:synapse:Workspace"],
    controls: ["3484ce98", "CKV_AZURE_58", "CKV_AZURE_157", "MCSB NS-2"],
    why: "Whoever may read could otherwise write what was read to an account of their own.",
    fix: `set managedVirtualNetwork to "default", ${settings}.preventDataExfiltration to true, and leave trustedServiceBypassEnabled false`,
    check: all(
      isOneOf("managedVirtualNetwork", ["default"]),
      isTrue(`${settings}.preventDataExfiltration`),
      notTrue("trustedServiceBypassEnabled"),
    ),
    example: { violation: 'managedVirtualNetwork: ""', fixed: "preventDataExfiltration: true" },
  },
  {
    id: "azure-synapse-keep-tight",
    theme: "data-protection",
    description: "Fieldlake's SQL workspace approves no other tenant",
    severity: "medium",
    types: ["azure-native:synapse:Workspace"],
    controls: ["3a003702", "MCSB NS-2"],
    why: "A tenant that is approved is a target that data may go to.",
    fix: `leave ${settings}.allowedAadTenantIdsForLinking empty, and linkedAccessCheckOnTargetResource true`,
    concerns: isOurs,
    check: all(
      isTrue(`${settings}.linkedAccessCheckOnTargetResource`),
      holds(
        `${settings}.allowedAadTenantIdsForLinking`,
        (tenants) => Array.isArray(tenants) && tenants.length === 0,
        "[]",
      ),
    ),
    example: {
      violation: 'allowedAadTenantIdsForLinking: ["…"]',
      fixed: "allowedAadTenantIdsForLinking: []",
    },
  },
];
