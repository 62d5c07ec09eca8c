/** What the broker let in, and what it turned away and why. */
import type { PageContext } from "../lib/context.ts";
import { element, replace } from "../lib/dom.ts";
import { formatCount } from "../lib/format.ts";
import { panel } from "../lib/panel.ts";

export function connectionsPanel({ summary }: PageContext): HTMLElement {
  const made = panel({ title: "Connections since the broker started", name: "connections" });
  let shown = "";
  summary.onChange(({ broker }) => {
    const received = JSON.stringify(broker);
    if (received === shown) return;
    shown = received;
    const refused = Object.entries(broker.refused).toSorted(([, a], [, b]) => b - a);
    const fields: readonly (readonly [string, number])[] = [
      ["Open now", broker.connected],
      ["Accepted", broker.accepted],
      ["Messages published", broker.published],
      ...refused.map(([reason, count]) => [`Refused: ${reason}`, count] as const),
    ];
    replace(
      made.body,
      element(
        "dl",
        { class: "fields fields-numbers" },
        ...fields.map(([name, count]) =>
          element("div", {}, element("dt", {}, name), element("dd", {}, formatCount(count))),
        ),
      ),
    );
  });
  return made.element;
}
