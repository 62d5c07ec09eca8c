/** One newest value as a table row. */
import type { LatestRow, LatestValue } from "../../console/api.ts";
import { element, setAttribute, setText } from "../lib/dom.ts";
import { formatValue } from "../lib/format.ts";
import { setAgo } from "../lib/time-element.ts";
import { unitText } from "../lib/units.ts";

/** Beyond good: what the decoder thought of the value. */
const qualities = ["good", "uncertain", "bad", "stale"] as const;

export function createLatest(row: LatestRow, plot: (row: LatestRow) => void): HTMLTableRowElement {
  const { device, sub, metric } = row;
  // The space is for those who hear it: the style sheet has two lines.
  const name = [
    element("span", {}, metric),
    sub !== null && " ",
    sub !== null && element("span", { class: "sub" }, sub),
  ];
  return element(
    "tr",
    { attributes: { role: "row" } },
    element("td", { class: "device-cell", attributes: { title: device, role: "cell" } }, device),
    element(
      "td",
      {
        class: "metric-cell",
        attributes: { title: sub === null ? metric : `${metric} (${sub})`, role: "cell" },
      },
      hasPlot(row.value)
        ? element(
            "button",
            {
              class: "link",
              attributes: {
                type: "button",
                "aria-label": `Plot ${metric}${sub === null ? "" : ` ${sub}`} of ${device}`,
              },
              on: { click: () => plot(row) },
            },
            ...name,
          )
        : element("span", {}, ...name),
    ),
    element(
      "td",
      { class: "number", attributes: { role: "cell" } },
      element("span", { class: "value" }),
      element("span", { class: "unit" }, unitText(row.unit)),
      element("span", { class: "quality" }),
    ),
    element("td", { class: "time", attributes: { role: "cell" } }, element("time")),
  );
}

const hasPlot = ({ kind }: LatestValue): boolean => kind !== "text" && kind !== "bytes";

export function updateLatest(
  tr: HTMLTableRowElement,
  { value, quality, time }: LatestRow,
  now: number,
): void {
  const find = <Found extends HTMLElement>(selector: string): Found => tr.querySelector(selector) as Found;
  const text = valueText(value);
  const place = find(".value");
  if (place.textContent !== "" && place.textContent !== text) flash(place);
  setText(place, text);
  setAttribute(place, "title", value.kind === "none" ? "the decoder found no usable value" : text);
  const word = find(".quality");
  setText(word, quality === 0 ? "" : (qualities[quality] ?? String(quality)));
  setAttribute(word, "data-quality", qualities[quality] ?? null);
  setAgo(find<HTMLTimeElement>("time"), time, now);
}

function valueText(latest: LatestValue): string {
  switch (latest.kind) {
    case "double":
      return formatValue(latest.value);
    case "int":
      return latest.value.replace(/\B(?=(\d{3})+$)/g, ",");
    case "bool":
      return latest.value ? "true" : "false";
    case "text":
      return latest.value;
    case "bytes":
      return `${latest.value.toLowerCase()}${latest.length * 2 > latest.value.length ? "…" : ""}`;
    case "none":
      return "–";
  }
}

/** Draws the eye to what has just changed; the style sheet leaves it out where motion is not wanted. */
function flash(target: HTMLElement): void {
  target.classList.remove("changed");
  requestAnimationFrame(() => target.classList.add("changed"));
}
