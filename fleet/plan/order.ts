/** One order of the same resources whatever the engine's was: it registers in parallel, and lists what it happens on. */
import type { PlannedResource } from "./resources.ts";

/** What a resource names stands before it, as the engine wants it in a state; among equals the URN decides. */
export function inOrder(resources: readonly PlannedResource[]): PlannedResource[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const placed = new Map<string, PlannedResource>();
  const place = (urn: string, above: ReadonlySet<string>): void => {
    const resource = byUrn.get(urn);
    // A circle is the engine's to refuse.
    if (resource === undefined || placed.has(urn) || above.has(urn)) return;
    const below = new Set(above).add(urn);
    for (const named of namedBy(resource)) place(named, below);
    placed.set(urn, withSortedLists(resource));
  };
  for (const urn of [...byUrn.keys()].toSorted()) place(urn, new Set());
  return [...placed.values()];
}

/** A reference to a provider is its URN, `::` and its id. */
const namedBy = ({
  parent,
  provider,
  dependencies = [],
  propertyDependencies = {},
}: PlannedResource): string[] => [
  ...(parent === undefined ? [] : [parent]),
  ...(provider === undefined ? [] : [provider.split("::").slice(0, -1).join("::")]),
  ...[...dependencies, ...Object.values(propertyDependencies).flatMap((urns) => urns ?? [])].toSorted(),
];

function withSortedLists(resource: PlannedResource): PlannedResource {
  const { dependencies, propertyDependencies } = resource;
  return {
    ...resource,
    ...(dependencies === undefined ? {} : { dependencies: dependencies.toSorted() }),
    ...(propertyDependencies === undefined
      ? {}
      : {
          propertyDependencies: Object.fromEntries(
            Object.entries(propertyDependencies).map(([property, urns]) => [
              property,
              urns?.toSorted() ?? null,
            ]),
          ),
        }),
  };
}
