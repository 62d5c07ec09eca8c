/** Encryption scopes have the customer's key, and no client chooses another. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import { isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent } from "../../../kit/value.ts";

export const azureStorageScopesKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-storage-require-customer-key-on-scopes",
    what: "An encryption scope",
    types: ["azure-native:storage:EncryptionScope"],
    source: "source",
    key: "keyVaultProperties.keyUri",
    identity: false,
    beside: isTrue("requireInfrastructureEncryption"),
    controls: ["b5ec538c", "bfecdea6"],
  }),
  {
    id: "azure-storage-forbid-scope-override",
    theme: "cmk-at-rest",
    description: "Nobody writes to a container under another scope than its own",
    severity: "medium",
    types: ["azure-native:storage:BlobContainer"],
    controls: ["MCSB DP-5", "NIST SP 800-53 SC-28(1)"],
    why: "A client could store blobs under the platform's key.",
    fix: "set denyEncryptionScopeOverride to true where defaultEncryptionScope is set",
    concerns: (container) => !isAbsent(container.value("defaultEncryptionScope")),
    check: isTrue("denyEncryptionScopeOverride"),
    example: {
      violation: "defaultEncryptionScope: scope.name",
      fixed: "defaultEncryptionScope: scope.name, denyEncryptionScopeOverride: true",
    },
  },
];
