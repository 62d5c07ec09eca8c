/** The exact shape of statements that deny plain or old transport: near misses deny nothing (notes on evasions, E06). */
import { isAnybody, type Statement } from "./statements.ts";

/** `action` is what must be denied at least: `s3:*` for all of a bucket. */
export function isPlainDenial(statement: Statement, action: string): boolean {
  const [condition, ...others] = statement.conditions;
  return (
    isDenialToAll(statement, action) &&
    others.length === 0 &&
    condition?.operator === "Bool" &&
    condition.key.toLowerCase() === "aws:securetransport" &&
    condition.values.length === 1 &&
    condition.values[0]?.toLowerCase() === "false"
  );
}

export function isOldTlsDenial(statement: Statement, action: string, floor: "1.2" | "1.3"): boolean {
  const [condition, ...others] = statement.conditions;
  return (
    isDenialToAll(statement, action) &&
    others.length === 0 &&
    condition?.operator === "NumericLessThan" &&
    condition.key.toLowerCase() === "s3:tlsversion" &&
    condition.values.length === 1 &&
    Number(condition.values[0]) >= Number(floor)
  );
}

function isDenialToAll(statement: Statement, action: string): boolean {
  const service = action.split(":")[0] ?? "";
  const covering = new Set([action, "*", `${service}:*`]);
  return (
    statement.effect === "Deny" &&
    !statement.hasNotPrincipal &&
    statement.notActions.length === 0 &&
    statement.notResources.length === 0 &&
    statement.principals.some(isAnybody) &&
    statement.actions.some((one) => covering.has(one)) &&
    coversWhole(statement.resources, service)
  );
}

/** A bucket is two resources: itself and what is in it. A queue or topic is one. */
function coversWhole(resources: readonly string[], service: string): boolean {
  if (resources.includes("*")) return true;
  if (service !== "s3") return resources.length > 0;
  const inside = resources.filter((one) => one.endsWith("/*")).map((one) => one.slice(0, -2));
  return (
    inside.some((bucket) => resources.includes(bucket)) || resources.some((one) => /:::[^/]+\*$/.test(one))
  );
}
