/** Storage speaks HTTPS only. */
import { isTrue, notFalse } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";

export const azureStorageTlsRules: readonly Rule[] = [
  tlsRule({
    id: "azure-storage-require-https",
    description: "A storage account answers HTTPS only",
    types: ["azure-native:storage:StorageAccount"],
    controls: ["CKV_AZURE_3", "404c3081", "AZU-0008", "Azure.Storage.SecureTransfer", "MCSB DP-3"],
    fix: "leave enableHttpsTrafficOnly true",
    check: (view, context) =>
      (context.isOurs(view.resource) ? isTrue : notFalse)("enableHttpsTrafficOnly")(view, context),
    remediate: (inputs) =>
      inputs["enableHttpsTrafficOnly"] === false ? { enableHttpsTrafficOnly: true } : null,
    example: { violation: "enableHttpsTrafficOnly: false", fixed: "enableHttpsTrafficOnly: true" },
  }),
];
