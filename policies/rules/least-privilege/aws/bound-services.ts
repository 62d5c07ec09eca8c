/** Services act on a resource for this account only. */
import { callerKeys, isBoundByAny, servicesOf } from "../../../kit/conditions.ts";
import { everyDocument, hasDocument } from "../../../kit/documents.ts";
import type { Rule } from "../../../kit/rule.ts";
import type { Statement } from "../../../kit/statements.ts";
import { places } from "./support/resource-documents.ts";

function unboundService(statement: Statement): string | null {
  const [service] = servicesOf(statement);
  if (statement.effect !== "Allow" || service === undefined || isBoundByAny(statement, callerKeys))
    return null;
  return `an Allow for ${service} on anybody's behalf`;
}

export const awsBoundServicesPrivilegeRules: readonly Rule[] = [
  {
    id: "aws-policy-bind-services",
    theme: "least-privilege",
    description: "A service is let in on behalf of known resources only",
    severity: "medium",
    types: Object.keys(places),
    controls: ["CKV_AWS_364", "NIST SP 800-53 AC-3"],
    why: "Somebody else's resource could make the service come in (confused deputy).",
    fix: "bind every Allow for a service by aws:SourceArn or aws:SourceAccount",
    concerns: (view) => hasDocument(view, places),
    check: (view) => everyDocument(view, places, unboundService, "aws:SourceArn or aws:SourceAccount"),
    example: {
      violation: 'Principal: { Service: "events.amazonaws.com" }',
      fixed: 'Condition: { ArnEquals: { "aws:SourceArn": rule.arn } }',
    },
  },
];
