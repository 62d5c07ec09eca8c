import { ScheduledQueryRule } from "@pulumi/azure-native/monitor/scheduledQueryRule.js";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import type { AzureContext } from "./context.ts";

export interface LogAlert {
  /** Behind the environment, for people. */
  readonly title: string;
  readonly description: string;
  /** KQL over the workspace; raises the alert for each row that it answers. */
  readonly query: string;
  /** Evaluations in a row. */
  readonly periods: number;
  /** Columns whose values each have an alert of their own. Default none. */
  readonly dimensions?: readonly string[];
  /**
   * The alert is a state that ends by itself, or an event, which is told once: it stays mute as long as it is in the
   * window, and nothing ends it.
   */
  readonly of: "state" | "event";
  /**
   * What it looks at, ISO 8601. Default the last fifteen minutes, every five, because lines reach the workspace late; a day is
   * looked at every hour: for what is told more seldom.
   */
  readonly window?: "PT15M" | "P1D";
}

/** Looks at the workspace again and again, and tells the action group. */
export function logAlert(
  name: string,
  { title, description, query, periods, dimensions = [], of, window: windowSize = "PT15M" }: LogAlert,
  { environment, actionGroup }: { readonly environment: string; readonly actionGroup: Input<string> },
  { group, location, logs }: AzureContext,
  opts: CustomResourceOptions,
): void {
  const split = dimensions.map((dimension) => ({ name: dimension, operator: "Include", values: ["*"] }));
  new ScheduledQueryRule(
    name,
    {
      resourceGroupName: group.name,
      location,
      kind: "LogAlert",
      displayName: `Fieldlake ${environment}: ${title}`,
      description,
      enabled: true,
      severity: 2,
      scopes: [logs.workspace.id],
      evaluationFrequency: windowSize === "P1D" ? "PT1H" : "PT5M",
      windowSize,
      criteria: {
        allOf: [
          {
            query,
            timeAggregation: "Count",
            operator: "GreaterThan",
            threshold: 0,
            ...(split.length === 0 ? {} : { dimensions: split }),
            failingPeriods: { numberOfEvaluationPeriods: periods, minFailingPeriodsToAlert: periods },
          },
        ],
      },
      autoMitigate: of === "state",
      ...(of === "event" ? { muteActionsDuration: windowSize } : {}),
      // The tables are there only once something was logged.
      skipQueryValidation: true,
      actions: { actionGroups: [actionGroup] },
    },
    opts,
  );
}
