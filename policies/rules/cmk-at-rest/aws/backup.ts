/** Backups lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsBackupKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-backup-require-customer-key",
    what: "A backup vault",
    types: ["aws:backup/vault:Vault"],
    property: "kmsKeyArn",
    controls: ["CKV_AWS_166"],
    platformDefault: "copies lie under the key that AWS manages for Backup",
  }),
];
