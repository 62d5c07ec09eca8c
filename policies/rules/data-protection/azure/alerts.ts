/** Alerts of Fieldlake tell somebody. */
import { all, either, holds, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isOurs } from "../../support/ours.ts";

const group = "azure-native:monitor:ActionGroup";
const isOn = holds("enabled", (one) => one !== false && one !== "false", "true, absent");

const hasReceiver = either(
  present("emailReceivers[].emailAddress"),
  present("webhookReceivers[].serviceUri"),
  present("armRoleReceivers[].roleId"),
  present("eventHubReceivers[].eventHubName"),
  present("logicAppReceivers[].resourceId"),
  present("azureFunctionReceivers[].functionAppResourceId"),
);

export const azureAlertRules: readonly Rule[] = [
  {
    id: "azure-alerts-keep-on",
    theme: "data-protection",
    description: "Alerts of Fieldlake tell somebody",
    severity: "low",
    types: ["azure-native:monitor:ScheduledQueryRule", "azure-native:monitor:MetricAlert"],
    controls: ["MCSB LT-1", "NIST SP 800-53 SI-4"],
    why: "An alert that nobody hears is none.",
    fix: "leave enabled true and name an azure-native.monitor.ActionGroup in actions",
    concerns: isOurs,
    check: all(isOn, (view, context) =>
      (view.resource.type.endsWith("MetricAlert")
        ? present(["actions[].actionGroupId", "scopes[]"])
        : present(["actions.actionGroups[]", "scopes[]"]))(view, context),
    ),
    example: { violation: "enabled: false", fixed: "actions: { actionGroups: [group.id] }" },
  },
  {
    id: "azure-alerts-name-receivers",
    theme: "data-protection",
    description: "Groups that alerts of Fieldlake go to have somebody in them",
    severity: "low",
    types: [group],
    controls: ["MCSB LT-1", "NIST SP 800-53 IR-6"],
    why: "An alert that nobody hears is none.",
    fix: "set enabled to true and name emailReceivers, webhookReceivers or armRoleReceivers",
    concerns: isOurs,
    check: all(
      holds("enabled", (one) => one === true, "true"),
      // A development stack has nobody on duty.
      (view, context) => (context.isUnprotected(view.resource) ? [] : hasReceiver(view, context)),
    ),
    example: { violation: "emailReceivers: []", fixed: 'emailReceivers: [{ name: "duty", emailAddress }]' },
  },
];
