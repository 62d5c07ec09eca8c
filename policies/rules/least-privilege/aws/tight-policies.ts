/** Resources' policies of Fieldlake stay as tight as they are made. */
import { isBoundBy, isForEverybody, servicesOf } from "../../../kit/conditions.ts";
import { everyDocument, hasDocument } from "../../../kit/documents.ts";
import type { Rule } from "../../../kit/rule.ts";
import type { Statement } from "../../../kit/statements.ts";
import { places } from "./support/resource-documents.ts";

/** Fieldlake's own: nobody is let in without both account and ARN, and nothing by pattern. */
function loose(statement: Statement): string | null {
  if (statement.effect !== "Allow") return null;
  if (isForEverybody(statement)) return "an Allow for everybody";
  const wide = statement.actions.find((action) => /[*?]/.test(action));
  if (wide !== undefined || statement.notActions.length > 0)
    return `an Allow of ${wide ?? "all but NotAction"}`;
  if (statement.resources.some((one) => /^[*?]+$/.test(one)) || statement.notResources.length > 0)
    return "an Allow on everything";
  const missing = ["aws:SourceAccount", "aws:SourceArn"].find((key) => !isBoundBy(statement, key));
  return servicesOf(statement).length > 0 && missing !== undefined
    ? `an Allow for a service without ${missing}`
    : null;
}

export const awsTightPoliciesPrivilegeRules: readonly Rule[] = [
  {
    id: "aws-policy-keep-tight",
    theme: "least-privilege",
    description:
      "Policies of Fieldlake's stores name actions and resources, and let services in for one account and ARN",
    severity: "medium",
    types: Object.keys(places),
    controls: ["NIST SP 800-53 AC-6"],
    why: "What is wider than the task needs is used by whoever breaks in.",
    fix: "name actions and resources, and bind services by both aws:SourceAccount and aws:SourceArn",
    concerns: (view, context) => context.isOurs(view.resource) && hasDocument(view, places),
    check: (view) => everyDocument(view, places, loose, "named actions and resources, bound services"),
    example: { violation: 'Action: "sqs:*"', fixed: 'Action: "sqs:SendMessage"' },
  },
];
