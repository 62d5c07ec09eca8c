/** One quarantined message in the list. */
import type { QuarantineItem } from "../../console/api.ts";
import { element, setAttribute } from "../lib/dom.ts";
import { setAgo } from "../lib/time-element.ts";

export function createEntry(entry: QuarantineItem, choose: (id: string) => void): HTMLLIElement {
  return element(
    "li",
    {},
    element(
      "button",
      { class: "entry", attributes: { type: "button" }, on: { click: () => choose(entry.id) } },
      element("span", { class: "reason" }, entry.reason),
      element("span", { class: "entry-device" }, entry.device),
      element("time"),
      element("span", { class: "entry-detail" }, entry.detail),
    ),
  );
}

export function updateEntry(
  item: HTMLLIElement,
  { isChosen, now, time }: { isChosen: boolean; now: number; time: number },
): void {
  setAttribute(item.querySelector("button") as HTMLElement, "aria-current", isChosen);
  setAgo(item.querySelector("time") as HTMLTimeElement, time, now);
}
