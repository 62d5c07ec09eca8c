/** Vaults are opened by roles. */
import { isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

const vault = ["azure-native:keyvault:Vault"];

export const azureKeyvaultPrivilegeRules: readonly Rule[] = [
  {
    id: "azure-keyvault-require-role-access",
    theme: "least-privilege",
    description: "Rights to a vault's keys are given by roles",
    severity: "medium",
    types: vault,
    controls: ["MCSB PA-7", "NIST SP 800-53 AC-3", "Azure.KeyVault.RBAC"],
    why: "Access policies know no scope smaller than the vault, and whoever writes them gives himself any right.",
    fix: "set properties.enableRbacAuthorization to true",
    check: isTrue("properties.enableRbacAuthorization"),
    example: { violation: "accessPolicies: [{ … }]", fixed: "enableRbacAuthorization: true" },
  },
];
