/** A log workspace lies in a cluster that has the customer's key, or is said not to. */
import { all, hasCompanion, isTrue, refersTo } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const azureWorkspacesKeyRules: readonly Rule[] = [
  {
    id: "azure-operationalinsights-require-customer-key",
    theme: "cmk-at-rest",
    description: "Logs lie in a cluster under a key of the customer, saved queries too",
    severity: "medium",
    types: ["azure-native:operationalinsights:Workspace"],
    reads: ["azure-native:operationalinsights:LinkedService", "azure-native:operationalinsights:Cluster"],
    controls: ["MCSB DP-5", "LogAnalyticsWorkspaces_CMKBYOSQuery"],
    why: "A workspace alone lies under Microsoft's own key.",
    fix: "add an azure-native.operationalinsights.LinkedService with writeAccessResourceId set to a Cluster's id, and set forceCmkForQuery to true",
    unsupported: (view, context) =>
      context.graph.ofTypes(["azure-native:operationalinsights:Cluster"]).length === 0 &&
      context.isOurs(view.resource)
        ? {
            reason: "a dedicated log cluster needs a commitment of 100 GB a day",
            compensatingControl:
              "logs hold no payloads, are kept for a limited time, and end in the stack's own storage",
          }
        : null,
    check: all(
      hasCompanion(
        ["azure-native:operationalinsights:LinkedService"],
        "workspaceName",
        "a LinkedService",
        refersTo(
          "writeAccessResourceId",
          ["azure-native:operationalinsights:Cluster"],
          "the id of a cluster of this stack",
        ),
      ),
      isTrue("forceCmkForQuery"),
    ),
    example: {
      violation: "a Workspace alone",
      fixed:
        "new operationalinsights.LinkedService(name, { workspaceName, writeAccessResourceId: cluster.id })",
    },
  },
];
