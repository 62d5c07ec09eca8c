/** Who asks: the owner of the environment, or a program with a token that is good for something. */
import type { Context } from "hono";
import type { DeviceFilter } from "../access/device-filter.ts";
import type { Scope } from "../access/scopes.ts";
import type { Operation } from "./contract/operations.ts";
import { problem } from "./problem.ts";

export interface Asker {
  /** Of the token; null for the owner. */
  readonly tokenId: string | null;
  readonly scopes: readonly Scope[] | "all";
  readonly devices: DeviceFilter;
}

/** What a request carries once it is known who asks. */
export type AskerVariables = { Variables: { asker: Asker } };

export const owner: Asker = { tokenId: null, scopes: "all", devices: null };

/** Why the asker may not; null where it may. */
export function refusal(
  context: Context,
  { scopes, devices }: Asker,
  { scope, whole, path }: Operation,
): Response | null {
  if (scopes !== "all" && !scopes.includes(scope)) {
    const detail = `${path} needs a token with the scope ${scope}; this one has ${scopes.join(", ")}`;
    return problem(context, 403, "scope", detail);
  }
  if (whole === true && devices !== null) {
    const detail = `${path} tells of the whole environment; this token is for ${devices.join(", ")}`;
    return problem(context, 403, "devices", detail);
  }
  return null;
}
