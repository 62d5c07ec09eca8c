/** Azure's own services are not let into Fieldlake's vault. */
import { notTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isOurs } from "../../support/ours.ts";

export const azureKeyvaultPlatformPrivilegeRules: readonly Rule[] = [
  {
    id: "azure-keyvault-forbid-platform-access",
    theme: "least-privilege",
    description:
      "No machine, disk service or template takes keys out of a vault of Fieldlake, and every key says before it ends",
    severity: "medium",
    types: ["azure-native:keyvault:Vault"],
    controls: ["MCSB DP-8", "NIST SP 800-53 AC-6"],
    why: "Each of these lets in whoever may deploy.",
    fix: "leave properties.enabledForDeployment, enabledForDiskEncryption and enabledForTemplateDeployment false",
    concerns: isOurs,
    check: notTrue([
      "properties.enabledForDeployment",
      "properties.enabledForDiskEncryption",
      "properties.enabledForTemplateDeployment",
    ]),
    example: {
      violation: "enabledForTemplateDeployment: true",
      fixed: "enabledForTemplateDeployment: false",
    },
  },
];
