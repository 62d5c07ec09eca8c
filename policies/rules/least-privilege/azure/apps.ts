/** Apps are reached and reach others by identity, not by password. */
import { hasOwnIdentity } from "../../../kit/azure-key-rule.ts";
import { all, everywhere, holds, isOneOf, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isOurs } from "../../support/ours.ts";

const apps = ["azure-native:web:WebApp", "azure-native:web:WebAppSlot"];

export const azureAppsPrivilegeRules: readonly Rule[] = [
  {
    id: "azure-app-forbid-passwords",
    theme: "least-privilege",
    description: "Nobody publishes to an app by user name and password",
    severity: "high",
    types: [
      "azure-native:web:WebAppFtpAllowed",
      "azure-native:web:WebAppScmAllowed",
      "azure-native:web:WebAppFtpAllowedSlot",
      "azure-native:web:WebAppScmAllowedSlot",
    ],
    controls: ["871b205b", "aede300b", "MCSB IM-1"],
    why: "Publishing passwords are shared and never end.",
    fix: "set allow to false",
    check: holds("allow", (value) => value === false, "false"),
    example: { violation: "allow: true", fixed: "allow: false" },
  },
  {
    id: "azure-app-require-identity",
    theme: "least-privilege",
    description: "Apps of Fieldlake act as themselves, towards their code and secrets too",
    severity: "medium",
    types: apps,
    controls: ["CKV_AZURE_71", "MCSB IM-3"],
    why: "Without an identity an app needs keys and passwords.",
    fix: 'set identity, keyVaultReferenceIdentity and functionAppConfig.deployment.storage.authentication.type "UserAssignedIdentity"',
    concerns: isOurs,
    check: all(
      hasOwnIdentity("identity"),
      present("keyVaultReferenceIdentity"),
      isOneOf("functionAppConfig?.deployment.storage.authentication.type", [
        "UserAssignedIdentity",
        "SystemAssignedIdentity",
      ]),
      everywhere("functionAppConfig?.deployment.storage.authentication", (view, path) =>
        view.part(path).value("type") === "SystemAssignedIdentity"
          ? view.present(path)
          : view.part(path).present("userAssignedIdentityResourceId"),
      ),
    ),
    example: {
      violation: 'authentication: { type: "StorageAccountConnectionString" }',
      fixed: 'authentication: { type: "UserAssignedIdentity", userAssignedIdentityResourceId }',
    },
  },
];
