/** Event Grid takes no shared keys. */
import { isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureEventgridKeysIdentityRules: readonly Rule[] = [
  {
    id: "azure-eventgrid-forbid-shared-keys",
    theme: "device-identity",
    description: "Nobody publishes events by a shared key",
    severity: "high",
    types: [
      "azure-native:eventgrid:Topic",
      "azure-native:eventgrid:Domain",
      "azure-native:eventgrid:PartnerNamespace",
    ],
    controls: ["MCSB IM-1", "NIST SP 800-53 IA-2", "Azure.EventGrid.DisableLocalAuth"],
    why: "A shared key names nobody, and lives until somebody changes it.",
    fix: "set disableLocalAuth to true",
    check: isTrue("disableLocalAuth"),
    example: { violation: "disableLocalAuth: false", fixed: "disableLocalAuth: true" },
  },
];
