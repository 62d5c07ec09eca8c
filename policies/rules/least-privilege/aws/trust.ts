/** Roles are taken by whom they are for, and not for long. */
import { everyDocument } from "../../../kit/documents.ts";
import { isAtMost } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { openTrust, places } from "./support/trust-documents.ts";

const role = "aws:iam/role:Role";
/** Seconds. */
const longestSession = 3600;

export const awsTrustPrivilegeRules: readonly Rule[] = [
  {
    id: "aws-iam-forbid-open-trust",
    theme: "least-privilege",
    description: "No role can be taken by everybody",
    severity: "critical",
    types: [role],
    controls: ["CKV_AWS_60", "CKV_AWS_61", "CKV_AWS_358", "NIST SP 800-53 AC-3"],
    why: "Anybody with an AWS account, or an account of the identity provider, would have the role's rights.",
    fix: "name the principals in assumeRolePolicy, or bind them by aws:PrincipalOrgID; federated ones by their aud and sub",
    check: (view) => everyDocument(view, places, openTrust, "named principals"),
    example: {
      violation: 'Principal: { AWS: "*" }',
      fixed: 'Principal: { Service: "lambda.amazonaws.com" }',
    },
  },
  {
    id: "aws-iam-limit-session",
    theme: "least-privilege",
    description: "A session with a role of Fieldlake that people take lasts an hour at most",
    severity: "low",
    types: [role],
    controls: ["NIST SP 800-53 AC-12"],
    why: "A stolen session serves the thief until it ends.",
    fix: `set maxSessionDuration to ${longestSession} or less`,
    concerns: (view, context) =>
      context.isOurs(view.resource) && view.value("maxSessionDuration") !== undefined,
    check: isAtMost("maxSessionDuration", longestSession),
    example: { violation: "maxSessionDuration: 43_200", fixed: "maxSessionDuration: 3_600" },
  },
];
