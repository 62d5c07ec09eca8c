/** Where roles say who may take them, and who of these is not bound. */
import {
  callerKeys,
  isBinding,
  isBoundBy,
  isBoundByAny,
  isForEverybody,
  servicesOf,
} from "../../../../kit/conditions.ts";
import type { Statement } from "../../../../kit/statements.ts";

const role = "aws:iam/role:Role";
export const places = { [role]: "assumeRolePolicy" };
/**
 * What sends neither source account nor ARN: the credentials endpoint of AWS IoT (AWS IoT developer guide, "Authorizing
 * direct calls"), and S3 when it replicates (S3 user guide, "Setting up permissions for live replication").
 */
const namesNoSource = ["credentials.iot.amazonaws.com", "s3.amazonaws.com"];
/** Services that send the ARN of what they act for, besides the account. */
const namesArn = ["iot.amazonaws.com"];
const personKeys = callerKeys.filter((key) => key.startsWith("aws:Principal"));
export const openTrust = (statement: Statement): string | null => {
  if (statement.effect !== "Allow") return null;
  // Who asks for a role in person has no source: conditions on it let services in, of whatever name.
  if (isForEverybody(statement) && !isBoundByAny(statement, personKeys)) return "an Allow for everybody";
  if (statement.notActions.length > 0 || statement.actions.some((action) => /^(\*|sts:\*)$/.test(action)))
    return "an Allow of everything";
  const federated = statement.principals.some(({ kind }) => kind === "Federated");
  return federated && !statement.conditions.some((one) => /:(aud|sub|amr)$/i.test(one.key) && isBinding(one))
    ? "an Allow for everybody whom the identity provider knows"
    : null;
};
export function unboundTrust(statement: Statement): string | null {
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
