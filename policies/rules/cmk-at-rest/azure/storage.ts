/** Storage accounts, with their queues and tables, are encrypted under the customer's key, and twice. */
import { azureKeyRule } from "../../../kit/azure-key-rule.ts";
import { all, isAbsentOr, isOneOf, notFalse, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { infrastructure } from "./support/infrastructure.ts";

const account = "azure-native:storage:StorageAccount";

export const azureStorageKeyRules: readonly Rule[] = [
  azureKeyRule({
    id: "azure-storage-require-customer-key",
    what: "A storage account",
    types: [account],
    source: "encryption.keySource",
    name: "encryption.keyVaultProperties.keyName",
    key: "encryption.keyVaultProperties.keyVaultUri",
    version: "encryption.keyVaultProperties.keyVersion",
    beside: present("encryption.encryptionIdentity.encryptionUserAssignedIdentity"),
    controls: [
      "CKV2_AZURE_1",
      "6fac406b",
      "AZU-0060",
      "storage_ensure_encryption_with_customer_managed_keys",
    ],
    example: {
      violation: 'keySource: "Microsoft.Storage"',
      fixed: 'keySource: "Microsoft.Keyvault", keyVaultProperties: { keyName, keyVaultUri }',
    },
  }),
  {
    id: "azure-storage-require-customer-key-on-queues",
    theme: "cmk-at-rest",
    description: "The account's own key covers every service of it, queues and tables too",
    severity: "medium",
    types: [account],
    controls: ["f0e5abd0", "7c322315", "MCSB DP-5"],
    why: "By default queues and tables stay under the platform's key although the account has one of the customer.",
    fix: 'set encryption.services.queue.keyType and .table.keyType to "Account" when the account is made, and no service\'s keyType to "Service" or enabled to false',
    check: all(
      isOneOf(["encryption.services.queue.keyType", "encryption.services.table.keyType"], ["Account"]),
      isAbsentOr(["encryption.services.blob?.keyType", "encryption.services.file?.keyType"], ["Account"]),
      notFalse(
        ["blob", "file", "queue", "table"].map((service) => `encryption.services.${service}?.enabled`),
      ),
    ),
    example: {
      violation: 'queue: { keyType: "Service" }',
      fixed: 'queue: { keyType: "Account" }, table: { keyType: "Account" }',
    },
  },
  infrastructure("storage", "A storage account", account, ["4733ea7b", "AZU-0061"]),
];
