import type { Resource } from "@pulumi/pulumi";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import { refuse } from "./validate.ts";

/** The bundles of these roles, in their order. Throws for all that are missing at once. */
export function bundlesOf<Role extends string>(
  functions: Readonly<Partial<Record<Role, FunctionBundle>>>,
  roles: readonly Role[],
  resource: Resource,
): FunctionBundle[] {
  refuse(
    roles
      .filter((role) => functions[role] === undefined)
      .map((role) => `functions.${role}: received nothing; allowed: a bundle of functions/build.ts`),
    resource,
  );
  return roles.map((role) => functions[role] as FunctionBundle);
}
