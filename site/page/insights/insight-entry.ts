/** One insight as a list item: what it says, when, and what it rests on. */
import type { Insights } from "../../console/api.ts";
import { element } from "../lib/dom.ts";
import { counted } from "../lib/format.ts";
import { timeElement } from "../lib/time-element.ts";
import { seriesAddress } from "../plot/series-address.ts";

type Insight = Insights["insights"][number];

export function insightEntry(insight: Insight, files: Insights["evidence"]): HTMLLIElement {
  const { kind, device, sub, metric, detail, ts, until, insight: declared, version } = insight;
  const name = sub === null ? device : `${device} ${sub}`;
  const span = { from: ts / 1000, to: (until ?? ts) / 1000 };
  const href = seriesAddress(insight, span, kind === "anomaly");
  const about = kind === "forecast" ? `${metric}: ${detail}` : detail;
  return element(
    "li",
    { class: "insight" },
    element("span", { class: "severity" }, kind),
    element(
      "div",
      { class: "alarm-what" },
      element("strong", {}, element("a", { class: "link", attributes: { href } }, name)),
      element("span", { class: "alarm-detail" }, about),
      element("span", { class: "alarm-rule" }, `${declared}@${version}`),
      evidence(insight, files),
    ),
    element(
      "div",
      { class: "alarm-state" },
      timeElement(ts / 1000),
      until === null ? "" : element("span", {}, "until ", timeElement(until / 1000)),
    ),
  );
}

/** The files are for those who open it. */
function evidence(insight: Insight, files: Insights["evidence"]): HTMLElement {
  const { rows, codec, model, device, insight: name } = insight;
  const means = [codec, model].filter((text) => text !== null).join(", ");
  const summary = `rests on ${counted(rows, "value")}${means === "" ? "" : ` by ${means}`}`;
  if (files.length === 0) return element("span", { class: "alarm-rule" }, summary);
  return element(
    "details",
    { class: "evidence" },
    element("summary", { attributes: { "aria-label": `${summary}: files of ${name}, ${device}` } }, summary),
    element(
      "ul",
      {},
      ...files.map(({ file, sha256, rows: count }) =>
        element(
          "li",
          {},
          element("code", {}, file),
          ` ${counted(count, "row")}, SHA-256 `,
          element("code", {}, sha256),
        ),
      ),
    ),
  );
}
