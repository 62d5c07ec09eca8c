import { ScheduledQueryRule } from "@pulumi/azure-native/monitor/scheduledQueryRule.js";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import { alarmMember } from "../../functions/azure-agreements.ts";
import type { AzureContext } from "./context.ts";
import { metricsOf } from "./trace-lines.ts";

/** What a receiver may sort by; each notice is an alert of its own. */
const dimensions = ["id", "device", "rule", "severity", "event"];

/**
 * Tells the action group of each notice that a function writes to its trace. The window is three times the pace, because
 * lines reach the workspace late; a notice that was told stays mute as long as it is in the window. It does not end by
 * itself: that an alarm is over is a notice, too.
 */
export function noticeAlert(
  name: string,
  environment: string,
  actionGroup: Input<string>,
  { group, location, logs }: AzureContext,
  opts: CustomResourceOptions,
): void {
  const a = `m.${alarmMember}`;
  const query = `${metricsOf(environment)} | where isnotnull(${a}) | project TimeGenerated, id = tostring(${a}.id), device = tostring(${a}.device), rule = tostring(${a}.rule), severity = tostring(${a}.severity), event = iff(tobool(${a}.isOver), "cleared", "raised"), notice = tostring(m.notice)`;
  new ScheduledQueryRule(
    `${name}-alert-rules`,
    {
      resourceGroupName: group.name,
      location,
      kind: "LogAlert",
      displayName: `Fieldlake ${environment}: alarms`,
      description: "A rule of fieldlake:alarms raised an alarm, or one is over",
      enabled: true,
      severity: 2,
      scopes: [logs.workspace.id],
      evaluationFrequency: "PT5M",
      windowSize: "PT15M",
      criteria: {
        allOf: [
          {
            query,
            timeAggregation: "Count",
            operator: "GreaterThan",
            threshold: 0,
            dimensions: dimensions.map((dimension) => ({
              name: dimension,
              operator: "Include",
              values: ["*"],
            })),
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
          },
        ],
      },
      autoMitigate: false,
      muteActionsDuration: "PT15M",
      // The tables are there only once something was logged.
      skipQueryValidation: true,
      actions: { actionGroups: [actionGroup] },
    },
    opts,
  );
}
