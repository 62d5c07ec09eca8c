/** Services take roles for this account only. */
import { everyDocument } from "../../../kit/documents.ts";
import type { Rule } from "../../../kit/rule.ts";
import { places, unboundTrust } from "./support/trust-documents.ts";

const role = "aws:iam/role:Role";

export const awsTrustSourcePrivilegeRules: readonly Rule[] = [
  {
    id: "aws-iam-bind-trust",
    theme: "least-privilege",
    description: "Services take roles of Fieldlake for resources of the same account only",
    severity: "medium",
    types: [role],
    controls: ["NIST SP 800-53 AC-3", "NIST SP 800-53 AC-6"],
    why: "Somebody else's resource could make the service act with the role (confused deputy).",
    fix: "add the condition StringEquals aws:SourceAccount, and ArnLike aws:SourceArn where the service sends one",
    concerns: (view, context) => context.isOurs(view.resource),
    check: (view) => everyDocument(view, places, unboundTrust, "aws:SourceAccount"),
    example: {
      violation: 'Principal: { Service: "iot.amazonaws.com" }',
      fixed: 'Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } }',
    },
  },
];
