/** Roles are small, narrow and given to those they are for. */
import { holds, isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

/** Owner, Contributor, User Access Administrator, Role Based Access Control Administrator (learn.microsoft.com, "Azure built-in roles"). */
const mighty =
  /(8e3af657-a8ff-443c-a75c-2fe8c4bcb635|b24988ac-6180-42a0-ab88-20f7382dd24c|18d7d88d-d35e-4fb5-a5c3-7773c20a72d9|f58310d9-a9f6-439a-9e8d-f62e7b41a168)/i;
const wideScope =
  /^\/?(subscriptions\/[^/]+\/?)?$|^\/?providers\/Microsoft\.Management\/managementGroups\/[^/]+\/?$/i;

export const azureRolesPrivilegeRules: readonly Rule[] = [
  {
    id: "azure-roles-forbid-mighty",
    theme: "least-privilege",
    description: "No identity may do everything",
    severity: "high",
    types: ["azure-native:authorization:RoleAssignment"],
    controls: ["MCSB PA-7", "NIST SP 800-53 AC-6", "Azure.RBAC.LimitOwner"],
    why: "Whoever takes the identity over owns whatever the scope holds.",
    fix: "set roleDefinitionId to a role for the task, for example Storage Blob Data Contributor",
    check: holds(
      "roleDefinitionId",
      (id) => typeof id === "string" && id !== "" && !mighty.test(id),
      "a role for the task",
    ),
    example: { violation: "roleDefinitionId: owner", fixed: "roleDefinitionId: storageBlobDataContributor" },
  },
  {
    id: "azure-roles-forbid-wide-scope",
    theme: "least-privilege",
    description: "Rights are given on single resources, not on a subscription",
    severity: "high",
    types: [
      "azure-native:authorization:RoleAssignment",
      "azure-native:cosmosdb:SqlResourceSqlRoleAssignment",
    ],
    controls: ["MCSB PA-7", "NIST SP 800-53 AC-6"],
    why: "A mistake or a theft in one place reaches every other.",
    fix: "set scope to the id of the resource",
    check: holds(
      "scope",
      (scope) => typeof scope === "string" && scope !== "" && !wideScope.test(scope),
      "the id of a resource",
    ),
    example: { violation: 'scope: "/subscriptions/…"', fixed: "scope: account.id" },
  },
  {
    id: "azure-roles-keep-principal-type",
    theme: "least-privilege",
    description: "Rights of Fieldlake are given to identities of services",
    severity: "low",
    types: ["azure-native:authorization:RoleAssignment"],
    controls: ["MCSB PA-1"],
    why: "A person or a group would have them for good.",
    fix: 'set principalType to "ServicePrincipal"',
    concerns: (view, context) => context.isOurs(view.resource),
    check: isOneOf("principalType", ["ServicePrincipal"]),
    example: { violation: 'principalType: "User"', fixed: 'principalType: "ServicePrincipal"' },
  },
  {
    id: "azure-roles-forbid-wildcard-definition",
    theme: "least-privilege",
    description: "No role of the stack's own allows everything",
    severity: "high",
    types: ["azure-native:authorization:RoleDefinition"],
    controls: ["CKV_AZURE_39", "MCSB PA-7", "AZU-0030"],
    why: "Whoever has it owns whatever the scope holds.",
    fix: "name the actions in permissions[].actions and permissions[].dataActions",
    check: holds(
      ["permissions[].actions?", "permissions[].dataActions?"],
      (actions) => Array.isArray(actions) && !actions.some((one) => /^\*$|^\*\/|\/\*$/.test(String(one))),
      "named actions",
    ),
    example: { violation: 'actions: ["*"]', fixed: 'actions: ["Microsoft.Storage/storageAccounts/read"]' },
  },
];
