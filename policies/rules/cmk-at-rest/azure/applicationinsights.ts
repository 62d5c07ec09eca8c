/** Telemetry lies in a workspace that a rule sees. */
import { refersTo } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureApplicationinsightsKeyRules: readonly Rule[] = [
  {
    id: "azure-insights-require-workspace",
    theme: "cmk-at-rest",
    description: "Telemetry of applications lies in a workspace of the stack",
    severity: "medium",
    types: ["azure-native:applicationinsights:Component"],
    reads: ["azure-native:operationalinsights:Workspace"],
    controls: ["Azure.AppInsights.Workspace", "MCSB DP-5"],
    why: "A component without one keeps telemetry in a hidden workspace that no rule sees.",
    fix: "set workspaceResourceId to the id of an azure-native.operationalinsights.Workspace of the stack",
    check: refersTo(
      "workspaceResourceId",
      ["azure-native:operationalinsights:Workspace"],
      "the id of a workspace of this stack",
    ),
    example: { violation: "no workspaceResourceId", fixed: "workspaceResourceId: workspace.id" },
  },
];
