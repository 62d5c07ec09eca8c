/** How many messages there are of each reason. */
import type { Quarantine } from "../../console/api.ts";
import { element, replace } from "../lib/dom.ts";
import { formatCount } from "../lib/format.ts";

export function renderReasons(body: HTMLElement, reasons: Quarantine["reasons"]): void {
  const largest = Math.max(1, ...reasons.map(({ count }) => count));
  const rows = reasons.map(({ reason, count }) => {
    const bar = element("span", { class: "share", attributes: { "aria-hidden": "true" } });
    bar.style.setProperty("--share", String(count / largest));
    return element(
      "li",
      {},
      element("span", { class: "reason-name" }, reason),
      bar,
      element("span", { class: "number" }, formatCount(count)),
    );
  });
  replace(
    body,
    rows.length === 0
      ? element("p", { class: "quiet" }, "none")
      : element("ul", { class: "reasons" }, ...rows),
  );
}
