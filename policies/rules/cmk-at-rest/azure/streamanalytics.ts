/** Stream Analytics keeps its state in a storage account that a rule sees. */
import { isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureStreamanalyticsKeyRules: readonly Rule[] = [
  {
    id: "azure-streamanalytics-require-own-storage",
    theme: "cmk-at-rest",
    description:
      "A streaming job keeps what it must remember in an account of the stack, by its own identity",
    severity: "high",
    types: ["azure-native:streamanalytics:StreamingJob"],
    controls: ["87ba29ef", "MCSB DP-5"],
    why: "Otherwise its state and code lie under Microsoft's own key.",
    fix: 'set contentStoragePolicy to "JobStorageAccount" and jobStorageAccount.authenticationMode to "Msi"',
    check: isOneOf(
      ["contentStoragePolicy", "jobStorageAccount.authenticationMode"],
      ["JobStorageAccount", "Msi"],
    ),
    example: {
      violation: 'contentStoragePolicy: "SystemAccount"',
      fixed: 'contentStoragePolicy: "JobStorageAccount"',
    },
  },
];
