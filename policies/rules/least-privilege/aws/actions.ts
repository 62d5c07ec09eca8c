/** Identities' policies name their actions. */
import { everyDocument, hasDocument } from "../../../kit/documents.ts";
import type { Rule } from "../../../kit/rule.ts";
import type { Statement } from "../../../kit/statements.ts";
import { isAllow, places, types } from "./support/identity-documents.ts";

function wideAction({ notActions, actions, ...statement }: Statement): string | null {
  if (statement.effect !== "Allow") return null;
  if (notActions.length > 0) return "an Allow of everything but NotAction";
  const wide = actions.find((action) => /^[*?]+$/.test(action) || /^[^:]+:[*?]+$/.test(action));
  return wide === undefined ? null : `an Allow of ${wide}`;
}
const partial = (statement: Statement): string | null => {
  const wide = statement.actions.find((action) => /[*?]/.test(action));
  return isAllow(statement) && wide !== undefined ? `an Allow of ${wide}` : null;
};

export const awsActionsPrivilegeRules: readonly Rule[] = [
  {
    id: "aws-iam-forbid-wildcard-actions",
    theme: "least-privilege",
    description: "No policy allows all actions of a service",
    severity: "high",
    types,
    controls: ["CKV_AWS_62", "CKV_AWS_63", "IAM.1", "IAM.21", "NIST SP 800-53 AC-6"],
    why: "Whoever takes the role over may do whatever the service can, now and later.",
    fix: "name the actions in Action, one by one",
    concerns: (view) => hasDocument(view, places),
    check: (view) => everyDocument(view, places, wideAction, "named actions"),
    example: { violation: 'Action: "s3:*"', fixed: 'Action: ["s3:GetObject", "s3:PutObject"]' },
  },
  {
    id: "aws-iam-name-every-action",
    theme: "least-privilege",
    description: "Roles of Fieldlake name every action in full",
    severity: "medium",
    types,
    controls: ["NIST SP 800-53 AC-6"],
    why: "A pattern allows what nobody thought of, and what the service adds later.",
    fix: "name the actions in Action, without wildcards",
    concerns: (view, context) => context.isOurs(view.resource) && hasDocument(view, places),
    check: (view) => everyDocument(view, places, partial, "whole names"),
    example: { violation: 'Action: "s3:Get*"', fixed: 'Action: "s3:GetObject"' },
  },
];
