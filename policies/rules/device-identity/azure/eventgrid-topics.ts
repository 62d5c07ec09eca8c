/** A client publishes and reads on topics of its own name only. */
import { all, everywhere, holds, isOneOf, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isArray } from "../../../kit/value.ts";

const space = "azure-native:eventgrid:TopicSpace";
const own = "${client.authenticationName}";
/** Levels of a template that anybody could fill: all but the device's own. */
function isNarrow(template: unknown): boolean {
  if (typeof template !== "string") return false;
  const before = template.split(own)[0] ?? "";
  return template.includes(own) && !/[#+]/.test(before);
}

export const azureEventgridTopicsIdentityRules: readonly Rule[] = [
  {
    id: "azure-eventgrid-bind-topics-to-client",
    theme: "device-identity",
    description: "A device reaches its own topics only",
    severity: "critical",
    types: [space],
    controls: ["NIST SP 800-53 AC-3", "NIST SP 800-53 AC-6", "ETSI EN 303 645 5.5-5"],
    why: "With one wildcard a single stolen device reads and forges the whole fleet's messages.",
    fix: "begin every one of topicTemplates with levels that name the client: devices/${client.authenticationName}/telemetry",
    check: everywhere("topicTemplates", (view, path) =>
      view.test(
        path,
        (templates) => isArray(templates) && templates.length > 0 && templates.every(isNarrow),
        `templates with ${own}`,
      ),
    ),
    example: {
      violation: 'topicTemplates: ["devices/#"]',
      fixed: 'topicTemplates: ["devices/${client.authenticationName}/#"]',
    },
  },
  {
    id: "azure-eventgrid-require-group-on-binding",
    theme: "device-identity",
    description: "Rights of Fieldlake's broker are given to a named group of clients",
    severity: "medium",
    types: ["azure-native:eventgrid:PermissionBinding"],
    controls: ["NIST SP 800-53 AC-6"],
    why: "Every client that ever registers would have them.",
    fix: "set clientGroupName to a group of the stack and permission to Publisher or Subscriber",
    check: all(
      isOneOf("permission", ["Publisher", "Subscriber"]),
      present("topicSpaceName"),
      holds(
        "clientGroupName",
        (name) => typeof name === "string" && name !== "" && name !== "$all",
        "a group of the stack",
      ),
    ),
    example: { violation: 'clientGroupName: "$all"', fixed: "clientGroupName: devices.name" },
  },
];
