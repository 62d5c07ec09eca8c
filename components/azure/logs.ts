import { Component } from "@pulumi/azure-native/applicationinsights/component.js";
import { DiagnosticSetting } from "@pulumi/azure-native/monitor/diagnosticSetting.js";
import { Workspace } from "@pulumi/azure-native/operationalinsights/workspace.js";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import type { AzureSettings } from "./settings.ts";
import type { AzurePlace } from "./context.ts";
import { autoNamed, nameRules } from "./names.ts";

export interface Logs {
  readonly workspace: Workspace;
  /** Traces of the functions. */
  readonly insights: Component;
}

/** Where everything logs to: identities only, no keys of the workspace's own. */
export function createLogs(
  environment: string,
  { group, location }: AzurePlace,
  { logRetentionDays, network }: AzureSettings,
  opts: CustomResourceOptions,
): Logs {
  const place = { resourceGroupName: group.name, location };
  // Agents of Azure's own deliver over Azure's network; only who asks from outside is shut out in a private network.
  const publicNetworkAccessForQuery = network === "private" ? "Disabled" : "Enabled";
  const workspace = new Workspace(
    autoNamed(nameRules.workspace, environment, "logs"),
    {
      ...place,
      sku: { name: "PerGB2018" },
      retentionInDays: logRetentionDays,
      features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true },
      publicNetworkAccessForIngestion: "Enabled",
      publicNetworkAccessForQuery,
    },
    opts,
  );
  const insights = new Component(
    autoNamed(nameRules.workspace, environment, "traces"),
    {
      ...place,
      kind: "web",
      applicationType: "web",
      ingestionMode: "LogAnalytics",
      workspaceResourceId: workspace.id,
      disableLocalAuth: true,
      publicNetworkAccessForIngestion: "Enabled",
      publicNetworkAccessForQuery,
    },
    opts,
  );
  const logs: Logs = { workspace, insights };
  // Who asked the logs what is logged too (learn.microsoft.com, "Audit queries in Azure Monitor Logs").
  diagnose(`${environment}-logs`, workspace.id, logs, { parent: workspace });
  return logs;
}

/**
 * Every log category of a resource and its metrics, into the workspace. Not for Application Insights: its telemetry is in
 * that workspace already, and a setting would put it there twice (learn.microsoft.com, "Diagnostic settings in Azure
 * Monitor": the destination can't be the workspace that Application Insights is based on).
 *
 * @param signals `logs` for what has no metrics (a setting that names some is refused), or none that say anything. Default
 *   both.
 */
export function diagnose(
  name: string,
  resourceUri: Input<string>,
  { workspace }: Logs,
  opts: CustomResourceOptions,
  signals: "logs" | "logs and metrics" = "logs and metrics",
): void {
  new DiagnosticSetting(
    `${name}-diagnostics`,
    {
      name: "fieldlake",
      resourceUri,
      workspaceId: workspace.id,
      logs: [{ categoryGroup: "allLogs", enabled: true }],
      ...(signals === "logs" ? {} : { metrics: [{ category: "AllMetrics", enabled: true }] }),
    },
    opts,
  );
}
