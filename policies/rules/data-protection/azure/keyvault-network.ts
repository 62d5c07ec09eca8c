/** Vaults are closed to the internet. */
import type { Rule } from "../../../kit/rule.ts";

const vaults = ["azure-native:keyvault:Vault", "azure-native:keyvault:ManagedHsm"];

export const azureKeyvaultNetworkProtectionRules: readonly Rule[] = [
  {
    id: "azure-keyvault-close-network",
    theme: "data-protection",
    description: "A vault answers known networks only",
    severity: "high",
    types: vaults,
    controls: ["CKV_AZURE_109", "CKV_AZURE_189", "MCSB DP-8", "55615ac9", "AZU-0013"],
    why: "Keys are behind a login that everybody may try.",
    fix: 'set properties.publicNetworkAccess to "Disabled", or properties.networkAcls.defaultAction to "Deny"',
    check: (view) =>
      view.value("properties.publicNetworkAccess") === "Disabled" ||
      typeof view.value("properties.publicNetworkAccess") === "symbol"
        ? [view.oneOf("properties.publicNetworkAccess", ["Disabled"])]
        : [view.oneOf("properties.networkAcls.defaultAction", ["Deny"])],
    example: { violation: "no networkAcls", fixed: 'networkAcls: { defaultAction: "Deny" }' },
  },
];
