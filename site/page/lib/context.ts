/** What every view is handed, and what it must be able to do. */
import type { Live } from "./live.ts";
import type { Route, Router } from "./route.ts";
import type { SummaryStore } from "./summary.ts";

export interface PageContext {
  readonly live: Live;
  readonly router: Router;
  readonly summary: SummaryStore;
}

export interface View {
  readonly element: HTMLElement;
  /** The view is on screen, with this state; called again when the state changes. */
  show(route: Route): void;
  /** It no longer is: whatever it watches stops. */
  hide(): void;
}
