/** Who may become a role. */
import {
  callerKeys,
  isBinding,
  isBoundBy,
  isBoundByAny,
  isForEverybody,
  servicesOf,
} from "../../../kit/conditions.ts";
import { everyDocument } from "../../../kit/documents.ts";
import { isAtMost } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import type { Statement } from "../../../kit/statements.ts";

const role = "aws:iam/role:Role";
const places = { [role]: "assumeRolePolicy" };
/** Seconds. */
const longestSession = 3600;
/**
 * What sends neither source account nor ARN: the credentials endpoint of AWS IoT (AWS IoT developer guide, "Authorizing
 * direct calls"), and S3 when it replicates (S3 user guide, "Setting up permissions for live replication").
 */
const namesNoSource = ["credentials.iot.amazonaws.com", "s3.amazonaws.com"];
/** Services that send the ARN of what they act for, besides the account. */
const namesArn = ["iot.amazonaws.com"];

const openTrust = (statement: Statement): string | null => {
  if (statement.effect !== "Allow") return null;
  if (isForEverybody(statement) && !isBoundByAny(statement, callerKeys)) return "an Allow for everybody";
  const federated = statement.principals.some(({ kind }) => kind === "Federated");
  return federated && !statement.conditions.some((one) => /:(aud|sub|amr)$/i.test(one.key) && isBinding(one))
    ? "an Allow for everybody whom the identity provider knows"
    : null;
};

function unboundTrust(statement: Statement): string | null {
  if (statement.effect !== "Allow") return null;
  const wide = statement.actions.find((action) => /[*?]/.test(action));
  if (wide !== undefined || statement.notActions.length > 0)
    return `an Allow of ${wide ?? "all but NotAction"}`;
  if (isForEverybody(statement)) return "an Allow for everybody";
  const services = servicesOf(statement).filter((service) => !namesNoSource.includes(service));
  if (services.length > 0 && !isBoundBy(statement, "aws:SourceAccount"))
    return `an Allow for ${services[0]} without aws:SourceAccount`;
  const arn = services.find((service) => namesArn.includes(service));
  if (arn !== undefined && !isBoundBy(statement, "aws:SourceArn"))
    return `an Allow for ${arn} without aws:SourceArn`;
  const accounts = statement.principals.filter(({ kind, name }) => kind === "AWS" && /:root$/.test(name));
  return accounts.length > 0 && !isBoundBy(statement, "aws:PrincipalAccount")
    ? "an Allow for an account without aws:PrincipalAccount"
    : null;
}

export const awsTrustRules: readonly Rule[] = [
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
