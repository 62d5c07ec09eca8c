/** Identities may decrypt by the keys that they need, for what they need. */
import { isBoundBy } from "../../../kit/conditions.ts";
import { everyDocument, hasDocument } from "../../../kit/documents.ts";
import type { Rule } from "../../../kit/rule.ts";
import { type Statement, covers } from "../../../kit/statements.ts";
import { isAllow, isEverything, places, types } from "./support/identity-documents.ts";

const opening = ["kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:CreateGrant"];
function wideDecrypt(statement: Statement): string | null {
  const { actions, resources } = statement;
  if (!isAllow(statement)) return null;
  const action = actions.find((pattern) => opening.some((one) => covers(pattern, one)));
  const wide = resources.find((one) => isEverything(one) || /:(key|alias)\/[*?]/.test(one));
  return action === undefined || wide === undefined ? null : `an Allow of ${action} on ${wide}`;
}
function unboundKeyUse(statement: Statement): string | null {
  const action = statement.actions.find((one) => /^kms:/i.test(one));
  if (!isAllow(statement) || action === undefined || isBoundBy(statement, "kms:ViaService")) return null;
  return `an Allow of ${action} without kms:ViaService`;
}

export const awsKeyUsePrivilegeRules: readonly Rule[] = [
  {
    id: "aws-iam-forbid-wide-decrypt",
    theme: "least-privilege",
    description: "No policy lets anybody use every key",
    severity: "high",
    types,
    controls: ["KMS.1", "KMS.2", "iam_policy_no_full_access_to_kms", "NIST SP 800-53 SC-12"],
    why: "It undoes the border that a key of its own draws around data.",
    fix: "name the keys' ARNs in Resource of statements with kms:Decrypt, kms:ReEncrypt* or kms:CreateGrant",
    concerns: (view) => hasDocument(view, places),
    check: (view) => everyDocument(view, places, wideDecrypt, "keys by ARN"),
    example: {
      violation: 'Action: "kms:Decrypt", Resource: "*"',
      fixed: 'Action: "kms:Decrypt", Resource: key.arn',
    },
  },
  {
    id: "aws-iam-bind-key-use",
    theme: "least-privilege",
    description: "Roles of Fieldlake use keys through the services that need them, never directly",
    severity: "medium",
    types,
    controls: ["NIST SP 800-53 AC-6", "NIST SP 800-53 SC-12"],
    why: "A stolen role could decrypt ciphertext from anywhere.",
    fix: "add the condition StringEquals kms:ViaService",
    concerns: (view, context) => context.isOurs(view.resource) && hasDocument(view, places),
    check: (view) => everyDocument(view, places, unboundKeyUse, "StringEquals kms:ViaService"),
    example: {
      violation: 'Action: "kms:Decrypt", Resource: key.arn',
      fixed: 'Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } }',
    },
  },
];
