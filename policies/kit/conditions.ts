/** Whether a statement's conditions keep it within known callers. */
import { conditionOf, isAnybody, type Condition, type Statement } from "./statements.ts";

/**
 * A condition binds where it compares for equality and none of its values is but a wildcard. Silence passes `…IfExists`,
 * and `ForAllValues:`, which holds of no values at all (IAM user guide, "Set operators for multivalued context keys").
 */
export const isBinding = ({ operator, values }: Condition): boolean =>
  /^(ForAnyValue:)?(String|Arn)(Equals|Like|EqualsIgnoreCase)$/.test(operator) &&
  values.length > 0 &&
  !values.some((value) => /^[*?]*$/.test(value) || /^arn:[*?]/.test(value));

export const isBoundBy = (statement: Statement, key: string): boolean =>
  conditionOf(statement, key).some(isBinding);

export const isBoundByAny = (statement: Statement, keys: readonly string[]): boolean =>
  keys.some((key) => isBoundBy(statement, key));

/** Some key that begins so binds: `kms:EncryptionContext:`. */
export const isBoundByPrefix = (statement: Statement, prefix: string): boolean =>
  statement.conditions.some(
    (condition) => condition.key.toLowerCase().startsWith(prefix.toLowerCase()) && isBinding(condition),
  );

export const isSwitchedOn = (statement: Statement, key: string): boolean =>
  conditionOf(statement, key).some(
    ({ operator, values }) =>
      operator === "Bool" && values.length === 1 && values[0]?.toLowerCase() === "true",
  );

/** Keys that name who calls, or the one resource on whose behalf a service does. */
export const callerKeys = [
  "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:SourceArn",
  "aws:SourceVpc", "aws:SourceVpce", "kms:CallerAccount", "sns:Endpoint",
] as const; // prettier-ignore
/** Keys that name on whose behalf a service calls, but not which service: enough where the principal is named. */
export const behalfKeys = ["aws:SourceAccount", "aws:SourceOrgID"] as const;
/** Keys that bind the use of a key to a service, or to what it encrypts. */
export const keyUseKeys = ["kms:CallerAccount", "kms:ViaService"] as const;
export const encryptionContext = "kms:EncryptionContext:";

export const isForEverybody = ({ effect, principals, hasNotPrincipal }: Statement): boolean =>
  effect === "Allow" && (hasNotPrincipal || principals.some(isAnybody));

export const servicesOf = ({ principals }: Statement): readonly string[] =>
  principals.filter(({ kind }) => kind === "Service").map(({ name }) => name);
