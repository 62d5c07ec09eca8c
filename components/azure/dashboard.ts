import { Dashboard } from "@pulumi/azure-native/portal/dashboard.js";
import { interpolate, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { metricsOf } from "./trace-lines.ts";
import type { AzureContext } from "./context.ts";

/** Cells of the portal's grid; three graphs a row. */
const width = 6;
const height = 4;

/** What arrived, what became of it, how late, and what failed; answers the address of the page. */
export function createDashboard(
  name: string,
  environment: string,
  { group, location, logs, cloud, tenantId }: AzureContext,
  opts: CustomResourceOptions,
): Output<string> {
  const own = metricsOf(environment);
  const sums = (...metrics: string[]): string =>
    `${own} | summarize ${metrics.map((metric) => `${metric} = sum(todouble(m.${metric}))`).join(", ")} by bin(TimeGenerated, 5m) | render timechart`;
  const graphs: readonly (readonly [title: string, query: string])[] = [
    ["Messages and rows", sums("Messages", "Readings", "Frames")],
    ["Not decoded, repeated, remarked on", sums("Quarantined", "Repeats", "Warnings")],
    [
      "Age of rows when they land, seconds",
      `${own} | summarize max(todouble(m.FreshnessSeconds)) by bin(TimeGenerated, 5m) | render timechart`,
    ],
    [
      "Silent devices",
      `${own} | summarize max(todouble(m.SilentDevices)) by bin(TimeGenerated, 15m) | render timechart`,
    ],
    [
      "Days left of the issuer",
      `${own} | summarize min(todouble(m.IssuerDaysLeft)) by bin(TimeGenerated, 1h) | render timechart`,
    ],
    ["Files of devices", sums("FilesTaken", "FilesRefused", "FilesPutAside")],
    [
      "Insights worked out or failed, windows scored",
      sums("InsightUnits", "InsightFailures", "ScoredWindows"),
    ],
    ["Failures", "AppExceptions | summarize count() by bin(TimeGenerated, 5m) | render timechart"],
  ];
  const dashboard = new Dashboard(
    `${name}-dashboard`,
    {
      resourceGroupName: group.name,
      location,
      tags: { "hidden-title": `Fieldlake ${environment}` },
      properties: {
        lenses: [
          {
            order: 0,
            parts: graphs.map(([title, query], index) => ({
              position: {
                x: (index % 3) * width,
                y: Math.floor(index / 3) * height,
                colSpan: width,
                rowSpan: height,
              },
              metadata: {
                type: "Extension/Microsoft_OperationsManagementSuite_Workspace/PartType/LogsDashboardPart",
                inputs: [
                  { name: "Scope", value: { resourceIds: [logs.workspace.id] } },
                  { name: "Version", value: "2.0" },
                  { name: "Query", value: query },
                  { name: "TimeRange", value: "P1D" },
                  { name: "PartTitle", value: title },
                  { name: "ControlType", value: "FrameControlChart" },
                ],
                settings: {},
              },
            })),
          },
        ],
        metadata: {},
      },
    },
    opts,
  );
  return interpolate`https://${cloud.portal}/#@${tenantId}/dashboard/arm${dashboard.id}`;
}
