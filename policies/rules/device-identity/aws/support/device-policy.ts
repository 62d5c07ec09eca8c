/** What in a policy is too wide for a device. */
import { isOfClaim } from "./claim-policy.ts";
import { type Statement, conditionOf, hasAction } from "../../../../kit/statements.ts";

/** A whole level: with more behind it, one device's name could be the beginning of another's. */
const own = /[/]\$\{iot:Connection\.Thing\.ThingName\}(\/|$)/;
/** What is wrong with a statement of a device's policy, or null. */
export function wrongForDevices(statement: Statement): string | null {
  if (statement.effect !== "Allow") return null;
  if (statement.notActions.length > 0 || statement.notResources.length > 0)
    return "an Allow by exception (NotAction or NotResource)";
  const wide = statement.actions.find((action) => action.includes("*") || action.includes("?"));
  if (wide !== undefined) return `an Allow of ${wide}`;
  if (isOfClaim(statement)) return null;
  const open = statement.resources.find((resource) => !isBound(resource, statement));
  if (open !== undefined) return `an Allow on ${open}, which is not bound to the device`;
  if (hasAction(statement, "iot:Connect") && !isForAttached(statement))
    return "an Allow to connect without iot:Connection.Thing.IsAttached";
  return null;
}
/** A device's own name is in it as a whole level; a role alias is nobody's and judged by its role. */
function isBound(resource: string, { actions }: Statement): boolean {
  if (actions.every((action) => /^iot:AssumeRoleWithCertificate$/i.test(action)))
    return /:rolealias\/[^*?]+$/.test(resource);
  const path = resource.split(":").slice(5).join(":");
  const before = path.split("${")[0] ?? "";
  return own.test(resource) && !/[*?#+]/.test(before);
}
const isForAttached = (statement: Statement): boolean =>
  conditionOf(statement, "iot:Connection.Thing.IsAttached").some(
    ({ operator, values }) =>
      operator === "Bool" && values.length > 0 && values.every((value) => value.toLowerCase() === "true"),
  );
