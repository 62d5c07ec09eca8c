/** Storage accounts have no public blobs and no side doors. */
import { holds, notTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent } from "../../../kit/value.ts";

const account = "azure-native:storage:StorageAccount";

export const azureStoragePublicProtectionRules: readonly Rule[] = [
  {
    id: "azure-storage-forbid-public-blobs",
    theme: "data-protection",
    description: "No blob is public, and none is copied to other tenants",
    severity: "critical",
    types: [account],
    controls: ["CKV_AZURE_190", "4fa4b6c0", "AZU-0007", "Azure.Storage.BlobPublicAccess", "MCSB DP-2"],
    why: "Everybody who finds the address reads it.",
    fix: "set allowBlobPublicAccess and allowCrossTenantReplication to false",
    check: holds(
      ["allowBlobPublicAccess", "allowCrossTenantReplication"],
      (value) => value === false,
      "false",
    ),
    remediate: (inputs) =>
      inputs["allowBlobPublicAccess"] === false ? null : { allowBlobPublicAccess: false },
    example: { violation: "allowBlobPublicAccess: true", fixed: "allowBlobPublicAccess: false" },
  },
  {
    id: "azure-storage-forbid-public-container",
    theme: "data-protection",
    description: "No container is public",
    severity: "critical",
    types: ["azure-native:storage:BlobContainer"],
    controls: ["CKV_AZURE_34", "AZU-0007", "MCSB DP-2"],
    why: "Everybody who finds the address reads it.",
    fix: 'leave publicAccess out, or set it to "None"',
    check: holds("publicAccess", (value) => isAbsent(value) || value === "None", "None, absent"),
    example: { violation: 'publicAccess: "Blob"', fixed: 'publicAccess: "None"' },
  },
  {
    id: "azure-storage-forbid-side-doors",
    theme: "data-protection",
    description: "A storage account is reached neither by SFTP nor by local users",
    severity: "medium",
    types: [account],
    controls: ["Azure.Storage.LocalAuth", "MCSB IM-1"],
    why: "Local users have passwords and keys that no directory knows.",
    fix: "leave isSftpEnabled and isLocalUserEnabled false",
    check: notTrue(["isSftpEnabled", "isLocalUserEnabled", "isNfsV3Enabled"]),
    example: { violation: "isSftpEnabled: true", fixed: "isSftpEnabled: false" },
  },
];
