/** A graph from what `pulumi stack export` prints: no program, no provider, no credentials. */
import { Graph, type Resource } from "../kit/graph.ts";
import { canonicalType } from "../kit/types.ts";
import { toProperties } from "../kit/value.ts";

/** A resource of `deployment.resources`, as far as it is read. */
export interface StateResource {
  readonly urn: string;
  readonly type?: string;
  readonly custom?: boolean;
  readonly id?: string;
  readonly inputs?: unknown;
  readonly outputs?: unknown;
  readonly parent?: string;
  readonly provider?: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly external?: boolean;
  readonly delete?: boolean;
  readonly ignoreChanges?: readonly string[];
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
}

export class StateError extends Error {
  override readonly name = "StateError";
}

/** Throws {@link StateError} where the text is no exported deployment. */
export function graphOfState(text: string, file: string): Graph {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new StateError(
      `${file}: not JSON (${(error as Error).message}); expected what \`pulumi stack export\` prints`,
      { cause: error },
    );
  }
  const resources = (parsed as { deployment?: { resources?: unknown } } | null)?.deployment?.resources;
  if (!Array.isArray(resources)) {
    throw new StateError(
      `${file}: has no deployment.resources; expected what \`pulumi stack export\` prints`,
    );
  }
  return graphOf(resources as readonly StateResource[]);
}

export function graphOf(resources: readonly StateResource[]): Graph {
  return new Graph(resources.filter((resource) => resource.delete !== true).map(toResource));
}

export function toResource(resource: StateResource): Resource {
  const { urn, inputs, outputs, id, parent, provider } = resource;
  const token = resource.type ?? typeInUrn(urn);
  return {
    urn,
    type: canonicalType(token),
    token,
    name: urn.split("::").at(-1) ?? urn,
    inputs: toProperties(inputs),
    outputs: toProperties(outputs),
    id: id ?? null,
    parent: parent ?? null,
    provider: provider?.split("::").slice(0, -1).join("::") ?? null,
    isProtected: resource.protect === true,
    isRetained: resource.retainOnDelete === true,
    isExternal: resource.external === true,
    ignoredChanges: resource.ignoreChanges ?? [],
    dependencies: resource.dependencies ?? [],
    propertyDependencies: Object.fromEntries(
      Object.entries(resource.propertyDependencies ?? {}).map(([key, urns]) => [key, urns ?? []]),
    ),
  };
}

const typeInUrn = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";
