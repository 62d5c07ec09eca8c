/** A stack's resources and what refers to what, from whichever source: a running deployment, a plan, exported state. */
import { isAbsent, isArray, isObject, unknown, type Properties, type Value } from "./value.ts";

export interface Resource {
  readonly urn: string;
  /** In the form that `canonicalType` (types.ts) gives. */
  readonly type: string;
  /** As the program spelled it. */
  readonly token: string;
  readonly name: string;
  /** What the program asked for; a provider's own defaults do not show here. */
  readonly inputs: Properties;
  /** What the provider made of it; empty where nothing is known. */
  readonly outputs: Properties;
  readonly id: string | null;
  readonly parent: string | null;
  readonly provider: string | null;
  readonly isProtected: boolean;
  readonly isRetained: boolean;
  /** Not made by this stack: read with `get`, or imported as external. */
  readonly isExternal: boolean;
  readonly ignoredChanges: readonly string[];
  /** URNs. */
  readonly dependencies: readonly string[];
  /** URNs, by top-level property. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/** Outputs by which other resources name a resource. */
const identifiers = [
  "arn", "id", "keyId", "name", "bucket", "url", "endpoint", "vaultUri", "principalId", "clientId",
  "keyUri", "keyUriWithVersion", "functionName", "invokeArn", "qualifiedArn", "resourceId", "streamName",
] as const; // prettier-ignore

export class Graph {
  readonly resources: readonly Resource[];
  readonly #byUrn: ReadonlyMap<string, Resource>;
  readonly #byType = new Map<string, Resource[]>();
  readonly #byIdentifier = new Map<string, Resource[]>();

  constructor(resources: readonly Resource[]) {
    this.resources = resources;
    this.#byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    for (const resource of resources) {
      push(this.#byType, resource.type, resource);
      for (const name of identifiersOf(resource)) push(this.#byIdentifier, name, resource);
    }
  }

  ofTypes(types: readonly string[]): readonly Resource[] {
    return types.flatMap((type) => this.#byType.get(type) ?? []);
  }

  byUrn(urn: string): Resource | undefined {
    return this.#byUrn.get(urn);
  }

  /** Resources of the types that a known identifier (ARN, id, name, URI) names. */
  named(identifier: string, types: readonly string[]): readonly Resource[] {
    return (this.#byIdentifier.get(identifier.toLowerCase()) ?? []).filter(({ type }) =>
      types.includes(type),
    );
  }

  /** What a top-level property was computed from. */
  behind(resource: Resource, property: string, types: readonly string[]): readonly Resource[] {
    return (resource.propertyDependencies[property] ?? [])
      .flatMap((urn) => this.#byUrn.get(urn) ?? [])
      .filter(({ type }) => types.includes(type));
  }

  /**
   * The resources of the types that a property refers to. `isOpen`: the value is not known yet and nothing tells what
   * it is made of. A known value that no resource of the stack has gives none.
   */
  referred(
    resource: Resource,
    path: string,
    types: readonly string[],
    value: Value = valueAt(resource.inputs, path),
  ): { readonly found: readonly Resource[]; readonly isOpen: boolean } {
    if (typeof value === "string") return { found: this.named(value, types), isOpen: false };
    if (value !== unknown) return { found: [], isOpen: false };
    const found = this.behind(resource, topLevel(path), types);
    return { found, isOpen: found.length === 0 };
  }

  /** Resources of a type whose property refers to the given one: the encryption of a bucket, the policy of a queue. */
  referring(to: Resource, types: readonly string[], path: string): { found: Resource[]; isOpen: boolean } {
    const found: Resource[] = [];
    let isOpen = false;
    for (const candidate of this.ofTypes(types)) {
      const reference = this.referred(candidate, path, [to.type]);
      if (reference.found.includes(to)) found.push(candidate);
      else if (reference.isOpen) isOpen = true;
    }
    return { found, isOpen };
  }
}

function identifiersOf(resource: Resource): Set<string> {
  const values = [
    resource.id,
    ...identifiers.flatMap((name) => [resource.outputs[name], resource.inputs[name]]),
  ];
  return new Set(
    values
      .filter((value) => typeof value === "string" && value !== "")
      .map((value) => String(value).toLowerCase()),
  );
}

function push<Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void {
  const items = map.get(key);
  if (items === undefined) map.set(key, [item]);
  else items.push(item);
}

export const topLevel = (path: string): string => /^[^.[]+/.exec(path)?.[0] ?? path;

/** The value at a path (`a.b[0].c`); undefined where it is absent, unknown where something on the way is unknown. */
export function valueAt(value: Value, path: string): Value {
  let current = value;
  for (const step of path.match(/[^.[\]]+/g) ?? []) {
    if (current === unknown || typeof current === "symbol") return current;
    if (isArray(current)) current = current[Number(step)];
    else if (isObject(current)) current = Object.hasOwn(current, step) ? current[step] : undefined;
    else return undefined;
    if (isAbsent(current)) return current;
  }
  return current;
}
