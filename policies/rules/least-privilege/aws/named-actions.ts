/** Policies of resources let others do what is named, not everything. */
import { everyDocument, hasDocument } from "../../../kit/documents.ts";
import type { Rule } from "../../../kit/rule.ts";
import type { Principal, Statement } from "../../../kit/statements.ts";
import { keyPlaces, places } from "./support/resource-documents.ts";

const all = { ...places, ...keyPlaces };
/** The account that the resource is in: AWS's own default gives it everything. */
const isAccount = ({ name }: Principal): boolean => /^(\d{12}|arn:[^:]*:iam::\d{12}:root)$/.test(name);
/** Administrators of a key are named people and roles, who may do everything to it. */
const isKeyAdministration = ({ principals, actions }: Statement): boolean =>
  actions.every((one) => one.startsWith("kms:")) &&
  principals.every(({ kind, name }) => kind === "AWS" && name !== "*");

function wide(statement: Statement): string | null {
  const { effect, principals, actions, notActions, notResources } = statement;
  if (effect !== "Allow" || (principals.length > 0 && principals.every(isAccount))) return null;
  if (notActions.length > 0) return "an Allow of everything but NotAction";
  if (notResources.length > 0) return "an Allow on everything but NotResource";
  if (isKeyAdministration(statement)) return null;
  const action = actions.find((one) => /^(\*|\w[\w-]*:\*+)$/.test(one));
  return action === undefined ? null : `an Allow of ${action}`;
}

export const awsNamedActionsPrivilegeRules: readonly Rule[] = [
  {
    id: "aws-policy-name-actions",
    theme: "least-privilege",
    description: "A resource's policy lets services and other identities do named things only",
    severity: "high",
    types: Object.keys(all),
    controls: ["CKV_AWS_70", "SQS.3", "SNS.4", "NIST SP 800-53 AC-6"],
    why: "Who may do everything may change the policy itself, and read what was meant to be written only.",
    fix: "name the actions of every Allow statement; leave everything to the account alone",
    concerns: (view) => hasDocument(view, all),
    check: (view) => everyDocument(view, all, wide, "named actions"),
    example: {
      violation: 'Principal: { Service: "sns.amazonaws.com" }, Action: "sqs:*"',
      fixed: 'Principal: { Service: "sns.amazonaws.com" }, Action: "sqs:SendMessage"',
    },
  },
];
