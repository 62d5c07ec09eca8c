/** One alarm as a list item. */
import type { ListedAlarm } from "../../../functions/alarms/alarm.ts";
import { element, setAttribute, setText } from "../lib/dom.ts";
import { setAgo } from "../lib/time-element.ts";
import { seriesAddress } from "../plot/series-address.ts";

export function createAlarm(alarm: ListedAlarm, acknowledge: () => void): HTMLLIElement {
  const { severity, device, sub, rule, detail, id, kind, raisedAt, clearedAt } = alarm;
  const name = sub === null ? device : `${device} ${sub}`;
  const span = { from: raisedAt / 1000, to: (clearedAt ?? raisedAt) / 1000 };
  const href = seriesAddress(alarm, span, kind === "anomaly");
  return element(
    "li",
    { class: "alarm", attributes: { "data-severity": severity } },
    element("span", { class: "severity" }, severity),
    element(
      "div",
      { class: "alarm-what" },
      element("strong", {}, element("a", { class: "link", attributes: { href } }, name)),
      element("span", { class: "alarm-detail" }, detail),
      element("span", { class: "alarm-rule", attributes: { title: `alarm ${id}` } }, `rule ${rule}`),
    ),
    element("div", { class: "alarm-state" }, element("time", {}), element("span", { class: "alarm-now" })),
    element(
      "button",
      {
        class: "button",
        attributes: { type: "button", "aria-label": `Acknowledge ${rule} of ${name}` },
        on: { click: acknowledge },
      },
      "Acknowledge",
    ),
  );
}

export function updateAlarm(item: HTMLLIElement, alarm: ListedAlarm, now: number): void {
  const { raisedAt, clearedAt, acknowledged, silenced } = alarm;
  const [time] = item.getElementsByTagName("time");
  const [button] = item.getElementsByTagName("button");
  const [state] = item.getElementsByClassName("alarm-now");
  if (time === undefined || button === undefined || state === undefined) return;
  setAgo(time, raisedAt / 1000, now);
  const said = [
    clearedAt === null ? "open" : "over",
    acknowledged !== null &&
      `acknowledged by ${acknowledged.by}${acknowledged.note === "" ? "" : `: ${acknowledged.note}`}`,
    silenced && "silenced",
  ];
  setText(state, said.filter((text) => text !== false).join(", "));
  setAttribute(item, "data-open", clearedAt === null ? "true" : null);
  button.hidden = acknowledged !== null;
}
