/** A stack's resources and what refers to what, from whichever source: a running deployment, a plan, exported state. */
import { identifiersOf, lookups, mayMean, means } from "./names.ts";
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

/** What a property of a resource refers to. */
interface Reference {
  readonly found: readonly Resource[];
  /** The value is not known yet, and nothing tells what it is made of. */
  readonly isOpen: boolean;
}

/** Who refers to whom by one property of one type. */
interface Backward {
  readonly referrers: ReadonlyMap<Resource, readonly Resource[]>;
  /** What references that are not known yet are made of; nothing where that is not known either. */
  readonly open: readonly (readonly Resource[])[];
  /** Resources whose name is used, where it is not known yet whether they are meant. */
  readonly possible: ReadonlySet<Resource>;
  /** Texts that name nothing of the stack. */
  readonly strange: readonly string[];
}

export class Graph {
  readonly resources: readonly Resource[];
  /** Only some resources are here, as while a deployment is under way: what is not found may still be. */
  readonly isPartial: boolean;
  /** What is secret is marked. The SDK of policies hands secrets over as plain text (`@pulumi/policy`, deserialize.js). */
  readonly showsSecrets: boolean;
  readonly #byUrn: ReadonlyMap<string, Resource>;
  readonly #byType = new Map<string, Resource[]>();
  readonly #byIdentifier = new Map<string, Resource[]>();
  readonly #backward = new Map<string, Backward>();
  #dependents: ReadonlyMap<string, readonly Resource[]> | undefined;

