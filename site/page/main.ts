/** Puts the page together: one bar, one view at a time. */
import "uplot/dist/uPlot.min.css";
import "./styles/page.css";
import type { PageContext, View } from "./lib/context.ts";
import { byId } from "./lib/dom.ts";
import { Live } from "./lib/live.ts";
import { Router, type ViewName } from "./lib/route.ts";
import { SummaryStore } from "./lib/summary.ts";
import { alarmsView } from "./alarms/alarms-view.ts";
import { fleetView } from "./fleet/fleet-view.ts";
import { insightsView } from "./insights/insights-view.ts";
import { modelsView } from "./models/models-view.ts";
import { quarantineView } from "./quarantine/quarantine-view.ts";
import { watchConnection } from "./shell/banner.ts";
import { buildHeader } from "./shell/header.ts";
import { sqlView } from "./sql/sql-view.ts";
import { environmentView } from "./stored/environment-view.ts";
import { lakeView } from "./stored/lake-view.ts";
import { uploadView } from "./upload/upload-view.ts";

const builders: Readonly<Record<ViewName, (context: PageContext) => View>> = {
  fleet: fleetView,
  alarms: alarmsView,
  insights: insightsView,
  models: modelsView,
  quarantine: quarantineView,
  upload: uploadView,
  lake: lakeView,
  environment: environmentView,
  sql: sqlView,
};

const main = byId("main");
const live = new Live();
const summary = new SummaryStore();
const built = new Map<ViewName, View>();
let shown: View | null = null;

const router = new Router((route) => {
  const view = built.get(route.view) ?? builders[route.view](context);
  built.set(route.view, view);
  if (view !== shown) {
    shown?.hide();
    main.replaceChildren(view.element);
    shown = view;
  }
  view.show(route);
  header.select(route.view);
});
const context: PageContext = { live, router, summary };
const header = buildHeader(byId("bar"), context);
watchConnection(byId("banner"), context);

byId("skip").addEventListener("click", (event) => {
  // The part of the address behind # is the view's.
  event.preventDefault();
  main.focus();
});

summary.start(live);
router.start();
