import { ActionGroup } from "@pulumi/azure-native/monitor/actionGroup.js";
import { MetricAlert } from "@pulumi/azure-native/monitor/metricAlert.js";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import { physicalName } from "../shared/naming.ts";
import type { AlarmArgs } from "../contracts/knowledge-base.ts";
import { failuresOf } from "../shared/run-failures.ts";
import type { AzureContext } from "./context.ts";
import type { Hubs } from "./event-hubs.ts";
import { shortName } from "./names.ts";
import { logAlert, type LogAlert } from "./log-alert.ts";
import { noticeAlert } from "./notice-alert.ts";
import { metricsOf } from "./trace-lines.ts";

export interface Watched {
  readonly environment: string;
  readonly hubs: Hubs;
  /** Event Grid topics by what passes through them. */
  readonly topics: Readonly<Record<string, Input<string>>>;
  /** Whether rules of the environment raise alarms of its own. */
  readonly hasRules: boolean;
  readonly runs: Parameters<typeof failuresOf>[0];
  readonly webhook: AlarmArgs["webhook"];
}

/** Part of the messages that may be quarantined, in percent. */
const quarantinePercent = 5;
const issuerDays = 30;

export function createAlerts(
  name: string,
  { environment, hubs, topics, hasRules, webhook, runs }: Watched,
  context: AzureContext,
  opts: CustomResourceOptions,
): void {
  const { group, settings } = context;
  const place = { resourceGroupName: group.name };
  const actions = new ActionGroup(
    `${name}-alerts`,
    {
      ...place,
      location: "global",
      enabled: true,
      groupShortName: physicalName(shortName, environment),
      emailReceivers: settings.alarmEmails.map((emailAddress, index) => ({
        name: `mail-${index}`,
        emailAddress,
        useCommonAlertSchema: true,
      })),
      ...(webhook === null
        ? {}
        : {
            webhookReceivers: [{ name: "webhook", serviceUri: webhook.url, useCommonAlertSchema: true }],
          }),
    },
    opts,
  );
  const own = metricsOf(environment);
  const late = 2 * settings.bufferSeconds + 900;
  const alerts: Record<string, Pick<LogAlert, "description" | "query" | "periods" | "window">> = {
    freshness: {
      description: "Rows reach the lake late: the decoder does not keep up or fails",
      query: `${own} | where isnotnull(m.FreshnessSeconds) | summarize late = min(todouble(m.FreshnessSeconds)) | where late > ${late}`,
      periods: 3,
    },
    "quarantine-rate": {
      description: `More than ${quarantinePercent} % of the messages can't be decoded: see table quarantine`,
      query: `${own} | summarize quarantined = sum(todouble(m.Quarantined)), messages = sum(todouble(m.Messages)) | where quarantined * 100 > messages * ${quarantinePercent}`,
      periods: 3,
    },
    "issuer-expiry": {
      description: `The certificate that signs devices lasts less than ${issuerDays} days: run pulumi up to renew it`,
      query: `${own} | where isnotnull(m.IssuerDaysLeft) | summarize days = min(todouble(m.IssuerDaysLeft)) | where days < ${issuerDays}`,
      periods: 1,
    },
    "put-aside": {
      description:
        "A file could not be read time and again: its name and the reason are in the quarantine zone",
      query: `${own} | where isnotnull(m.FilesPutAside) | summarize files = sum(todouble(m.FilesPutAside)) | where files > 0`,
      periods: 1,
    },
    failures: {
      description: "A function failed on a batch: a sink, not a message",
      query: `AppExceptions | where AppRoleName startswith "${environment}" | summarize failures = count() | where failures > 0`,
      periods: 1,
    },
  };
  for (const [what, { metric, description }] of failuresOf(runs)) {
    // What the last run said: one without failures ends the alert.
    const query = `${own} | where isnotnull(m.${metric}) | summarize arg_max(TimeGenerated, m) | where todouble(m.${metric}) > 0`;
    alerts[`failures-${what}`] = { description, query, periods: 1, window: "P1D" };
  }
  const told = { environment, actionGroup: actions.id };
  for (const [what, alert] of Object.entries(alerts))
    logAlert(`${name}-alert-${what}`, { title: what, ...alert, of: "state" }, told, context, opts);
  if (hasRules) logAlert(`${name}-alert-rules`, noticeAlert(environment), told, context, opts);
  const metric = (what: string, scope: Input<string>, namespace: string, metricName: string, why: string) =>
    new MetricAlert(
      `${name}-alert-${what}`,
      {
        ...place,
        location: "global",
        description: why,
        enabled: true,
        severity: 2,
        scopes: [scope],
        evaluationFrequency: "PT5M",
        windowSize: "PT15M",
        criteria: {
          odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
          allOf: [
            {
              criterionType: "StaticThresholdCriterion",
              name: "over",
              metricNamespace: namespace,
              metricName,
              timeAggregation: "Total",
              operator: "GreaterThan",
              threshold: 0,
            },
          ],
        },
        autoMitigate: true,
        actions: [{ actionGroupId: actions.id }],
      },
      opts,
    );
  metric(
    "throttled",
    hubs.namespace.id,
    "Microsoft.EventHub/namespaces",
    "ThrottledRequests",
    "Event Hubs turns requests away: raise fieldlake:azure.eventHubs.units",
  );
  for (const [what, topic] of Object.entries(topics)) {
    metric(
      `dead-letters-${what}`,
      topic,
      "Microsoft.EventGrid/topics",
      "DeadLetteredCount",
      `Some ${what} could not be delivered and wait in the container dead-letters`,
    );
  }
}
