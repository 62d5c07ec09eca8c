/** Storage and Cosmos DB can be set back. */
import { all, everywhere, isOneOf, isTrue, notTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import {
  accountType,
  hasDirectories,
  isHierarchical,
  isOfWorkspace,
  lakeType,
  workspaceType,
} from "./support/lake.ts";

export const azureRecoveryProtectionRules: readonly Rule[] = [
  {
    id: "azure-storage-require-recovery",
    theme: "data-protection",
    description: "What is overwritten or deleted in an account can be had back for a week",
    severity: "medium",
    types: ["azure-native:storage:BlobServiceProperties"],
    reads: [lakeType, workspaceType, accountType],
    controls: [
      "CKV2_AZURE_38",
      "Azure.Storage.SoftDelete",
      "Azure.Storage.ContainerSoftDelete",
      "NIST SP 800-53 CP-9",
    ],
    why: "A mistake or an extortionist's script destroys data for good.",
    fix: "set deleteRetentionPolicy and containerDeleteRetentionPolicy to enabled with 7 days or more, and leave isVersioningEnabled from false",
    check: all(
      isTrue(["deleteRetentionPolicy.enabled", "containerDeleteRetentionPolicy.enabled"]),
      everywhere(["deleteRetentionPolicy.days", "containerDeleteRetentionPolicy.days"], (view, path) =>
        view.atLeast(path, 7),
      ),
      notTrue("deleteRetentionPolicy.allowPermanentDelete"),
      (view, context) => {
        if (!context.isOurs(view.resource))
          return hasDirectories(view, context) ? [] : [view.notFalse("isVersioningEnabled")];
        return isHierarchical(view, context) || isOfWorkspace(view, context)
          ? []
          : [view.isTrue("isVersioningEnabled")];
      },
    ),
    example: {
      violation: "deleteRetentionPolicy: { enabled: false }",
      fixed: "deleteRetentionPolicy: { enabled: true, days: 30 }",
    },
  },
  {
    id: "azure-cosmosdb-require-recovery",
    theme: "data-protection",
    description: "A Cosmos DB account can be set back to any moment",
    severity: "medium",
    types: ["azure-native:cosmosdb:DatabaseAccount"],
    controls: ["CKV_AZURE_132", "Azure.Cosmos.ContinuousBackup", "NIST SP 800-53 CP-9"],
    why: "A wrong write can't be undone otherwise.",
    fix: 'set backupPolicy.type to "Continuous" and disableKeyBasedMetadataWriteAccess to true',
    check: all(isOneOf("backupPolicy.type", ["Continuous"]), isTrue("disableKeyBasedMetadataWriteAccess")),
    example: {
      violation: 'backupPolicy: { type: "Periodic" }',
      fixed: 'backupPolicy: { type: "Continuous" }',
    },
  },
];
