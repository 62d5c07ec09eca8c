/** Stream Analytics keeps its state in a storage account that a rule sees. */
import { all, isOneOf, refersTo } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

const account = "azure-native:storage:StorageAccount";

export const azureStreamanalyticsKeyRules: readonly Rule[] = [
  {
    id: "azure-streamanalytics-require-own-storage",
    theme: "cmk-at-rest",
    description:
      "A streaming job keeps what it must remember in an account of the stack, by its own identity",
    severity: "high",
    types: ["azure-native:streamanalytics:StreamingJob"],
    reads: [account],
    controls: ["87ba29ef", "MCSB DP-5"],
    why: "Otherwise its state and code lie under Microsoft's own key.",
    fix: 'set contentStoragePolicy to "JobStorageAccount" and jobStorageAccount to an account of the stack with authenticationMode "Msi"',
    check: all(
      isOneOf("contentStoragePolicy", ["JobStorageAccount"]),
      isOneOf("jobStorageAccount.authenticationMode", ["Msi"]),
      refersTo("jobStorageAccount.accountName", [account], "the name of a storage account of this stack"),
    ),
    example: {
      violation: 'contentStoragePolicy: "SystemAccount"',
      fixed: 'contentStoragePolicy: "JobStorageAccount"',
    },
  },
];
