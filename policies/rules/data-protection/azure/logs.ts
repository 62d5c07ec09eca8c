/** What Fieldlake's services do is written down and kept. */
import { all, everywhere, holds, isAtLeast, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent } from "../../../kit/value.ts";
import { isOurs } from "../../support/ours.ts";

export const azureLogsProtectionRules: readonly Rule[] = [
  {
    id: "azure-monitor-require-logs",
    theme: "data-protection",
    description: "What is logged is logged, and goes to a workspace or an account",
    severity: "low",
    types: ["azure-native:monitor:DiagnosticSetting"],
    controls: ["MCSB LT-3", "NIST SP 800-53 AU-2"],
    why: "An attack that leaves no trace is not found.",
    fix: "set enabled of every one of logs to true, with a categoryGroup or category, and workspaceId",
    check: all(
      isTrue("logs[].enabled"),
      everywhere("logs[]", (view, path) =>
        view
          .part(path)
          .test(
            "categoryGroup",
            (group) => !isAbsent(group) || !isAbsent(view.part(path).value("category")),
            "allLogs",
          ),
      ),
    ),
    example: {
      violation: "logs: [{ enabled: false }]",
      fixed: 'logs: [{ categoryGroup: "allLogs", enabled: true }]',
    },
  },
  {
    id: "azure-loganalytics-keep-a-week",
    theme: "data-protection",
    description: "Logs are kept for a week at least",
    severity: "low",
    types: ["azure-native:operationalinsights:Workspace"],
    controls: ["MCSB LT-6", "NIST SP 800-53 AU-11"],
    why: "An attack is seldom found on the first day.",
    fix: "set retentionInDays to 7 or more, or leave it out: logs are kept for 30 days then",
    check: holds("retentionInDays", (days) => isAbsent(days) || Number(days) >= 7, "7 or more, absent"),
    example: { violation: "retentionInDays: 1", fixed: "retentionInDays: 90" },
  },
  {
    id: "azure-loganalytics-keep-tight",
    theme: "data-protection",
    description:
      "Logs of Fieldlake are kept for 30 days at least, and read by identities with rights on what they are about",
    severity: "medium",
    types: ["azure-native:operationalinsights:Workspace"],
    controls: ["Azure.Log.Replication", "MCSB LT-6", "MCSB IM-1"],
    why: "An attack is seldom found in the first days; a key reads everything.",
    fix: "set retentionInDays to 30 or more, features.disableLocalAuth and features.enableLogAccessUsingOnlyResourcePermissions to true",
    concerns: isOurs,
    check: all(
      isAtLeast("retentionInDays", 30),
      isTrue(["features.disableLocalAuth", "features.enableLogAccessUsingOnlyResourcePermissions"]),
    ),
    example: { violation: "retentionInDays: 7", fixed: "retentionInDays: 365" },
  },
];
