/** Vaults and what is in them: a strong reference to a weak key protects nothing. */
import { all, holds, isAtLeast, isOneOf, isTrue, notFalse, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent, isArray, isObject, type Value } from "../../../kit/value.ts";

const vault = ["azure-native:keyvault:Vault"];
const key = ["azure-native:keyvault:Key"];
/** Days; seconds are what `expires` is in, from 1970. */
const shortestRetention = 30;

const rotates = (one: Value): boolean =>
  isObject(one) && isObject(one["action"]) && /^(rotate)$/i.test(String(one["action"]["type"]));

export const azureVaultRules: readonly Rule[] = [
  {
    id: "azure-keyvault-require-purge-protection",
    theme: "data-protection",
    description: "A deleted key can't be purged before its time",
    severity: "high",
    types: [...vault, "azure-native:keyvault:ManagedHsm"],
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
    types: vault,
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
  {
    id: "azure-keyvault-close-network",
    theme: "data-protection",
    description: "A vault answers known networks only",
    severity: "high",
    types: vault,
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
  {
    id: "azure-keyvault-require-rotation",
    theme: "cmk-at-rest",
    description: "Every key is rotated by itself and ends one day",
    severity: "medium",
    types: key,
    controls: [
      "CKV_AZURE_40",
      "MCSB DP-6",
      "d8cf8476",
      "152b15f7",
      "Azure.KeyVault.AutoRotationPolicy",
      "keyvault_key_rotation_enabled",
    ],
    why: "What one key ever encrypted is what a thief of it can read.",
    fix: "set properties.rotationPolicy with a lifetimeAction of type rotate and attributes.expiryTime",
    check: all(
      holds(
        "properties.rotationPolicy.lifetimeActions",
        (list) => isArray(list) && list.some(rotates),
        "one of type rotate",
      ),
      present("properties.rotationPolicy.attributes.expiryTime"),
    ),
    example: {
      violation: "no rotationPolicy",
      fixed:
        'rotationPolicy: { attributes: { expiryTime: "P1Y" }, lifetimeActions: [{ action: { type: "rotate" }, trigger: { timeAfterCreate: "P90D" } }] }',
    },
  },
  {
    id: "azure-keyvault-require-key-strength",
    theme: "cmk-at-rest",
    description: "Keys are RSA of 2048 bits or more, or on a NIST curve, and not exportable",
    severity: "high",
    types: key,
    controls: ["CKV_AZURE_112", "MCSB DP-6", "NIST SP 800-57 Part 1"],
    why: "Shorter keys can be computed; exported ones are copied.",
    fix: 'set properties.kty to "RSA-HSM", "RSA", "EC-HSM" or "EC", properties.keySize to 2048 or more, and leave attributes.exportable false',
    check: all(
      isOneOf("properties.kty", ["RSA", "RSA-HSM", "EC", "EC-HSM"]),
      holds("properties.keySize", (size) => isAbsent(size) || Number(size) >= 2048, "2048 or more, absent"),
      holds(
        "properties.curveName",
        (curve) => isAbsent(curve) || /^P-(256|384|521)$/.test(String(curve)),
        "P-256, P-384, P-521, absent",
      ),
      holds("properties.attributes.exportable", (one) => one !== true, "false, absent"),
      holds("properties.attributes.enabled", (one) => one !== false, "true, absent"),
    ),
    example: { violation: "keySize: 1024", fixed: 'kty: "RSA-HSM", keySize: 3072' },
  },
  {
    id: "azure-keyvault-require-secret-end",
    theme: "cmk-at-rest",
    description: "Every secret ends one day",
    severity: "low",
    types: ["azure-native:keyvault:Secret"],
    controls: ["CKV_AZURE_41", "MCSB DP-6", "98728c90", "AZU-0017"],
    why: "A secret that leaked unseen serves the thief until it ends.",
    fix: "set properties.attributes.expires, in seconds from 1970",
    check: isAtLeast("properties.attributes.expires", 1),
    example: { violation: "no attributes", fixed: "attributes: { expires: 1_798_761_600 }" },
  },
];
