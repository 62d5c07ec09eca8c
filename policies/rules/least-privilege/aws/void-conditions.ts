/** A condition that is there to bind does bind. */
import { behalfKeys, callerKeys, encryptionContext, isBinding, keyUseKeys } from "../../../kit/conditions.ts";
import { everyDocument, hasDocument } from "../../../kit/documents.ts";
import type { Rule } from "../../../kit/rule.ts";
import type { Condition, Statement } from "../../../kit/statements.ts";
import { places as identities } from "./support/identity-documents.ts";
import { keyPlaces, places as resources } from "./support/resource-documents.ts";
import { places as trusts } from "./support/trust-documents.ts";

const role = "aws:iam/role:Role";
const all = {
  ...identities,
  ...resources,
  ...keyPlaces,
  [role]: [identities[role] ?? [], trusts[role] ?? []].flat(),
};
const keys = [...callerKeys, ...behalfKeys, ...keyUseKeys].map((key) => key.toLowerCase());
const names = ({ key }: Condition): boolean =>
  keys.includes(key.toLowerCase()) || key.toLowerCase().startsWith(encryptionContext.toLowerCase());
/** Silence passes `…IfExists`; everything passes a bare wildcard. */
const isVoid = (condition: Condition): boolean =>
  /^(ForA(ll|ny)Values?:)?(String|Arn)(Equals|Like|EqualsIgnoreCase)(IfExists)?$/.test(condition.operator) &&
  !isBinding(condition);

function voidCondition({ effect, conditions }: Statement): string | null {
  const found = effect === "Allow" ? conditions.find((one) => names(one) && isVoid(one)) : undefined;
  return found === undefined ? null : `${found.operator} ${found.key}: ${found.values.join(", ")}`;
}

export const awsVoidConditionsPrivilegeRules: readonly Rule[] = [
  {
    id: "aws-policy-forbid-void-conditions",
    theme: "least-privilege",
    description: "A condition that names callers, or the use of a key, lets nobody else pass",
    severity: "medium",
    types: Object.keys(all),
    controls: ["NIST SP 800-53 AC-3", "NIST SP 800-53 AC-6"],
    why: "Whoever reads the policy takes the statement for bound, and it is not.",
    fix: "name the account, ARN, service or context in Condition, by an operator without IfExists",
    concerns: (view) => hasDocument(view, all),
    check: (view) => everyDocument(view, all, voidCondition, "a condition that binds"),
    example: {
      violation: 'Condition: { StringLike: { "aws:SourceAccount": "*" } }',
      fixed: 'Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } }',
    },
  },
];
