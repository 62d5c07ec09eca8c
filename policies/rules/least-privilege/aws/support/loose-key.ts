/** Statements of a key's policy that do not say through which service and for what. */
import {
  isBoundBy,
  isBoundByPrefix,
  isForEverybody,
  isSwitchedOn,
  servicesOf,
} from "../../../../kit/conditions.ts";
import { type Statement, hasAction } from "../../../../kit/statements.ts";

const uses = [
  "kms:Decrypt",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
];
export function looseKey(statement: Statement): string | null {
  if (statement.effect !== "Allow") return null;
  if (isForEverybody(statement)) return "an Allow for everybody";
  const wide = statement.actions.find((action) => /^([*?]+|kms:[*?]+)$/i.test(action));
  if (wide !== undefined || statement.notActions.length > 0)
    return `an Allow of ${wide ?? "all but NotAction"}`;
  const isUse = uses.some((action) => hasAction(statement, action));
  const isGrant = hasAction(statement, "kms:CreateGrant");
  if (!isUse && !isGrant) return null;
  if (isGrant && !isSwitchedOn(statement, "kms:GrantIsForAWSResource"))
    return "an Allow of grants to anybody";
  if (servicesOf(statement).length > 0) {
    const isSourced = isBoundBy(statement, "aws:SourceAccount") && isBoundBy(statement, "aws:SourceArn");
    return isSourced || isBoundByPrefix(statement, "kms:EncryptionContext:")
      ? null
      : "an Allow for a service on anybody's behalf";
  }
  const missing = ["kms:CallerAccount", "kms:ViaService"].find((key) => !isBoundBy(statement, key));
  if (missing !== undefined) return `an Allow of use without ${missing}`;
  const needsContext = statement.conditions.some(
    ({ key, values }) =>
      key === "kms:ViaService" && values.length === 1 && /^(s3|dynamodb)\./.test(values[0] ?? ""),
  );
  return isUse && needsContext && !isBoundByPrefix(statement, "kms:EncryptionContext:")
    ? "an Allow of use for any object"
    : null;
}
