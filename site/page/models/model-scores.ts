/** What a model told of each device lately: one stroke a window, newest on the right, and the last one in words. */
import type { Model } from "../../console/api.ts";
import { element } from "../lib/dom.ts";
import { formatRoute } from "../lib/route.ts";
import { formatAgo, formatClock } from "../lib/format.ts";

/** Colours of series there are. */
const colours = 6;
const colourOf = (index: number): string => String((index % colours) + 1);

export function modelScores({ name, labels, metrics, scores }: Model, now: number): HTMLElement {
  if (scores.length === 0)
    return element(
      "p",
      { class: "hint" },
      "No scores within the last day: nothing came in, or no window is whole.",
    );
  const legend = labels.map((label, index) =>
    element("li", {}, element("i", { attributes: { "data-series": colourOf(index) } }), label),
  );
  const rows = scores.map(({ device, recent }) => {
    const last = recent.at(-1);
    const metric = metrics.shares[labels.indexOf(last?.label ?? "")] ?? metrics.share;
    const told = labels
      .map((label) => [label, recent.filter((one) => one.label === label).length] as const)
      .filter(([, count]) => count > 0)
      .map(([label, count]) => `${label} ${count}`);
    return element(
      "li",
      { class: "device-scores" },
      element(
        "a",
        {
          class: "link",
          attributes: { href: formatRoute("fleet", new URLSearchParams({ device, metric })) },
        },
        device,
      ),
      element(
        "div",
        {
          class: "score-strip",
          attributes: { role: "img", "aria-label": `The last ${recent.length} windows: ${told.join(", ")}` },
        },
        ...recent.map(({ time, label, share }) =>
          element("i", {
            attributes: {
              "data-series": colourOf(Math.max(0, labels.indexOf(label))),
              title: `${formatClock(time)} ${label}${percent(share)}`,
            },
          }),
        ),
      ),
      element(
        "span",
        { class: "score-last" },
        last === undefined ? "" : `${last.label}${percent(last.share)}, ${formatAgo(last.time, now)}`,
      ),
    );
  });
  return element(
    "div",
    { class: "model-scores" },
    element("ul", { class: "score-legend", attributes: { "aria-label": `Labels of ${name}` } }, ...legend),
    element("ul", { class: "score-rows", attributes: { "aria-label": `Scores of ${name}` } }, ...rows),
  );
}

const percent = (share: number | null): string => (share === null ? "" : ` ${Math.round(share * 100)} %`);
