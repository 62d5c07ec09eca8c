/** Which lake and which zone of it a bucket belongs to, and what its policy denies. */
import { ancestorOf } from "../../../../kit/ancestors.ts";
import type { Context } from "../../../../kit/context.ts";
import { type Statement, isAnybody } from "../../../../kit/statements.ts";
import type { Denied } from "../../../../kit/transport-denial.ts";
import type { View } from "../../../../kit/view.ts";

const lakeType = "fieldlake:aws:EncryptedLake";
/** What the lake was told. */
export const lakeOf = (view: View, context: Context): View | null => ancestorOf(view, context, lakeType);
export const zoneOf = (view: View): string =>
  /-(raw|curated|quarantine)(-|$)/.exec(view.resource.name)?.[1] ?? "";
/** Of an action on every object of the bucket, for everybody, under exactly these conditions: others would let some through. */
export const denies =
  (...conditions: readonly (readonly [operator: string, key: string, value: RegExp])[]) =>
  (statement: Statement, { action, arn }: Denied): boolean =>
    statement.effect === "Deny" &&
    !statement.hasNotPrincipal &&
    statement.principals.some(isAnybody) &&
    statement.actions.includes(action) &&
    statement.resources.some(
      (one) => one === "*" || (arn === null ? one.endsWith("/*") : one === `${arn}/*`),
    ) &&
    statement.conditions.length === conditions.length &&
    conditions.every(([operator, name, value]) =>
      statement.conditions.some(
        (one) =>
          one.operator === operator && one.key === name && one.values.every((text) => value.test(text)),
      ),
    );
