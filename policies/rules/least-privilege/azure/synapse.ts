/** Synapse knows everybody by an identity of the directory. */
import { absent, all, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureSynapsePrivilegeRules: readonly Rule[] = [
  {
    id: "azure-synapse-forbid-passwords",
    theme: "least-privilege",
    description: "Nobody signs in to a Synapse workspace by a password of its own",
    severity: "high",
    types: ["azure-native:synapse:Workspace"],
    controls: ["c3624673", "CKV_AZURE_239", "MCSB IM-1"],
    why: "A password names nobody, and lives until somebody changes it.",
    fix: "set azureADOnlyAuthentication to true and leave out sqlAdministratorLogin and sqlAdministratorLoginPassword",
    check: all(
      isTrue("azureADOnlyAuthentication"),
      absent(["sqlAdministratorLogin", "sqlAdministratorLoginPassword"]),
    ),
    example: { violation: 'sqlAdministratorLogin: "sa"', fixed: "azureADOnlyAuthentication: true" },
  },
];
