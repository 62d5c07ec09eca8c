/** Which rights are about what devices sent. */
import type { Context } from "../../../../kit/context.ts";
import type { View } from "../../../../kit/view.ts";

export const storageAccount = "azure-native:storage:StorageAccount";

/** Before the account is there its container is known only by what it is computed from. */
export function isInRawZone(view: View, { graph }: Context): boolean {
  const scope = view.value("scope");
  if (typeof scope === "string") return /\/containers\/raw$/.test(scope);
  return graph.behind(view.resource, "scope", [storageAccount]).some(({ name }) => name.endsWith("raw"));
}
