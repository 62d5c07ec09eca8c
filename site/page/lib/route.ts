/** The view and its state live in the address behind #: a reload, a bookmark or a shared link shows the same. */

export const views = [
  "fleet",
  "alarms",
  "insights",
  "models",
  "quarantine",
  "upload",
  "lake",
  "environment",
  "sql",
] as const;
export type ViewName = (typeof views)[number];

export interface Route {
  readonly view: ViewName;
  readonly parameters: URLSearchParams;
}

/** `#/sql?q=SELECT+1`; anything else is the first view. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  return { view: views.find((view) => view === path) ?? "fleet", parameters: new URLSearchParams(query) };
}

export function formatRoute(view: ViewName, parameters: URLSearchParams = new URLSearchParams()): string {
  return `#/${view}${parameters.size > 0 ? `?${parameters}` : ""}`;
}

export class Router {
  #current: Route;
  readonly #changed: (route: Route) => void;
  /** Where each view was left, so that its tab leads back there. */
  readonly #left = new Map<ViewName, string>();

  constructor(changed: (route: Route) => void) {
    this.#changed = changed;
    this.#current = parseRoute(location.hash);
    addEventListener("hashchange", () => this.#follow());
  }

  get current(): Route {
    return this.#current;
  }

  start(): void {
    this.#follow();
  }

  /** The address of a view as it was left. */
  addressOf(view: ViewName): string {
    return this.#left.get(view) ?? formatRoute(view);
  }

  go(view: ViewName, parameters?: URLSearchParams): void {
    const hash = formatRoute(view, parameters);
    if (hash === location.hash) return;
    history.pushState(null, "", hash);
    this.#follow();
  }

  /** State that is no step of its own: the back button leads past it. Nobody is told. */
  note(parameters: URLSearchParams): void {
    const hash = formatRoute(this.#current.view, parameters);
    history.replaceState(null, "", hash);
    this.#current = parseRoute(hash);
    this.#left.set(this.#current.view, hash);
  }

  #follow(): void {
    this.#current = parseRoute(location.hash);
    this.#left.set(this.#current.view, formatRoute(this.#current.view, this.#current.parameters));
    this.#changed(this.#current);
  }
}
