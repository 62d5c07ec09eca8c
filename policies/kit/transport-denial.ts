/** The exact shape of statements that deny plain or old transport: near misses deny nothing (notes on evasions, E06). */
import { isAnybody, type Statement } from "./statements.ts";

/** What must be denied, and on what. */
export interface Denied {
  /** At least this: `s3:*` for all of a bucket. */
  readonly action: string;
  /** The store's own ARN where it is known; a statement about another one denies nothing here. */
  readonly arn: string | null;
  /** The store's own name where it is known: an ARN ends in it. */
  readonly name?: string | null;
}

export function isPlainDenial(statement: Statement, denied: Denied): boolean {
  const [condition, ...others] = statement.conditions;
  return (
    isDenialToAll(statement, denied) &&
    others.length === 0 &&
    condition?.operator === "Bool" &&
    condition.key.toLowerCase() === "aws:securetransport" &&
    condition.values.length === 1 &&
    condition.values[0]?.toLowerCase() === "false"
  );
}

export function isOldTlsDenial(statement: Statement, denied: Denied, floor: "1.2" | "1.3"): boolean {
  const [condition, ...others] = statement.conditions;
  return (
    isDenialToAll(statement, denied) &&
    others.length === 0 &&
    condition?.operator === "NumericLessThan" &&
    condition.key.toLowerCase() === "s3:tlsversion" &&
    condition.values.length === 1 &&
    Number(condition.values[0]) >= Number(floor)
  );
}

/** Denies the action to everybody, without any way round but the condition. */
export function isDenialToAll(statement: Statement, { action, arn, name = null }: Denied): boolean {
  const service = action.split(":")[0] ?? "";
  const covering = new Set([action, "*", `${service}:*`].map((one) => one.toLowerCase()));
  return (
    statement.effect === "Deny" &&
    !statement.hasNotPrincipal &&
    statement.notActions.length === 0 &&
    statement.notResources.length === 0 &&
    statement.principals.some(isAnybody) &&
    statement.actions.some((one) => covering.has(one.toLowerCase())) &&
    coversWhole(statement.resources, service, arn, name)
  );
}

/** A bucket is two resources: itself and what is in it. A queue or topic is one. */
function coversWhole(
  resources: readonly string[],
  service: string,
  arn: string | null,
  name: string | null,
): boolean {
  if (resources.includes("*")) return true;
  if (arn !== null) {
    const covered = new Set(resources.map(withoutPartition));
    const own = withoutPartition(arn);
    if (service !== "s3") return covered.has(own);
    return covered.has(`${own}*`) || (covered.has(own) && covered.has(`${own}/*`));
  }
  if (service !== "s3")
    return resources.some(
      (one) => one.split(":")[2] === service && (name === null || one.split(":").at(-1) === name),
    );
  const inside = resources.filter((one) => one.endsWith("/*")).map((one) => one.slice(0, -2));
  return (
    inside.some((bucket) => resources.includes(bucket)) || resources.some((one) => /:::[^/]+\*$/.test(one))
  );
}

/** `aws`, `aws-cn`, `aws-us-gov`: names are put together where only the deployment knows it. */
const withoutPartition = (arn: string): string => arn.replace(/^arn:[^:]*:/, "arn::");
