/** Whether services of an environment are reached through a network of its own. */
import type { Context } from "../../../../kit/context.ts";
import type { View } from "../../../../kit/view.ts";

/** What {@link privateNetworks} reads beyond the resource that is judged. */
export const networkTypes = ["azure-native:network:VirtualNetwork", "azure-native:network:Subnet"] as const;
const [network, subnet] = networkTypes;

/**
 * Networks of a private environment. One all of whose subnets functions have for themselves (delegated) has no place for a
 * private endpoint: it is the way of functions to a vault, in an environment that is a public one.
 */
export function privateNetworks(context: Context): readonly View[] {
  const subnets = context.ofTypes([subnet]);
  const isWayOut = subnets.length > 0 && subnets.every((one) => one.items("delegations").length > 0);
  return isWayOut ? [] : context.ofTypes([network]);
}
