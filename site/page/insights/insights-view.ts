/** What the declared insights found, newest first, each with what it rests on. */
import type { Insights } from "../../console/api.ts";
import { ask } from "../lib/api.ts";
import type { PageContext, View } from "../lib/context.ts";
import { element, replace, setText } from "../lib/dom.ts";
import { counted } from "../lib/format.ts";
import type { Watch } from "../lib/live.ts";
import { Notice, panel } from "../lib/panel.ts";
import { segmented, type Choice } from "../lib/segmented.ts";
import { insightEntry } from "./insight-entry.ts";

const intervalMs = 10_000;
const shownInsights = 200;

type Kind = "all" | Insights["insights"][number]["kind"];

const kinds: readonly Choice<Kind>[] = [
  { value: "all", label: "All", name: "of every kind" },
  { value: "anomaly", label: "Anomalies", name: "what stands out of a series' own past" },
  { value: "limit", label: "Limits", name: "stretches beyond a limit" },
  { value: "gap", label: "Gaps", name: "stretches without a value" },
  { value: "late", label: "Late", name: "series that are silent now" },
  { value: "forecast", label: "Forecasts", name: "the values that come next" },
  { value: "remaining-time", label: "Remaining", name: "how long until a limit is passed" },
];

export function insightsView({ live, router }: PageContext): View {
  let watch: Watch | null = null;
  let kind: Kind = "all";
  let shown = "";
  const notice = new Notice();
  const list = element("ul", { class: "insights" });
  const filter = segmented("Insights shown", kinds, (value) =>
    router.go("insights", new URLSearchParams({ kind: value })),
  );
  const made = panel(
    { title: "Insights", name: "insights", actions: [filter.element] },
    element("div", { class: "scroller", attributes: { tabindex: -1 } }, list),
    notice.element,
  );

  const render = (answer: Insights, of: string): void => {
    // Most rounds bring nothing new: what somebody has opened then stays open.
    const received = JSON.stringify(answer);
    if (received === shown) return;
    shown = received;
    const files = Map.groupBy(answer.evidence, ({ evidence }) => evidence);
    replace(list, ...answer.insights.map((one) => insightEntry(one, files.get(one.evidence) ?? [])));
    setText(made.note, `${counted(answer.insights.length, "insight")}${of}`);
    if (answer.insights.length > 0) notice.hide();
    else
      notice.show(
        "Nothing found",
        "What fieldlake:insights declares has found nothing so far. Roll-ups are tables: rollups_1m, rollups_1h, rollups_1d.",
      );
  };

  return {
    element: element("div", { class: "view insights-view" }, made.element),
    show({ parameters }) {
      const wanted = parameters.get("kind");
      kind = kinds.find(({ value }) => value === wanted)?.value ?? "all";
      // Where words led here; any of the buttons shows the others again.
      const narrowed = Object.fromEntries(
        ["insight", "device"].flatMap((name) => {
          const value = parameters.get(name);
          return value === null ? [] : [[name, value]];
        }),
      );
      const of = Object.values(narrowed)
        .map((value) => `, ${value}`)
        .join("");
      shown = "";
      filter.select(kind);
      watch?.stop();
      watch = live.watch(intervalMs, async (signal) => {
        try {
          const asked = { ...(kind === "all" ? {} : { kind }), ...narrowed, limit: shownInsights };
          render(await ask<Insights>("insights", asked, signal), of);
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
