/** The newest value of every series: searchable, sortable, each a click away from its plot. */
import type { Latest, LatestOrder, LatestRow } from "../../console/api.ts";
import { ask } from "../lib/api.ts";
import type { PageContext, View } from "../lib/context.ts";
import { element, reconcile, setAttribute, setText } from "../lib/dom.ts";
import { formatCount } from "../lib/format.ts";
import type { Watch } from "../lib/live.ts";
import { Notice, panel } from "../lib/panel.ts";
import { searchField } from "../lib/search-field.ts";
import { keyOf } from "../plot/metric-key.ts";
import { createLatest, updateLatest } from "./latest-row.ts";

const intervalMs = 3000;
const shownRows = 500;

const columns: readonly { order: LatestOrder; label: string; class?: string }[] = [
  { order: "device", label: "Device" },
  { order: "metric", label: "Metric" },
  { order: "value", label: "Value", class: "number" },
  { order: "time", label: "Time", class: "time" },
];

export function latestPanel({ live, router, summary }: PageContext): View {
  let watch: Watch | null = null;
  const sorting = { order: "device" as LatestOrder, descending: false };
  const notice = new Notice();
  const search = searchField("Search device or metric", () => watch?.refresh());
  const heads = columns.map(({ order, label, class: name }) =>
    element(
      "th",
      { ...(name === undefined ? {} : { class: name }), attributes: { scope: "col", role: "columnheader" } },
      element("button", { attributes: { type: "button" }, on: { click: () => sort(order) } }, label),
    ),
  );
  const body = element("tbody", { attributes: { role: "rowgroup" } });
  const more = element("p", { class: "more", attributes: { hidden: true } });
  const made = panel(
    { title: "Latest values", name: "latest", actions: [search.element] },
    element(
      "div",
      {
        class: "scroller",
        attributes: { tabindex: 0, role: "region", "aria-label": "Latest values, table" },
      },
      element(
        "table",
        { class: "table latest", attributes: { role: "table", "aria-label": "Latest values" } },
        element(
          "thead",
          { attributes: { role: "rowgroup" } },
          element("tr", { attributes: { role: "row" } }, ...heads),
        ),
        body,
      ),
      more,
    ),
    notice.element,
  );

  const sort = (order: LatestOrder): void => {
    sorting.descending = order === sorting.order ? !sorting.descending : order === "time";
    sorting.order = order;
    showSorting();
    watch?.refresh();
  };
  const showSorting = (): void => {
    heads.forEach((head, index) => {
      const isSorted = columns[index]?.order === sorting.order;
      setAttribute(head, "aria-sort", isSorted ? (sorting.descending ? "descending" : "ascending") : "none");
    });
  };
  const plot = ({ device, metric, sub }: LatestRow): void => {
    router.go("fleet", new URLSearchParams({ device, metric: keyOf({ metric, sub }) }));
  };
  const render = ({ rows, matching }: Latest): void => {
    const now = summary.now();
    reconcile(
      body,
      rows,
      ({ device, sub, metric }) => JSON.stringify([device, sub, metric]),
      (row) => createLatest(row, plot),
      (tr, row) => updateLatest(tr, row, now),
    );
    setText(made.note, matching === 0 ? "" : formatCount(matching));
    more.hidden = rows.length === matching;
    setText(more, `${formatCount(matching - rows.length)} more: narrow the search`);
    if (matching > 0) notice.hide();
    else if (search.value() !== "") notice.show("No value matches");
    else notice.show("No value yet", "Values appear here when the first message is decoded.");
  };
  showSorting();

  return {
    element: made.element,
    show() {
      watch ??= live.watch(intervalMs, async (signal) => {
        const asked = { search: search.value(), ...sorting, limit: shownRows };
        try {
          render(await ask<Latest>("latest", asked, signal));
        } catch (error) {
          notice.fail(error);
        }
      });
    },
    hide() {
      watch?.stop();
      watch = null;
    },
  };
}
