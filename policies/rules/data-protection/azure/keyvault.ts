/** Vaults can be had back after deletion. */
import { all, holds, isTrue, notFalse } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent } from "../../../kit/value.ts";

const vaults = ["azure-native:keyvault:Vault", "azure-native:keyvault:ManagedHsm"];
/** Days. */
const shortestRetention = 30;

export const azureKeyvaultProtectionRules: readonly Rule[] = [
  {
    id: "azure-keyvault-require-purge-protection",
    theme: "data-protection",
    description: "A deleted key can't be purged before its time",
    severity: "high",
    types: vaults,
    controls: [
      "CKV_AZURE_110",
      "CKV_AZURE_42",
      "MCSB DP-8",
      "0b60c0b2",
      "AZU-0016",
      "Azure.KeyVault.PurgeProtect",
    ],
    why: "Losing the key loses all data under it, and every service with a customer's key demands it.",
    fix: "set properties.enablePurgeProtection to true",
    check: isTrue("properties.enablePurgeProtection"),
    example: { violation: "enablePurgeProtection: false", fixed: "enablePurgeProtection: true" },
  },
  {
    id: "azure-keyvault-require-soft-delete",
    theme: "data-protection",
    description: `A deleted key can be had back for ${shortestRetention} days`,
    severity: "high",
    types: vaults,
    controls: ["CKV_AZURE_111", "MCSB DP-8", "1e66c121", "Azure.KeyVault.SoftDelete"],
    why: "Losing the key loses all data under it.",
    fix: `leave properties.enableSoftDelete true and set properties.softDeleteRetentionInDays to ${shortestRetention} or more`,
    check: all(
      notFalse("properties.enableSoftDelete"),
      holds(
        "properties.softDeleteRetentionInDays",
        (days) => isAbsent(days) || Number(days) >= shortestRetention,
        `${shortestRetention} or more, absent`,
      ),
    ),
    example: { violation: "softDeleteRetentionInDays: 7", fixed: "softDeleteRetentionInDays: 90" },
  },
];
