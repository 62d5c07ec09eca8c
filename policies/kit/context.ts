/** What a rule may ask beyond its own resource. */
import type { Graph, Resource } from "./graph.ts";
import type { Settings } from "./settings.ts";
import { View } from "./view.ts";

export class Context {
  readonly graph: Graph;
  readonly settings: Settings;
  /** Day of the judgement, `YYYY-MM-DD`, UTC. */
  readonly today: string;
  #accounts: ReadonlySet<string> | undefined;
  readonly #views = new Map<Resource, View>();

  constructor(graph: Graph, settings: Settings, today: string) {
    this.graph = graph;
    this.settings = settings;
    this.today = today;
  }

  view(resource: Resource): View {
    let view = this.#views.get(resource);
    if (view === undefined) this.#views.set(resource, (view = View.of(resource)));
    return view;
  }

  /**
   * Made by a component of Fieldlake, or what several of its components share: a key, a vault, a broker, a workspace.
   * What those components promise beyond what can be asked of everybody is held against them.
   */
  isOurs(resource: Resource): boolean {
    return (
      isBelowComponent(resource) ||
      this.#isShared(resource) ||
      (resource.type.startsWith("azure-native:") && this.#isBesideShared(resource)) ||
      this.#isBelowShared(resource)
    );
  }

  /** What was made for a shared resource: the log of a vault. */
  #isBelowShared({ parent }: Resource): boolean {
    const above = parent === null ? undefined : this.graph.byUrn(parent);
    return above !== undefined && !/:(ResourceGroup|Stack)$/.test(above.type) && this.isOurs(above);
  }

  #isShared(resource: Resource): boolean {
    return (
      /^(aws:kms\/key:|azure-native:)/.test(resource.type) &&
      this.graph.dependents(resource).some(isBelowComponent)
    );
  }

  /** Directly in the resource group that the components are in. */
  #isBesideShared({ parent }: Resource): boolean {
    const above = parent === null ? undefined : this.graph.byUrn(parent);
    return above?.type === "azure-native:resources:ResourceGroup" && this.#isShared(above);
  }

  /** Made by a component of Fieldlake that was told not to protect what it keeps: a development stack. */
  isUnprotected(resource: Resource): boolean {
    for (let parent = resource.parent; parent !== null;) {
      const above = this.graph.byUrn(parent);
      if (above?.type.startsWith("fieldlake:") === true) {
        const { protect } = above.inputs;
        // A component that is not told is as its stack: all or none are protected.
        return protect === false || (protect === undefined && this.#isUnprotectedStack);
      }
      parent = above?.parent ?? null;
    }
    return false;
  }

  get #isUnprotectedStack(): boolean {
    return this.graph.resources.some(
      ({ type, inputs }) => type.startsWith("fieldlake:") && inputs["protect"] === false,
    );
  }

  /** AWS accounts that resources of this stack are in: empty where nothing has been made yet. */
  get accounts(): ReadonlySet<string> {
    this.#accounts ??= new Set(
      this.graph.resources.flatMap(({ isExternal, outputs: { arn } }) => {
        const account = isExternal || typeof arn !== "string" ? undefined : accountOf(arn);
        return account === undefined ? [] : [account];
      }),
    );
    return this.#accounts;
  }

  ofTypes(types: readonly string[]): readonly View[] {
    return this.graph.ofTypes(types).map((resource) => this.view(resource));
  }
}

/** A resource's URN has the types of its parents. */
const isBelowComponent = ({ urn }: Resource): boolean => /::fieldlake:\w+:\w+\$/.test(urn);

/** The account in an ARN: twelve digits in the fifth place. */
export const accountOf = (arn: string): string | undefined =>
  /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1];
