/** Services act on a resource for this account only. */
import {
  behalfKeys,
  callerKeys,
  encryptionContext,
  isBoundByAny,
  isBoundByPrefix,
  isSwitchedOn,
  keyUseKeys,
  servicesOf,
} from "../../../kit/conditions.ts";
import { everyDocument, hasDocument } from "../../../kit/documents.ts";
import type { Rule } from "../../../kit/rule.ts";
import type { Statement } from "../../../kit/statements.ts";
import { keyPlaces, places } from "./support/resource-documents.ts";

const all = { ...places, ...keyPlaces };

function unboundService(statement: Statement): string | null {
  const [service] = servicesOf(statement);
  if (
    statement.effect !== "Allow" ||
    service === undefined ||
    isBoundByAny(statement, [...callerKeys, ...behalfKeys, ...keyUseKeys]) ||
    isBoundByPrefix(statement, encryptionContext) ||
    isSwitchedOn(statement, "kms:GrantIsForAWSResource")
  )
    return null;
  return `an Allow for ${service} on anybody's behalf`;
}

export const awsBoundServicesPrivilegeRules: readonly Rule[] = [
  {
    id: "aws-policy-bind-services",
    theme: "least-privilege",
    description: "A service is let in on behalf of known resources only",
    severity: "medium",
    types: Object.keys(all),
    controls: ["CKV_AWS_364", "NIST SP 800-53 AC-3"],
    why: "Somebody else's resource could make the service come in (confused deputy).",
    fix: "bind every Allow for a service by aws:SourceArn or aws:SourceAccount, of a key also by kms:EncryptionContext:…",
    concerns: (view) => hasDocument(view, all),
    check: (view) => everyDocument(view, all, unboundService, "aws:SourceArn or aws:SourceAccount"),
    example: {
      violation: 'Principal: { Service: "events.amazonaws.com" }',
      fixed: 'Condition: { ArnEquals: { "aws:SourceArn": rule.arn } }',
    },
  },
];
