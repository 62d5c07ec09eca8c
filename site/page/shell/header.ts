/** Environment, views, connection and theme: the bar at the top. */
import type { PageContext } from "../lib/context.ts";
import { element, replace, setAttribute, setText } from "../lib/dom.ts";
import { formatShortCount } from "../lib/format.ts";
import { mark } from "../lib/icons.ts";
import type { ConnectionState } from "../lib/live.ts";
import { views, type ViewName } from "../lib/route.ts";
import { searchBox } from "./search-box.ts";
import { themeToggle } from "./theme-toggle.ts";

export const viewTitles: Readonly<Record<ViewName, string>> = {
  fleet: "Fleet",
  alarms: "Alarms",
  insights: "Insights",
  models: "Models",
  quarantine: "Quarantine",
  upload: "Upload",
  lake: "Lake",
  environment: "Environment",
  sql: "SQL",
};

const stateTexts: Readonly<Record<ConnectionState, string>> = {
  connecting: "Connecting",
  live: "Live",
  lost: "Offline",
  denied: "No access",
};

export interface Header {
  /** Marks the view and refreshes the addresses that the tabs lead to. */
  select(view: ViewName): void;
}

export function buildHeader(bar: HTMLElement, context: PageContext): Header {
  const { live, router, summary } = context;
  const environment = element("h1", { class: "environment" }, "Fieldlake");
  const target = element("span", { class: "tag", attributes: { hidden: true } });
  const quarantined = element("span", { class: "badge", attributes: { hidden: true } });
  const alarming = element("span", { class: "badge", attributes: { hidden: true } });
  const badges: Partial<Record<ViewName, HTMLElement>> = { alarms: alarming, quarantine: quarantined };
  const tabs = new Map(
    views.map((view) => [view, element("a", { class: "tab" }, viewTitles[view], badges[view])]),
  );
  const stateText = element("span", {}, stateTexts.connecting);
  const state = element(
    "p",
    { class: "connection", attributes: { "data-state": "connecting" } },
    element("span", { class: "pulse", attributes: { "aria-hidden": "true" } }),
    stateText,
  );
  replace(
    bar,
    element("div", { class: "brand" }, mark(), environment, target),
    element("nav", { class: "tabs", attributes: { "aria-label": "Views" } }, ...tabs.values()),
    searchBox(context),
    element("div", { class: "bar-end" }, state, themeToggle()),
  );
  let selected: ViewName = "fleet";
  const nameDocument = (): void => {
    document.title = `${viewTitles[selected]} · ${summary.latest?.environment ?? "…"} · Fieldlake`;
  };
  live.onChange(() => {
    setText(stateText, stateTexts[live.state]);
    setAttribute(state, "data-state", live.state);
  });
  summary.onChange(({ environment: name, target: where, pipeline, alarms }) => {
    setText(environment, name);
    setText(target, where);
    target.hidden = false;
    setText(quarantined, formatShortCount(pipeline.quarantined));
    setAttribute(quarantined, "aria-label", `${pipeline.quarantined} messages`);
    quarantined.hidden = pipeline.quarantined === 0;
    setText(alarming, formatShortCount(alarms));
    setAttribute(alarming, "aria-label", `${alarms} not acknowledged`);
    alarming.hidden = alarms === 0;
    nameDocument();
  });
  return {
    select(view) {
      for (const [name, tab] of tabs) {
        setAttribute(tab, "href", router.addressOf(name));
        setAttribute(tab, "aria-current", name === view ? "page" : null);
      }
      selected = view;
      nameDocument();
      reveal(tabs.get(view));
    },
  };
}

/** On narrow screens the tabs scroll. `scrollIntoView` would have the next Tab go on from there. */
function reveal(tab: HTMLElement | undefined): void {
  const row = tab?.parentElement;
  if (tab === undefined || row === null || row === undefined) return;
  const [inner, outer] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
  if (inner.left < outer.left) row.scrollLeft -= outer.left - inner.left;
  else if (inner.right > outer.right) row.scrollLeft += inner.right - outer.right;
}
