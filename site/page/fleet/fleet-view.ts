/** The first view: who is there, what arrives, how it looks over time, what came last. */
import type { PageContext, View } from "../lib/context.ts";
import { element } from "../lib/dom.ts";
import { plotPanel } from "../plot/plot-panel.ts";
import { fleetRail } from "./fleet-rail.ts";
import { keyFigures } from "./key-figures.ts";
import { latestPanel } from "./latest-panel.ts";
import { ratePanel } from "./rate-panel.ts";

export function fleetView(context: PageContext): View {
  const rail = fleetRail(context);
  const rate = ratePanel(context);
  const plot = plotPanel(context);
  const latest = latestPanel(context);
  const view = element(
    "div",
    { class: "view fleet-view" },
    keyFigures(context),
    rail.element,
    rate.element,
    plot.element,
    latest.element,
  );
  const parts = [rail, rate, plot, latest];
  // The plot chose a device because none was asked for.
  view.addEventListener("device", () => rail.show(context.router.current));
  return {
    element: view,
    show: (route) => parts.forEach((part) => part.show(route)),
    hide: () => parts.forEach((part) => part.hide()),
  };
}