  constructor(resources: readonly Resource[], { isPartial = false, showsSecrets = true } = {}) {
    this.resources = resources;
    this.isPartial = isPartial;
    this.showsSecrets = showsSecrets;
    this.#byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    for (const resource of resources) {
      push(this.#byType, resource.type, resource);
      for (const name of identifiersOf(resource)) push(this.#byIdentifier, name, resource);
    }
  }

  /** Types by token, or by pattern: `*` stands for any text, `(a|b)` for one of some. */
  ofTypes(types: readonly string[]): readonly Resource[] {
    return types.flatMap((type) =>
      type.includes("*") ? this.#ofPattern(type) : (this.#byType.get(type) ?? []),
    );
  }

  #ofPattern(pattern: string): readonly Resource[] {
    const expression = new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
    return [...this.#byType].flatMap(([type, resources]) => (expression.test(type) ? resources : []));
  }

  byUrn(urn: string): Resource | undefined {
    return this.#byUrn.get(urn);
  }

  /** Resources of the types that a known identifier (ARN, id, name, URI) names. */
  named(identifier: string, types: readonly string[]): readonly Resource[] {
    return this.#identified(identifier).filter(({ type }) => types.includes(type));
  }

  /** Whether any resource of the stack is named so. */
  knows(identifier: string): boolean {
    return this.#identified(identifier).length > 0;
  }

  #identified(identifier: string): readonly Resource[] {
    return lookups(identifier).flatMap((one) => this.#byIdentifier.get(one) ?? []);
  }

  /** Resources that a text in a resource means, and those that it may mean. */
  #meant(
    from: Resource,
    text: string,
  ): { readonly sure: readonly Resource[]; readonly unsure: readonly Resource[] } {
    const named = this.#identified(text).map((target) => ({
      target,
      isMeant: means(from, text, target, (urn) => this.#byUrn.get(urn)),
    }));
    const of = (answer: boolean | null) =>
      named.filter(({ isMeant }) => isMeant === answer).map(({ target }) => target);
    return { sure: of(true), unsure: of(null) };
  }

  /** What a top-level property was computed from. */
  behind(resource: Resource, property: string, types: readonly string[]): readonly Resource[] {
    return (resource.propertyDependencies[property] ?? [])
      .flatMap((urn) => this.#byUrn.get(urn) ?? [])
      .filter(({ type }) => types.includes(type));
  }

  /** The resources of the types that a property refers to. A known value that no resource of the stack has gives none. */
  referred(
    resource: Resource,
    path: string,
    types: readonly string[],
    value: Value = valueAt(resource.inputs, path),
  ): Reference {
    if (typeof value === "string") {
      const { sure, unsure } = this.#meant(resource, value);
      const found = sure.filter(({ type }) => types.includes(type));
      const isPossible = () =>
        unsure.some(({ type }) => types.includes(type)) ||
        this.ofTypes(types).some((target) => mayMean(value, target));
      return { found, isOpen: found.length === 0 && (this.isPartial || isPossible()) };
    }
    if (value !== unknown) return { found: [], isOpen: false };
    const found = this.behind(resource, topLevel(path), types);
    return { found, isOpen: found.length === 0 };
  }

  /** Resources of a type whose property refers to the given one: the encryption of a bucket, the policy of a queue. */
  referring(to: Resource, types: readonly string[], path: string): Reference {
    const indexes = types.map((type) => this.#backwardOf(type, path));
    return {
      found: indexes.flatMap(({ referrers }) => referrers.get(to) ?? []),
      isOpen:
        this.isPartial ||
        indexes.some(
          ({ open, possible, strange }) =>
            open.some((made) => this.#mayLeadTo(made, to, topLevel(path))) ||
            possible.has(to) ||
            strange.some((text) => mayMean(text, to)),
        ),
    };
  }

  /**
   * A reference that is not known may still be to a resource that it was not computed from: handed on by another one that
   * has it under the same name (`bucket: versioning.bucket`), or put together from what the resource's own name is.
   */
  #mayLeadTo(made: readonly Resource[], to: Resource, property: string): boolean {
    if (made.length === 0) return true;
    if (made.includes(to)) return false;
    return made.some((one) => this.#handsOn(one, to, property, 3) || isNamedAfter(to, one));
  }

  #handsOn(one: Resource, to: Resource, property: string, steps: number): boolean {
    const behind = one.propertyDependencies[property] ?? [];
    if (behind.includes(to.urn)) return true;
    return (
      steps > 0 &&
      behind.some((urn) => {
        const above = this.#byUrn.get(urn);
        return above !== undefined && this.#handsOn(above, to, property, steps - 1);
      })
    );
  }

  /** Everything that was computed from the resource. */
  dependents(of: Resource): readonly Resource[] {
    this.#dependents ??= backwards(this.resources);
    return this.#dependents.get(of.urn) ?? [];
  }

  #backwardOf(type: string, path: string): Backward {
    const key = `${type} ${path}`;
    let index = this.#backward.get(key);
    if (index === undefined) this.#backward.set(key, (index = this.#makeBackward(type, path)));
    return index;
  }

  #makeBackward(type: string, path: string): Backward {
    const referrers = new Map<Resource, Resource[]>();
    const possible = new Set<Resource>();
    const open: (readonly Resource[])[] = [];
    const strange: string[] = [];
    for (const candidate of this.ofTypes([type])) {
      const value = valueAt(candidate.inputs, path);
      if (typeof value === "string") {
        const { sure, unsure } = this.#meant(candidate, value);
        for (const target of sure) push(referrers, target, candidate);
        for (const target of unsure) possible.add(target);
        if (sure.length === 0) strange.push(value);
      } else if (value === unknown) {
        const urns = candidate.propertyDependencies[topLevel(path)] ?? [];
        const made = urns.flatMap((urn) => this.#byUrn.get(urn) ?? []);
        for (const target of made) push(referrers, target, candidate);
        open.push(made);
      }
    }
    return { referrers, open, possible, strange };
  }
}

const isNamedAfter = (resource: Resource, one: Resource): boolean =>
  Object.entries(resource.propertyDependencies).some(
    ([property, urns]) => /(^bucket|name)$/i.test(property) && urns.includes(one.urn),
  );

function backwards(resources: readonly Resource[]): Map<string, Resource[]> {
  const dependents = new Map<string, Resource[]>();
  for (const resource of resources) {
    const urns = new Set([...resource.dependencies, ...Object.values(resource.propertyDependencies).flat()]);
    for (const urn of urns) push(dependents, urn, resource);
  }
  return dependents;
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
