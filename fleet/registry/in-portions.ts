import type { Change } from "./model.ts";
import type { FleetRegistry } from "./registry.ts";

/**
 * Changes that belong to no certificate, in portions that the registry takes. Each portion is written or none of it; where
 * one fails, the ones before it stay: repeat all.
 */
export async function recordInPortions(
  registry: Pick<FleetRegistry, "record" | "mostChanges">,
  changes: readonly Change[],
): Promise<void> {
  const { mostChanges = changes.length } = registry;
  for (let from = 0; from < changes.length; from += mostChanges)
    await registry.record(changes.slice(from, from + mostChanges));
}
