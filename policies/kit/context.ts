/** What a rule may ask beyond its own resource. */
import type { Graph, Resource } from "./graph.ts";
import type { Settings } from "./settings.ts";
import { View } from "./view.ts";

export class Context {
  readonly graph: Graph;
  readonly settings: Settings;
  /** Day of the judgement, `YYYY-MM-DD`, UTC. */
  readonly today: string;
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

  ofTypes(types: readonly string[]): readonly View[] {
    return this.graph.ofTypes(types).map((resource) => this.view(resource));
  }
}
